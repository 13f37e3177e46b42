"""The classifiers of keras.applications: layers, colours, addresses, and weights as Keras publishes them."""

import importlib
import inspect
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.errors import ModelError
from model_store.base import runtime
from model_store.catalogue import CATALOGUE, ModelRef
from model_store.keras.application import build_application
from model_store.keras.network import KerasNetwork, Usage
from model_store.loading.load import load_model
from model_store.own.class_names import IMAGENET_INDEX

ENTRIES = {entry.application: entry for entry in CATALOGUE.values() if entry.loader == "keras-application"}
MODULES = {
    "VGG16": "vgg16",
    "VGG19": "vgg19",
    "InceptionV3": "inception_v3",
    "ResNet50": "resnet",
    "Xception": "xception",
    "MobileNetV2": "mobilenet_v2",
    "DenseNet121": "densenet",
    "EfficientNetB0": "efficientnet",
    "EfficientNetV2B0": "efficientnet_v2",
    "ConvNeXtTiny": "convnext",
}
by_name = pytest.mark.parametrize("name", list(MODULES))


@pytest.fixture(scope="module")
def keras():
    return runtime.keras()


def module_of(name):
    return importlib.import_module(f"keras.src.applications.{MODULES[name]}")


def without_values(keras, name):
    """The network, whose weights have shapes and no values: that takes no time."""

    def build():
        with keras.StatelessScope(initialize_variables=False):
            return getattr(keras.applications, name)(weights=None, classifier_activation=None)

    with ThreadPoolExecutor(1) as new:
        return new.submit(build).result()


def test_all_are_there():
    assert set(ENTRIES) == set(MODULES)


@pytest.mark.models
@by_name
def test_the_layers_of_the_table_exist_and_have_a_place(keras, name):
    entry = ENTRIES[name]
    network = KerasNetwork(without_values(keras, name), Usage(entry.preset, entry.target_layers))
    assert (
        tuple(target_layer.name for target_layer in network.target_layers if target_layer.usual)
        == entry.target_layers.usual
        and len(entry.target_layers.usual) >= 4
    )
    assert (
        [target_layer.name for target_layer in network.target_layers if target_layer.best]
        == [entry.target_layers.best]
        == [entry.target_layers.usual[-1]]
    )
    assert network.size_hw == entry.policy.fixed_hw and len(network.target_layers) >= len(
        entry.target_layers.usual
    )


@pytest.mark.models
def test_every_convolution_of_vgg16_may_be_looked_at(keras):
    network = KerasNetwork(without_values(keras, "VGG16"), Usage("caffe", ENTRIES["VGG16"].target_layers))
    assert [target_layer.name for target_layer in network.target_layers] == [
        f"block{block}_conv{number}"
        for block, count in enumerate((2, 2, 3, 3, 3), 1)
        for number in range(1, count + 1)
    ]


@pytest.mark.models
@by_name
def test_colours_are_scaled_as_keras_does_it(keras, name):
    rng = np.random.default_rng(0)
    pictures = rng.uniform(0, 255, (2, 8, 8, 3)).astype(np.float32)
    wanted = module_of(name).preprocess_input(pictures.copy())  # overwrites what it is given
    layers = keras.layers
    tiny = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()])
    before = pictures.copy()
    found = KerasNetwork(tiny, Usage(ENTRIES[name].preset)).input_of(runtime.tensorflow().constant(pictures))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-4)
    np.testing.assert_array_equal(pictures, before)


@pytest.mark.models
@by_name
def test_addresses_and_digests_are_those_of_the_installed_keras(name):
    weights, index = ENTRIES[name].web_files
    module, common = module_of(name), importlib.import_module("keras.src.applications.imagenet_utils")
    addresses = {
        value for value in vars(module).values() if isinstance(value, str) and value.startswith("https://")
    }
    assert weights.url in addresses or weights.url.removesuffix(weights.name) in addresses
    assert weights.digest in inspect.getsource(module)
    assert weights.digest or name == "MobileNetV2", "Keras publishes no digest of this one alone"
    assert (
        index.url == common.CLASS_INDEX_PATH
        and index.name == IMAGENET_INDEX
        and index.digest in inspect.getsource(common)
    )


def randomised(model):
    """Weights that give an answer that depends on everything; batch statistics stay plausible."""
    rng = np.random.default_rng(3)
    for weight in model.weights:
        if "seed" in weight.path or len(weight.shape) == 0:
            continue
        spread = rng.uniform(0.8, 1.2, weight.shape) if weight.path.endswith(("variance", "gamma")) else None
        noise = rng.normal(0, 1 / np.sqrt(max(np.prod(weight.shape[:-1]), 9)), weight.shape)
        weight.assign((noise if spread is None else spread).astype(np.float32))
    return model


def publish(model, folder, entry):
    """Writes the files of an entry as Keras publishes them."""
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / entry.weight_files[0], "w") as file:
        save_weights_to_hdf5_group(file, model)
    names = {str(index): [f"n{index:08}", f"kind_{index}"] for index in range(1000)}
    (folder / IMAGENET_INDEX).write_text(json.dumps(names))


@pytest.mark.models
@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0"])
def test_published_weights_answer_as_in_keras(keras, name, tmp_path, monkeypatch):
    """Against the way of Keras itself, which asks for the weights by name: it adds a layer then that it
    leaves out otherwise.
    """
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    entry, module = ENTRIES[name], module_of(name)
    publish(randomised(getattr(keras.applications, name)(weights=None)), tmp_path / entry.key, entry)
    asked = []

    def get_file(fname, origin, cache_subdir, file_hash=None):
        asked.append((fname, origin, file_hash or ""))
        return str(tmp_path / entry.key / fname)

    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    theirs = getattr(keras.applications, name)(weights="imagenet")
    assert asked == [(entry.weight_files[0], entry.web_files[0].url, entry.web_files[0].digest)]
    pictures = np.random.default_rng(0).uniform(0, 255, (2, *entry.policy.fixed_hw, 3)).astype(np.float32)
    wanted = np.asarray(theirs(module.preprocess_input(pictures.copy()), training=False))
    loaded = load_model(ModelRef(entry.key))
    assert wanted.std() > 1e-5 and loaded.facts.labels[7] == "kind 7" and len(loaded.facts.labels) == 1000
    np.testing.assert_allclose(loaded.score_batch(pictures, "probability"), wanted, rtol=2e-3, atol=1e-7)
    logits = loaded.score_batch(pictures, "logit")
    np.testing.assert_allclose(
        logits - logits.max(-1, keepdims=True), np.log(wanted / wanted.max(-1, keepdims=True)), atol=2e-3
    )
    (tmp_path / entry.key / entry.weight_files[0]).write_bytes(b"no weights")
    with pytest.raises(ModelError, match=f"{entry.weight_files[0]} cannot be read"):
        load_model(ModelRef(entry.key))


@pytest.mark.models
def test_layers_are_called_the_same_every_time(keras):
    entry = ENTRIES["EfficientNetB0"]
    first, second = (build_application(entry) for _ in range(2))
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
