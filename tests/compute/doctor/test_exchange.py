"""The doctor and models in exchange formats: converted where that answers alike, else as they are."""

from dataclasses import replace

import numpy as np
import pytest

from compute.doctor import conversion_trial
from compute.doctor.admission import CatalogueSlot, admit_model, suggested_description
from compute.doctor.conversion_trial import tried_network
from compute.doctor.doctor import examine
from engine.methods import METHODS
from engine.model import INPUT
from model_store.catalogue import ModelRef
from model_store.exchange.network import ExchangeNetwork
from model_store.keras.network import KerasNetwork
from model_store.loading.load import load_model
from model_store.own.store import find_own, stage_upload
from tests.compute.doctor.test_doctor import COLOURS, PICTURES
from tests.fuzz.onnx_writer import OnnxFile
from tests.model_store.exchange_toys import EXPORTED, onnx_of, tflite_of, twin

pytestmark = [pytest.mark.models, pytest.mark.processes]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_OWN", str(tmp_path / "own"))
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path / "models"))


def test_a_network_of_pytorch_has_everything_from_upload_to_gradient():
    path = stage_upload((EXPORTED / "resnet.onnx").read_bytes(), "resnet.onnx")
    found = examine(path, PICTURES)
    assert (found.kind, found.task, found.classes, found.converted) == ("onnx", "classification", 3, True)
    assert found.input_shape == (32, 32, 3) and found.gradients and found.relu and not found.answers_only
    assert [layer.name for layer in found.target_layers if layer.best] == ["3.relu.Relu"]
    assert {fit.key for fit in found.methods if not fit.why_not} == set(METHODS)
    description = replace(suggested_description(found, "resnet.onnx"), labels=("disc", "square", "stripes"))
    key = admit_model(path, found, description)
    assert find_own(key).converted and find_own(key).kind == "onnx" and "model.onnx" in find_own(key).files
    model = load_model(ModelRef(key))
    pictures = np.full((1, 32, 32, 3), 90, np.float32)
    seen = model.layer_gradients(pictures, np.eye(3, dtype=np.float32)[:1], [INPUT])
    assert model.score_batch(pictures, "logit").shape == (1, 3) and np.abs(seen[INPUT].gradient).max() > 0


def test_what_keras_has_not_answers_and_says_why(tmp_path):
    made = OnnxFile().step("Conv", np.ones((4, 3, 2, 2), np.float32), strides=[2, 2])
    made.step("DepthToSpace", blocksize=2).step("Concat", "image", axis=1)
    content = made.step("GlobalAveragePool").step("Flatten").bytes()
    path = tmp_path / "toy.onnx"
    path.write_bytes(content)
    found = examine(path, PICTURES)
    assert (found.converted, found.gradients, found.answers_only, found.classes) == (False, False, True, 4)
    assert "Its operation DepthToSpace has no counterpart in Keras here" in str(found.remarks[0])
    assert {fit.key for fit in found.methods if not fit.why_not} >= {"lime", "sobol", "rise"}
    description = replace(suggested_description(found, "toy"), labels=("a", "b", "c", "d"))
    model = load_model(ModelRef(admit_model(path, found, description, CatalogueSlot("toy"))))
    assert model.backend.name == "OpenVINO f32" and not find_own("toy").converted
    assert model.score_batch(np.full((2, 16, 24, 3), 50, np.float32), "probability").shape == (2, 4)


def test_a_quantised_tflite(tmp_path):
    path = tmp_path / "toy.tflite"
    path.write_bytes(tflite_of(twin(), "int8"))
    found = examine(path, PICTURES)
    assert (found.kind, found.answer, found.input_shape, found.answers_only) == (
        "tflite",
        "logits",
        (16, 24, 3),
        True,
    )
    description = replace(suggested_description(found, "toy"), labels=COLOURS)
    model = load_model(ModelRef(admit_model(path, found, description, CatalogueSlot("toy"))))
    assert model.score_batch(np.full((2, 16, 24, 3), 50, np.float32), "logit").shape == (2, 3)


def test_a_conversion_that_answers_otherwise_is_dropped(tmp_path, monkeypatch):
    """OpenVINO counts a window more than PyTorch where the last one begins outside of the map."""
    path = tmp_path / "toy.onnx"
    path.write_bytes(onnx_of(twin()).bytes())
    assert isinstance(tried_network(path, "onnx", PICTURES).network, KerasNetwork)
    monkeypatch.setattr(conversion_trial, "LARGEST_DIFFERENCE", -1.0)
    tried = tried_network(path, "onnx", PICTURES)
    assert isinstance(tried.network, ExchangeNetwork) and "answers differently, by up to" in str(
        tried.remarks[0]
    )
    made = OnnxFile(("n", 3, 15, 24))
    made.step("MaxPool", kernel_shape=[2, 2], strides=[2, 2], pads=[1, 0, 1, 0], ceil_mode=1)
    path.write_bytes(made.bytes(("n", "c", "h", "w")))
    tried = tried_network(path, "onnx", PICTURES)
    assert not tried.converted and "gives other shapes" in str(tried.remarks[0])
