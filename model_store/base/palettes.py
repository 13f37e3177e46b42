"""Names and colours of the classes of public data sets."""

import numpy as np

from model_store.base.entries import Colour, Grouping
from model_store.base.label_maps import CATEGORIES, LABEL_MAPS

CITYSCAPES: tuple[tuple[str, Colour], ...] = (
    ("road", (128, 64, 128)),
    ("sidewalk", (244, 35, 232)),
    ("building", (70, 70, 70)),
    ("wall", (102, 102, 156)),
    ("fence", (190, 153, 153)),
    ("pole", (153, 153, 153)),
    ("traffic light", (250, 170, 30)),
    ("traffic sign", (220, 220, 0)),
    ("vegetation", (107, 142, 35)),
    ("terrain", (152, 251, 152)),
    ("sky", (70, 130, 180)),
    ("person", (220, 20, 60)),
    ("rider", (255, 0, 0)),
    ("car", (0, 0, 142)),
    ("truck", (0, 0, 70)),
    ("bus", (0, 60, 100)),
    ("train", (0, 80, 100)),
    ("motorcycle", (0, 0, 230)),
    ("bicycle", (119, 11, 32)),
)
"""The 19 classes of Cityscapes (Cordts et al. 2016, https://arxiv.org/abs/1604.01685) in the order of their
train ids.
"""


def _spread_bits(index: int) -> Colour:
    """Colour of a class of Pascal VOC: each third bit of its index, the lowest ones first, from the top."""
    bits = [[index >> 3 * place + channel & 1 for place in range(8)] for channel in range(3)]
    red, green, blue = (sum(bit << 7 - place for place, bit in enumerate(one)) for one in bits)
    return red, green, blue


VOC_COLOURS: tuple[Colour, ...] = tuple(map(_spread_bits, range(21)))
"""Of the background and the 20 classes of Pascal VOC (Everingham et al. 2010,
http://host.robots.ox.ac.uk/pascal/VOC/).
"""


def distinct_colours(count: int) -> tuple[Colour, ...]:
    """Colours that are far from each other, always the same ones: each is the farthest from those before it.

    Args:
        count: how many, at most 512.

    Returns:
        RGB triples 0-255.
    """
    steps = np.linspace(0, 255, 8).astype(int)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3)
    weighted = grid * np.sqrt([2.0, 4.0, 3.0])  # the eye tells greens apart best
    chosen = [int(np.flatnonzero((grid == (255, 0, 0)).all(1))[0])]
    nearest = np.full(len(grid), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, ((weighted - weighted[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(nearest.argmax()))
    return tuple((int(red), int(green), int(blue)) for red, green, blue in grid[chosen[:count]])


def categories_of_cityscapes() -> Grouping:
    """The 19 classes of Cityscapes in 7 categories: none of them is void, so void is left out."""
    ids = [int(category) for category in LABEL_MAPS["cityscapes19"][: len(CITYSCAPES)]]
    kept = sorted(set(ids))
    return Grouping(
        labels=tuple(CATEGORIES[category].name for category in kept),
        colours=tuple(CATEGORIES[category].colour_rgb for category in kept),
        of_class=tuple(kept.index(category) for category in ids),
    )
