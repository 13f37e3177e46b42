"""The 8 street categories, and how the label files of public data sets become them.

A map is a lookup table of 256 entries: entry `i` is the category of label id `i`, or `IGNORED` where a pixel
says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.arrays import Bytes

IGNORED = 255
"""Value of a label that is neither trained on nor counted."""

VOID = 0
"""Category of what is in none of the others; no model is trained to answer it."""


@dataclass(frozen=True)
class Category:
    """One of the 8 categories of Cityscapes (Cordts et al. 2016, https://arxiv.org/abs/1604.01685).

    Attributes:
        name: lower-case name.
        colour_rgb: red, green, blue in 0-255, as in the Cityscapes palette.
    """

    name: str
    colour_rgb: tuple[int, int, int]


CATEGORIES: tuple[Category, ...] = (
    Category("void", (0, 0, 0)),
    Category("flat", (128, 64, 128)),
    Category("construction", (70, 70, 70)),
    Category("object", (153, 153, 153)),
    Category("nature", (107, 142, 35)),
    Category("sky", (70, 130, 180)),
    Category("human", (220, 20, 60)),
    Category("vehicle", (0, 0, 142)),
)

CATEGORY_NAMES: tuple[str, ...] = tuple(category.name for category in CATEGORIES)

_CAMVID = (5, 2, 3, 1, 1, 4, 3, 2, 7, 6, 6, 0)
_IDD_LITE = (1, 1, 6, 7, IGNORED, IGNORED, 5)
_CITYSCAPES = (0,) * 7 + (1,) * 4 + (2,) * 6 + (3,) * 4 + (4,) * 2 + (5,) + (6,) * 2 + (7,) * 8
_CITYSCAPES_19 = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 6, 7, 7, 7, 7, 7, 7)


def lookup_table(categories: tuple[int, ...]) -> Bytes:
    """Lookup table (256,) of the categories of ids 0, 1, 2...; every other id is ignored.

    It cannot be written to.
    """
    table = np.full(256, IGNORED, np.uint8)
    table[: len(categories)] = categories
    table.setflags(write=False)
    return table


LABEL_MAPS: Mapping[str, Bytes] = MappingProxyType(
    {
        "categories": lookup_table(tuple(range(len(CATEGORIES)))),
        "camvid": lookup_table(_CAMVID),
        "idd": lookup_table(_IDD_LITE),
        "cityscapes": lookup_table(_CITYSCAPES),
        "cityscapes19": lookup_table(_CITYSCAPES_19),
    }
)
"""`categories`: ids are the 8 categories already. `camvid`: 12 classes. `idd`: IDD Lite, 7 classes of which 4
and 5 are mixed and ignored. `cityscapes`: the `labelIds` 0-33. `cityscapes19`: the train ids 0-18."""


def apply_map(labels: Bytes, name: str) -> Bytes:
    """Categories (H, W) of a picture of label ids (H, W).

    Args:
        labels: ids as in the label file, uint8 (H, W).
        name: a key of `LABEL_MAPS`.

    Returns:
        Categories 0-7, or 255 where the pixel says nothing; uint8 (H, W), a new array.

    Raises:
        KeyError: there is no map of this name.
        TypeError: the labels are not uint8, so they could point outside the table.
    """
    if name not in LABEL_MAPS:
        raise KeyError(f"No label map is called {name!r}; there are {', '.join(LABEL_MAPS)}.")
    if labels.dtype != np.uint8:
        raise TypeError(f"Labels must be uint8 ids, these are {labels.dtype}.")
    return LABEL_MAPS[name][labels]
