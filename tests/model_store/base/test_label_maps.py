"""The mapping tables, entry by entry."""

import numpy as np
import pytest

from model_store.base.label_maps import CATEGORIES, CATEGORY_NAMES, IGNORED, LABEL_MAPS, apply_map


def names(mapping: str, ids: list[int]) -> list[str]:
    return [CATEGORY_NAMES[LABEL_MAPS[mapping][index]] for index in ids]


def test_the_eight_categories() -> None:
    assert CATEGORY_NAMES == ("void", "flat", "construction", "object", "nature", "sky", "human", "vehicle")
    assert CATEGORIES[5].colour_rgb == (70, 130, 180)


@pytest.mark.parametrize("name", LABEL_MAPS)
def test_every_map_is_a_full_table_that_cannot_be_written(name: str) -> None:
    table = LABEL_MAPS[name]
    assert table.shape == (256,) and table.dtype == np.uint8
    assert set(table.tolist()) <= {*range(8), IGNORED}
    assert table[255] == IGNORED
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 1


def test_camvid() -> None:
    assert LABEL_MAPS["camvid"][:12].tolist() == [5, 2, 3, 1, 1, 4, 3, 2, 7, 6, 6, 0]
    assert (LABEL_MAPS["camvid"][12:] == IGNORED).all()


def test_idd_ignores_its_mixed_classes() -> None:
    assert LABEL_MAPS["idd"][:8].tolist() == [1, 1, 6, 7, IGNORED, IGNORED, 5, IGNORED]


def test_cityscapes_label_ids() -> None:
    assert names("cityscapes", [0, 6, 7, 10, 11, 16, 17, 20, 21, 22, 23, 24, 25, 26, 33]) == [
        "void", "void", "flat", "flat", "construction", "construction", "object", "object",
        "nature", "nature", "sky", "human", "human", "vehicle", "vehicle",
    ]  # fmt: skip
    assert LABEL_MAPS["cityscapes"][34] == IGNORED


def test_cityscapes_train_ids_agree_with_label_ids() -> None:
    label_ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
    assert LABEL_MAPS["cityscapes19"][:19].tolist() == LABEL_MAPS["cityscapes"][label_ids].tolist()
    assert LABEL_MAPS["cityscapes19"][19] == IGNORED


def test_apply_map_makes_a_new_array() -> None:
    labels = np.array([[3, 9], [11, 200]], np.uint8)
    mapped = apply_map(labels, "camvid")
    assert mapped.tolist() == [[1, 6], [0, 255]]
    assert labels[0, 0] == 3


def test_apply_map_refuses_in_words() -> None:
    with pytest.raises(KeyError, match="camvid"):
        apply_map(np.zeros((2, 2), np.uint8), "kitti")
    with pytest.raises(TypeError, match="int64"):
        apply_map(np.zeros((2, 2), np.int64), "camvid")
