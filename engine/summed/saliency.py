"""Saliency: the size of the gradient (Simonyan et al. 2013, https://arxiv.org/abs/1312.6034)."""

from __future__ import annotations

import numpy as np

from engine.summed.colours import read_colours
from engine.summed.gradient_runs import PLAIN
from engine.summed.params import ColourParams
from engine.summed.plan import Reading, Seen

SOURCE = PLAIN


def read(seen: Seen, params: ColourParams) -> Reading:
    """How far the logit would move with one step of a colour, in either direction."""
    return read_colours(np.abs(seen.sums["gradient"]), params.colours)
