"""What PyTorch exports becomes Keras models that answer, and are explained, as PyTorch's own networks."""

import numpy as np
import pytest

from engine.gradients.cams import gradcam
from engine.model import ModelFacts
from model_store.base.entries import FixedSize
from model_store.loading.own import ReadOptions, read_network
from model_store.network.traced_model import TracedModel
from model_store.own.model import Preprocessing
from tests.model_store.exchange_toys import EXPORTED

pytestmark = pytest.mark.models

RAW = Preprocessing("raw")
CLASSES = {"unet": 4, "deeplab": 4}
NAMES = ("resnet", "vgg", "mobile", "efficient", "unet", "deeplab")


@pytest.mark.parametrize("exporter", ["", ".new"])
@pytest.mark.parametrize("name", NAMES)
def test_answers_and_grad_cam_are_those_of_pytorch(name, exporter):
    """The network is given what PyTorch's was: "raw" scales nothing."""
    with np.load(EXPORTED / f"{name}.npz") as stored:
        images, logits, maps = (stored[key] for key in ("images", "logits", "grad_cam"))
    network = read_network(EXPORTED / f"{name}{exporter}.onnx", ReadOptions("onnx", RAW, converted=True))
    task = "segmentation" if name in CLASSES else "classification"
    labels = tuple(map(str, range(CLASSES.get(name, 3))))
    facts = ModelFacts("toy", "Toy", task, labels, ((0, 0, 0),) * len(labels), "", "0" * 64)
    pictures = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    model = TracedModel(facts, FixedSize(*pictures.shape[1:3]), network)
    wanted = np.moveaxis(logits, 1, -1)
    assert np.abs(model.score_batch(pictures, "logit") - wanted).max() <= 1e-4 * np.abs(wanted).max()
    weights = np.zeros(wanted.shape, np.float32)
    weights[..., 1] = 1
    (best,) = (layer.name for layer in model.target_layers if layer.best)
    seen = model.layer_gradients(pictures, weights, [best])[best]
    found = np.stack([gradcam(*pair) for pair in zip(seen.activation, seen.gradient, strict=True)])
    assert np.abs(found - maps).max() <= 1e-4 * np.abs(maps).max() and np.abs(maps).max() > 0
