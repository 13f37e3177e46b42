"""Guided backpropagation (Springenberg et al. 2014, https://arxiv.org/abs/1412.6806)."""

from __future__ import annotations

import numpy as np

from engine.summed.colours import read_colours
from engine.summed.gradient_runs import GUIDED
from engine.summed.params import ColourParams
from engine.summed.plan import Reading, Seen

SOURCE = GUIDED


def read(seen: Seen, params: ColourParams) -> Reading:
    """The size of what comes back at each pixel."""
    return read_colours(np.abs(seen.sums["gradient"]), params.colours)
