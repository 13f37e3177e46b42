"""Colours of classes for every eye: what is too near has another hatching."""

import itertools

import numpy as np
import pytest

from components.pieces.zone_picker.hatches import APART, HATCHES, VISIONS, hatches, least_difference, seen_as
from model_store.base.label_maps import CATEGORIES
from model_store.base.palettes import CITYSCAPES, distinct_colours

STREETS = {
    "categories": tuple((category.name, category.colour_rgb) for category in CATEGORIES),
    "cityscapes": CITYSCAPES,
}


@pytest.mark.parametrize("name", STREETS)
def test_no_two_street_classes_look_the_same_to_anybody(name):
    colours = tuple(colour for _name, colour in STREETS[name])
    signs, near = hatches(colours), least_difference(colours)
    pairs = list(itertools.combinations(range(len(colours)), 2))
    close = [pair for pair in pairs if near[pair] < APART]
    print(f"{name}: nearest {min(near[pair] for pair in pairs):.1f}, {len(close)} pairs below {APART}")
    assert close, "the palette needs no second sign any more"
    assert not [pair for pair in close if signs[pair[0]] == signs[pair[1]]]


def test_nature_and_human_differ_by_more_than_their_olive():
    names = [category.name for category in CATEGORIES]
    colours = tuple(category.colour_rgb for category in CATEGORIES)
    near = least_difference(colours)[names.index("nature"), names.index("human")]
    signs = dict(zip(names, hatches(colours), strict=True))
    assert near < 3
    assert (signs["nature"], signs["human"]) == ("", "rising")


def test_usual_eyes_see_a_colour_as_it_is_and_all_see_greys_alike():
    colours = ((12, 200, 99), (0, 0, 0), (255, 255, 255))
    np.testing.assert_allclose(seen_as(colours, "usual") * 255, colours, atol=1e-9)
    for vision in VISIONS:
        np.testing.assert_allclose(seen_as(((128, 128, 128),), vision) * 255, [[128] * 3], atol=0.2)


def test_a_large_palette_has_as_many_signs_as_there_are():
    signs = hatches(distinct_colours(150))
    assert len(signs) == 150 and set(signs) == set(HATCHES)
