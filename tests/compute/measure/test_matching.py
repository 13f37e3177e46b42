"""Ids of masks as classes of a model."""

from dataclasses import replace

import numpy as np
import pytest

from compute.measure.matching import class_indices, label_table
from data_store.shipped.digits import digits
from engine.errors import VitrineError
from engine.model import ModelFacts
from model_store.base.label_maps import CATEGORY_NAMES


def test_void_is_counted_nowhere():
    """CamVid calls 11 void, our renderer 0; a model without a class of that name keeps all of its own."""
    assert label_table("camvid", CATEGORY_NAMES)[[0, 3, 11, 12]].tolist() == [5, 1, 255, 255]
    assert label_table("categories", CATEGORY_NAMES)[:3].tolist() == [255, 1, 2]
    assert label_table(None, CATEGORY_NAMES)[[0, 7, 8]].tolist() == [255, 7, 255]
    assert np.array_equal(label_table(None, ("cat", "dog"))[:3], [0, 1, 255])


def test_a_mapping_that_is_none_and_a_model_that_knows_none():
    with pytest.raises(VitrineError, match="no mapping 'moon'"):
        label_table("moon", CATEGORY_NAMES)
    with pytest.raises(VitrineError, match="street categories"):
        label_table("camvid", ("cat", "dog"))


@pytest.mark.parametrize(
    ("names", "fits"),
    [
        (tuple("0123456789"), True),
        (tuple(f"class {number}" for number in range(10)), True),
        (
            (
                "Chihuahua",
                "Maltese dog",
                "basset",
                "beagle",
                "borzoi",
                "boxer",
                "collie",
                "pug",
                "kelpie",
                "dhole",
            ),
            False,
        ),
    ],
)
def test_digits_are_names_and_no_places_among_the_classes_of_a_model_of_dogs(names, fits):
    facts = ModelFacts("own", "Own", "classification", names, ((0, 0, 0),) * 10, "MIT", "0")
    if fits:
        assert class_indices(digits(), facts) == list(range(10))
        return
    with pytest.raises(VitrineError, match="No class is called 0"):
        class_indices(digits(), facts)


def test_numbers_of_a_folder_are_places():
    data = digits()
    numbered = replace(data, content=replace(data.content, named=False))
    facts = ModelFacts("own", "Own", "classification", tuple("abcdefghij"), ((0, 0, 0),) * 10, "MIT", "0")
    assert class_indices(numbered, facts) == list(range(10))
