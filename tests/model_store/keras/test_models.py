"""Keras models from a description and weights: the U-Net, and what is refused."""

import json

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.keras.models import load_keras_network, refuse_unknown_classes

pytestmark = pytest.mark.models


def tiny_unet(keras):
    """A miniature of the shipped one, with a model inside."""
    layers = keras.layers
    inner_in = keras.Input((None, None, 8))
    inner = keras.Model(
        inner_in,
        layers.ReLU(name="relu")(layers.Conv2D(8, 3, padding="same", name="conv")(inner_in)),
        name="block",
    )
    inputs = keras.Input((None, None, 3), name="rgb")
    fine = layers.ReLU(name="down")(
        layers.Conv2D(8, 3, 4, "same", name="down_conv")(layers.Rescaling(1 / 58.0, -2.0)(inputs))
    )
    coarse = layers.BatchNormalization(name="norm")(
        layers.Conv2D(8, 3, 2, "same", name="coarse_conv", activation="relu")(fine)
    )
    whole = layers.Conv2D(8, 1, activation="relu", name="whole_conv")(
        layers.GlobalAveragePooling2D(keepdims=True)(coarse)
    )
    lowest = inner(layers.Add(name="bottom_add")([coarse, whole]))
    joined = layers.Add(name="top_add")([layers.UpSampling2D(2, interpolation="bilinear")(lowest), fine])
    return keras.Model(inputs, layers.Conv2D(8, 1, name="logits")(joined), name="tiny")


@pytest.fixture(scope="module")
def unet():
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    return tiny_unet(keras)


@pytest.fixture
def folder(unet, tmp_path):
    from safetensors.numpy import save_file

    (tmp_path / "architecture.json").write_text(unet.to_json())
    save_file(
        {weight.path: np.asarray(weight).astype(np.float16) for weight in unet.weights},
        tmp_path / "weights.safetensors",
    )
    return tmp_path


def load(folder):
    return load_keras_network(folder, folder / "weights.safetensors")


def test_the_output_is_that_of_the_saved_model(unet, folder, street):
    outputs = load(folder)(runtime.tensorflow().constant(street)).numpy()
    wanted = np.asarray(unet(street, training=False))
    assert outputs.shape == (2, 16, 24, 8) and outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, wanted, atol=0.01)


def test_every_size_runs_on_one_trace_and_has_gradients(folder, street):
    tf = runtime.tensorflow()
    network = load(folder)
    run = tf.function(network, input_signature=[tf.TensorSpec((None, None, None, 3))], autograph=False)
    for height, width in ((64, 96), (96, 32)):
        assert run(tf.zeros((1, height, width, 3))).shape == (1, height // 4, width // 4, 8)
    np.testing.assert_allclose(run(tf.constant(street)), network(tf.constant(street)), atol=1e-5)
    pictures = tf.Variable(street)
    with tf.GradientTape() as tape:
        score = tf.reduce_mean(run(pictures)[..., 2])
    gradient = tape.gradient(score, pictures).numpy()
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_taps_are_activations_that_have_a_place(folder):
    assert [target_layer.name for target_layer in load(folder).target_layers] == [
        "down",
        "coarse_conv",
        "bottom_add",
        "block/relu",
        "top_add",
    ]


def test_weights_that_do_not_fit_are_refused_in_words(unet, folder):
    from safetensors.numpy import save_file

    arrays = {weight.path: np.asarray(weight) for weight in unet.weights}
    arrays["logits/bias"] = np.zeros(9, np.float32)
    save_file(arrays, folder / "weights.safetensors")
    with pytest.raises(ModelError, match="1 arrays differ, such as logits/bias"):
        load(folder)
    (folder / "weights.safetensors").write_bytes(b"x" * 50)
    with pytest.raises(ModelError, match="cannot be read"):
        load(folder)


def test_a_lambda_layer_is_refused_in_words(folder):
    keras = runtime.keras()
    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, keras.layers.Lambda(lambda pixels: pixels * 2)(inputs))
    (folder / "architecture.json").write_text(model.to_json())
    with pytest.raises(ModelError, match="asks for Lambda, .* could run code"):
        load(folder)


@pytest.mark.parametrize(
    "node",
    [
        {"class_name": "Conv2D", "module": "os"},
        {"class_name": "Conv2D", "module": "keras.layers", "registered_name": "Own>Conv2D"},
        {"class_name": "function", "module": "builtins", "config": "exec"},
        {"class_name": "TFSMLayer", "module": "keras.layers"},
        {"class_name": ["Conv2D"]},
        {"class_name": "__lambda__"},
    ],
)
def test_classes_that_are_not_plain_are_refused(tmp_path, node):
    with pytest.raises(ModelError, match="could run code"):
        refuse_unknown_classes(
            {"class_name": "Functional", "module": "keras", "config": {"layers": [node]}}, tmp_path
        )


@pytest.mark.parametrize("content", ["{}", '{"class_name": "Functional", "config": {}}', "[]", "not json"])
def test_a_damaged_description_is_refused_in_words(folder, content):
    (folder / "architecture.json").write_text(content)
    with pytest.raises(ModelError, match="architecture.json"):
        load(folder)


def test_the_shipped_kind_of_network_is_allowed(tmp_path):
    pytest.importorskip("training.segment.unet")
    from training.segment.config import Model
    from training.segment.unet import build_unet

    settings = {"kind": "unet", "widths": (8, 8, 8, 8, 8), "blocks": (0, 1, 1, 1, 1), "decoder": 8}
    model = build_unet(Model(**settings), folded=True)
    refuse_unknown_classes(json.loads(model.to_json()), tmp_path)
