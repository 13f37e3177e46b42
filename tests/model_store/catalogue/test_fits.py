"""How a model's way to make images fit is asked for, and what it sees then."""

import numpy as np
import pytest

from engine.errors import ModelError
from engine.images.picture import Picture
from model_store.catalogue import CATALOGUE, ModelRef, as_seen, model_facts

WIDE = Picture(np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3), "wide")


@pytest.mark.parametrize(
    "text", ["imagenet-lite0", "imagenet-lite0@pad", "dogs-vgg@crop", "dogs-vgg@squeeze"]
)
def test_a_link_says_it_and_is_read_again(text):
    assert str(ModelRef.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["imagenet-lite0@grouped", "streets-unet@crop", "dogs-vgg@crop@pad", "dogs-vgg@"]
)
def test_what_does_not_fit_is_said(text):
    with pytest.raises(ModelError):
        ModelRef.parse(text)


def test_what_it_sees():
    seen = {
        text: as_seen(ModelRef.parse(text), WIDE).size_hw
        for text in ("imagenet-lite0", "dogs-vgg@pad", "dogs-vgg")
    }
    assert seen == {"imagenet-lite0": (40, 40), "dogs-vgg@pad": (60, 60), "dogs-vgg": (40, 60)}
    assert as_seen(ModelRef("streets-unet"), WIDE) is WIDE


def test_the_network_is_the_same():
    facts = [model_facts(ModelRef.parse(text)) for text in ("dogs-vgg", "dogs-vgg@crop")]
    assert facts[0].fingerprint == facts[1].fingerprint
    assert [found.key for found in facts] == ["dogs-vgg", "dogs-vgg@crop"]


def test_models_that_find_zones_see_whole_images():
    assert all(not entry.fits for entry in CATALOGUE.values() if entry.task == "segmentation")
