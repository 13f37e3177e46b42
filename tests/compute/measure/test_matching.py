"""Ids of masks as classes of a model."""

import numpy as np
import pytest

from compute.measure.matching import label_table
from engine.errors import VitrineError
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
