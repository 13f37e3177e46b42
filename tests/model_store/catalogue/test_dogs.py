"""The classifiers of dogs: description, half-precision weights, names of the breeds."""

import json
import tomllib

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model import INPUT
from model_store.base import folders, runtime
from model_store.catalogue import CATALOGUE, ModelRef, model_facts
from model_store.catalogue.digits import DIGIT_ENTRIES
from model_store.catalogue.dogs import BREEDS, DOG_ENTRIES
from model_store.loading.load import load_model

NAMES = [f"breed {index}" for index in range(BREEDS)]
ENTRIES = {entry.key: entry for entry in DOG_ENTRIES if entry.loader == "keras-weights"}
"""Those whose whole network was trained; tests/training/classify/test_linear.py has the other one."""


def tiny(keras, key):
    """As the training writes them, with four channels each."""
    layers = keras.layers
    inputs = keras.Input((None, None, 3), name="rgb")
    outputs = layers.Rescaling(1 / 58.0, -2.0, name="scaled")(inputs)

    def conv(outputs, name, stride=1):
        return layers.Conv2D(4, 3, stride, "same", activation="relu", name=name)(outputs)

    if key == "dogs-vgg":
        for block, count in enumerate((2, 2, 3, 3, 3), 1):
            for number in range(1, count + 1):
                outputs = conv(outputs, f"block{block}_conv{number}")
            outputs = layers.MaxPooling2D(2, name=f"block{block}_pool")(outputs)
    else:
        outputs = conv(outputs, "stem", 4)
        for number in range(11):
            branches = [
                conv(outputs, f"mixed{number}_{branch}", 2 if number in (3, 8) else 1)
                for branch in ("single", "five")
            ]
            outputs = layers.Concatenate(name=f"mixed{number}")(branches)
    pooled = layers.GlobalAveragePooling2D(name="pooled")(outputs)
    return keras.Model(inputs, layers.Dense(BREEDS, name="logits")(pooled), name=key.replace("-", "_"))


@pytest.fixture(params=list(ENTRIES))
def exported(request, tmp_path, monkeypatch):
    """The entry, its Keras model, and its folder where the catalogue looks for it."""
    from safetensors.numpy import save_file

    key = request.param
    keras = runtime.keras()
    keras.utils.set_random_seed(0)
    model, folder = tiny(keras, key), tmp_path / key
    folder.mkdir()
    (folder / "architecture.json").write_text(json.dumps(json.loads(model.to_json()), indent=1))
    save_file(
        {weight.path: weight.numpy().astype(np.float16) for weight in model.weights},
        folder / "weights.safetensors",
    )
    (folder / "labels.json").write_text(json.dumps(NAMES))
    monkeypatch.setattr(folders, "WEIGHTS", tmp_path)
    monkeypatch.setattr("model_store.catalogue.CATALOGUE", {**CATALOGUE, key: ENTRIES[key]})
    return ENTRIES[key], model, folder


@pytest.mark.models
def test_an_exported_classifier_is_loaded_and_watched(exported):
    entry, model, _ = exported
    loaded = load_model(ModelRef(entry.key))
    assert (
        loaded.facts.labels == tuple(NAMES)
        and loaded.facts.task == "classification"
        and loaded.input_size_hw((300, 200)) == entry.policy.fixed_hw
    )
    pictures = np.random.default_rng(0).uniform(0, 255, (2, *entry.policy.fixed_hw, 3)).astype(np.float32)
    logits = loaded.score_batch(pictures, "logit")
    np.testing.assert_allclose(logits, np.asarray(model(pictures, training=False)), atol=0.02)
    powers = np.exp(logits)
    np.testing.assert_allclose(
        loaded.score_batch(pictures, "probability"), powers / powers.sum(-1, keepdims=True), atol=1e-5
    )
    assert (
        tuple(target_layer.name for target_layer in loaded.target_layers if target_layer.usual)
        == entry.target_layers.usual
    )
    assert [target_layer.name for target_layer in loaded.target_layers if target_layer.best] == [
        entry.target_layers.best
    ]
    weights = np.zeros((2, BREEDS), np.float32)
    weights[:, 3] = 1
    seen = loaded.layer_gradients(pictures, weights, [*entry.target_layers.usual, INPUT])
    assert all(
        np.isfinite(one.gradient).all() and one.gradient.shape == one.activation.shape
        for one in seen.values()
    )


@pytest.mark.parametrize("entry", (*DOG_ENTRIES, *DIGIT_ENTRIES), ids=lambda entry: entry.key)
def test_pictures_are_looked_at_as_the_card_says(entry):
    card = folders.model_folder(entry) / "card.toml"
    if not card.is_file():
        pytest.skip(f"{entry.key} is not shipped yet")
    assert (tomllib.loads(card.read_text("utf-8"))["input_size"],) * 2 == entry.policy.fixed_hw


@pytest.mark.models
def test_names_that_do_not_fit_are_refused_in_words(exported):
    entry, _, folder = exported
    for content in (json.dumps(NAMES[1:]), json.dumps({"0": "breed"}), "null"):
        (folder / "labels.json").write_text(content)
        with pytest.raises(ModelError, match=r"labels.json of Dogs, .* names . classes instead of 10"):
            model_facts(ModelRef(entry.key))
    (folder / "labels.json").unlink()
    with pytest.raises(ModelError, match=r"incomplete: labels.json is missing"):
        model_facts(ModelRef(entry.key))


@pytest.mark.models
def test_what_the_training_builds_is_allowed(tmp_path):
    networks = pytest.importorskip("training.classify.networks")
    from model_store.keras.models import refuse_unknown_classes
    from training.classify.config import BodyShape

    bodies = {
        "dogs-vgg": BodyShape(kind="vgg", widths=(8,) * 5),
        "dogs-inception": BodyShape(kind="inception", factor=0.1),
        "digits-cnn": BodyShape(kind="plain", widths=(8,) * 3),
    }
    for key, body in bodies.items():
        model = networks.build_body(body, BREEDS, folded=True)
        refuse_unknown_classes(json.loads(model.to_json()), tmp_path)
        target_layers = CATALOGUE[key].target_layers
        assert {*target_layers.usual, target_layers.best} <= {layer.name for layer in model.layers}
