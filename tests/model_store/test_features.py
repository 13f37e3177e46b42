"""Maps of layers: equal to plain sub-models, before and after the activation; attention; first kernels."""

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.catalogue import ModelRef
from model_store.huggingface.segformer import load_segformer
from model_store.keras.network import KerasNetwork, Usage
from model_store.loading.load import load_model

HIDDEN = "stage 2 block 1 hidden"
ATTENTION = "stage 1 block 1 attention"


@pytest.fixture(scope="module")
def keras():
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    return keras


def nested(keras):
    """Activations inside layers, of their own, and inside a model that is used as a layer."""
    layers = keras.layers
    inner_in = keras.Input((None, None, 6))
    deep = layers.BatchNormalization(name="norm")(layers.Conv2D(8, 3, 2, "same", name="conv")(inner_in))
    inner = keras.Model(inner_in, layers.ReLU(6.0, name="clip")(deep), name="block")
    inputs = keras.Input((None, None, 3), name="rgb")
    first = layers.Conv2D(6, (3, 5), padding="same", activation="relu", name="first")(
        layers.Rescaling(1 / 99.0, -1.0, name="rescaling")(inputs)
    )
    smooth = layers.Activation("silu", name="smooth")(inner(first))
    curved = layers.SeparableConv2D(5, 3, padding="same", activation="gelu", name="curved")(smooth)
    leaky = layers.LeakyReLU(name="leaky")(curved)
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 1, activation="softmax", name="shares")(leaky))
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="answer")(pooled), name="nested")


@pytest.fixture(scope="module")
def model(keras):
    return nested(keras)


@pytest.fixture(scope="module")
def features(model):
    return KerasNetwork(model).features


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(2).uniform(0, 255, (24, 32, 3)).astype(np.float32)


@pytest.mark.models
def test_all_maps_are_listed_with_their_shapes(features):
    found = {facts.name: facts for facts in features.layers((24, 32))}
    assert list(found) == [
        "rescaling",
        "first",
        "block/conv",
        "block/norm",
        "block/clip",
        "smooth",
        "curved",
        "leaky",
        "shares",
    ]
    assert (found["block/clip"].kind, found["block/clip"].shape_hwk) == ("ReLU", (12, 16, 8))
    assert [found[name].activation for name in ("first", "block/conv", "block/clip")] == ["ReLU", "", "ReLU6"]
    assert [found[name].activation for name in ("smooth", "curved", "leaky", "shares")] == [
        "SiLU",
        "GELU",
        "LeakyReLU",
        "softmax",
    ]
    assert features.layers((48, 32))[1].shape_hwk == (48, 32, 6)


def outputs_of_plain_models(keras, model, picture):
    """Maps by name, from sub-models that Keras makes itself; those inside the nested model from a model of
    its own.
    """
    tops = ("first", "smooth", "curved", "leaky", "shares")
    found = {name: keras.Model(model.inputs, model.get_layer(name).output)(picture[None])[0] for name in tops}
    block = model.get_layer("block")
    for name in ("conv", "norm", "clip"):
        found[f"block/{name}"] = keras.Model(block.inputs, block.get_layer(name).output)(
            np.asarray(found["first"])[None]
        )[0]
    return {name: np.asarray(maps) for name, maps in found.items()}


@pytest.mark.models
def test_maps_equal_those_of_a_plain_sub_model(keras, model, features, picture):
    before = picture.copy()
    for name, wanted in outputs_of_plain_models(keras, model, picture).items():
        np.testing.assert_allclose(features.layer_maps(picture, name).after, wanted, atol=1e-6, err_msg=name)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.models
def test_before_and_after_differ_by_exactly_the_activation(keras, features, picture):
    functions = {
        **{
            "first": keras.activations.relu,
            "smooth": keras.activations.silu,
            "curved": keras.activations.gelu,
        },
        **{
            "leaky": keras.layers.LeakyReLU(),
            "shares": keras.activations.softmax,
            "block/clip": keras.activations.relu6,
        },
    }
    for name, function in functions.items():
        maps = features.layer_maps(picture, name)
        assert maps.before is not None and (maps.before != maps.after).any()
        np.testing.assert_array_equal(np.asarray(function(maps.before[None]))[0], maps.after, err_msg=name)
    assert features.layer_maps(picture, "block/norm").before is None


@pytest.mark.models
def test_the_model_is_left_as_it_is(model, features, picture):
    description, answer = model.to_json(), np.asarray(model(picture[None]))
    for facts in features.layers((24, 32)):
        features.layer_maps(picture, facts.name)
    assert model.to_json() == description
    np.testing.assert_array_equal(np.asarray(model(picture[None])), answer)


@pytest.mark.models
def test_the_first_kernels_are_red_green_blue(keras, model, features):
    kernels = features.kernels()
    assert kernels.layer == "first"
    np.testing.assert_array_equal(kernels.weights, np.asarray(model.get_layer("first").kernel))
    turned = KerasNetwork(model, Usage("caffe")).features.kernels()
    np.testing.assert_array_equal(turned.weights, kernels.weights[:, :, ::-1])


@pytest.mark.models
def test_kernels_that_are_no_colours_say_why(keras):
    layers = keras.layers
    grey = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(4, 3, name="grey"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(2),
        ]
    )
    with pytest.raises(ModelError, match="grey, weights 1 channels instead of red, green and blue"):
        KerasNetwork(grey).features.kernels()
    flat = keras.Sequential([keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ModelError, match="no convolution"):
        KerasNetwork(flat).features.kernels()


@pytest.mark.models
def test_unknown_layers_are_refused_in_words(features, picture):
    with pytest.raises(ModelError, match="no layer 'attic' with maps; there are rescaling, first"):
        features.layer_maps(picture, "attic")
    with pytest.raises(ModelError, match="no attention block"):
        features.attention(picture, "first", (0, 0))


@pytest.fixture(scope="module")
def segformer(tiny_folders):
    folder = tiny_folders["tensorflow"]
    return load_segformer(folder, folder / "model.safetensors", 19)


def test_every_step_of_a_segformer_has_the_shape_it_says(segformer, street):
    for facts in segformer.features.layers(street.shape[1:3]):
        if facts.attends:
            weights = segformer.features.attention(street[0], facts.name, (1, 1))
            assert len(weights) == facts.shape_hwk[2]
        else:
            assert segformer.features.layer_maps(street[0], facts.name).after.shape == facts.shape_hwk, (
                facts.name
            )


def test_stages_and_logits_are_those_of_the_network(segformer, street):
    tf = runtime.tensorflow()
    names = [target_layer.name for target_layer in segformer.target_layers]
    logits, stages = segformer.forward_with_activations(tf.constant(street[:1]), names)
    for name in names:
        np.testing.assert_allclose(
            segformer.features.layer_maps(street[0], name).after, stages[name][0].numpy(), atol=1e-5
        )
    logits = logits[0].numpy()
    np.testing.assert_allclose(
        segformer.features.layer_maps(street[0], "class logits").after, logits, atol=1e-5
    )


def test_hidden_maps_differ_by_exactly_gelu(segformer, street):
    tf = runtime.tensorflow()
    hidden, head = (segformer.features.layer_maps(street[0], name) for name in (HIDDEN, "decode head"))
    np.testing.assert_allclose(hidden.after, tf.nn.gelu(hidden.before).numpy(), atol=1e-6)
    np.testing.assert_array_equal(head.after, np.maximum(head.before, 0))


def test_attention_is_that_of_the_library(segformer, tiny_hf, street):
    tf = runtime.tensorflow()
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    pixels = ((street[:1] / 255 - mean) / std).astype(np.float32)
    blocks = tiny_hf.segformer.encoder(tf.constant(pixels), output_attentions=True).attentions
    names = [facts.name for facts in segformer.features.layers(street.shape[1:3]) if facts.attends]
    assert len(names) == len(blocks) == 4
    for facts, library in zip(
        [f for f in segformer.features.layers(street.shape[1:3]) if f.attends], blocks, strict=True
    ):
        rows, columns, heads = facts.shape_hwk
        weights = segformer.features.attention(street[0], facts.name, (rows - 1, 1))
        np.testing.assert_allclose(weights.sum(axis=(1, 2)), 1, atol=1e-5)
        np.testing.assert_allclose(
            weights.reshape(heads, -1), library[0, :, (rows - 1) * columns + 1].numpy(), atol=1e-5
        )
    assert segformer.features.attention(street[0], ATTENTION, (0, 0)).shape == (1, 2, 3)


def test_cells_and_blocks_that_are_not_there_are_refused_in_words(segformer, street):
    with pytest.raises(ModelError, match=r"no cell in row 16, column 0; .* 16 rows and 24 columns"):
        segformer.features.attention(street[0], ATTENTION, (16, 0))
    with pytest.raises(ModelError, match="no attention block 'stage 1'; there are stage 1 block 1 attention"):
        segformer.features.attention(street[0], "stage 1", (0, 0))
    with pytest.raises(ModelError, match="no layer 'stage 1 block 1 attention' with maps"):
        segformer.features.layer_maps(street[0], ATTENTION)


def test_the_first_kernels_of_a_segformer(segformer):
    assert segformer.features.kernels().weights.shape == (7, 7, 3, 8)


@pytest.mark.models
@pytest.mark.parametrize(("key", "last"), [("streets-unet", "logits"), ("streets-segformer", "class logits")])
def test_the_last_maps_of_a_shipped_model_are_its_answer(key, last, street):
    model = load_model(ModelRef(key))
    logits = model.score_batch(street[:1], "logit")[0]
    np.testing.assert_allclose(model.features.layer_maps(street[0], last).after, logits, atol=1e-3)
    target_layers = {target_layer.name: target_layer.channels for target_layer in model.target_layers}
    listed = {facts.name: facts.shape_hwk[2] for facts in model.features.layers(street.shape[1:3])}
    assert target_layers.items() <= listed.items() and model.features.kernels().weights.shape[2] == 3
