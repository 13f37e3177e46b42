"""One network as a Keras model and in exchange formats: the same zones or classes, and the same maps."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from compute.run.runners import LocalRunner, answer_request, predict_with
from compute.work.maps import MapRequest
from engine.images.picture import Picture
from engine.methods import get_method
from engine.params import from_texts
from model_store.base.entries import FixedSize
from model_store.catalogue import ModelRef
from model_store.own.kinds import files_of, kind_of
from model_store.own.model import OwnModel, Preprocessing
from model_store.own.store import store_model
from tests.model_store.exchange_toys import ir_of, onnx_of, segmenter_onnx, segmenter_twin, tflite_of, twin

pytestmark = pytest.mark.models

SETTINGS = {
    "sobol": {"grid": "4", "designs": "8"},
    "lime": {"samples": "80", "seeds": "1", "n_segments": "12"},
    "gradcam": {},
}
COLOURS = ("red", "green", "blue")
SIZES = {"classification": FixedSize(16, 24), "segmentation": FixedSize(32, 48)}
FORMATS = {"keras": True, "converted": True, "onnx": False, "openvino": False, "tflite": False}
"""And whether they have gradients."""


@contextmanager
def unwatched():
    yield lambda view: None


def picture():
    """Noise on two halves of different colours."""
    pixels = np.random.default_rng(4).integers(0, 60, (64, 96, 3))
    pixels[:, :48, 0] += 150
    pixels[20:, 48:, 2] += 120
    return Picture(pixels.astype(np.uint8), "halves.png")


@pytest.fixture(scope="module", params=list(SIZES))
def admitted(request, tmp_path_factory):
    """The keys of one network in all formats, and its task."""
    folder, task = tmp_path_factory.mktemp("twins"), request.param
    model = twin() if task == "classification" else segmenter_twin()
    onnx = onnx_of(model).bytes() if task == "classification" else segmenter_onnx(model)
    model.save(folder / "toy.keras")
    contents = {
        "keras": (folder / "toy.keras").read_bytes(),
        "converted": onnx,
        "onnx": onnx,
        "openvino": ir_of(onnx, folder),
        "tflite": tflite_of(model) if task == "classification" else b"",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_OWN", str(folder / "own"))
        patch.setenv("VITRINE_MODELS", str(folder / "models"))
        yield (
            {name: _admit(folder, name, task, content) for name, content in contents.items() if content},
            task,
        )


def _admit(folder, name, task, content):
    path = folder / f"brought-{name}"
    path.write_bytes(content)
    said = Preprocessing("signed" if task == "classification" else "unit")
    own = OwnModel("Toy", task, kind_of(path), COLOURS, SIZES[task], said)
    own = replace(own, converted=name == "converted")
    return ModelRef(store_model(f"{name}-{task}", own, files_of(path, own.kind)))


def explained(ref, method, number):
    """The raw map of a target."""
    runner, image = LocalRunner(), picture()
    prediction = predict_with(runner, ref, image)
    params = from_texts(get_method(method).params, SETTINGS[method])
    request = MapRequest(ref, get_method(method), params, prediction, image, [number])
    ((_, explanation),) = answer_request(request, runner, unwatched)
    return explanation


def test_zones_and_classes_are_those_of_the_twin(admitted):
    refs, _ = admitted
    wanted = predict_with(LocalRunner(), refs["keras"], picture())
    for name, ref in refs.items():
        found = predict_with(LocalRunner(), ref, picture())
        assert [target.label for target in found.targets] == [target.label for target in wanted.targets], name
        scores = [prediction.class_scores for prediction in (wanted, found)]
        assert np.allclose(*scores, atol=1e-4), name


@pytest.mark.parametrize("method", list(SETTINGS))
def test_maps_are_those_of_the_twin(admitted, method):
    refs, _ = admitted
    wanted = explained(refs["keras"], method, 0)
    for name, ref in refs.items():
        if name != "keras" and (FORMATS[name] or method != "gradcam"):
            found = explained(ref, method, 0)
            scale = np.abs(wanted.values).max()
            unit = scale if method == "gradcam" else max(scale, 1)
            assert np.abs(found.values - wanted.values).max() <= 1e-4 * unit and scale > 1e-4, name
