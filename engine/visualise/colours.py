"""Colours of maps: one table for unsigned values, one for signed ones, made to lie over photos.

Each runs from dark to bright, so that it can be read on paper and by people who see no colours; the darkest
and the palest colours are left out, since a photo has them, too. "Inferno" is perceptually uniform (Smith and
van der Walt 2015, https://bids.github.io/colormap/). Signed values are warm above zero and cold below: people
with any of the common colour vision deficiencies tell them apart (tests/engine/visualise/test_colours.py).
"""

from functools import cache

import numpy as np

from engine.arrays import Floats, Pixels

SEQUENTIAL, DIVERGING = "warm", "warm and cold"
STEPS = 256
_WARM, _COLD = ("inferno", 0.2, 0.9), ("YlGnBu_r", 0.0, 0.62)
"""Name of a colour map of matplotlib, and which part of it is taken, from dark to bright."""


@cache
def colour_table(name: str) -> Pixels:
    """uint8 (256, 3): the colours of a scale, from its lowest to its highest value."""
    if name == SEQUENTIAL:
        return _part(_WARM, STEPS)
    return np.concatenate([_part(_COLD, STEPS // 2)[::-1], _part(_WARM, STEPS // 2)])


def _part(taken: tuple[str, float, float], steps: int) -> Pixels:
    from matplotlib import colormaps

    name, start, end = taken
    places: Floats = np.linspace(start, end, steps, dtype=np.float32)
    return np.round(colormaps[name](places)[:, :3] * 255).astype(np.uint8)
