"""SmoothGrad: the mean of the gradients of noisy pictures (Smilkov et al. 2017, https://arxiv.org/abs/1706.03825)."""

from __future__ import annotations

import numpy as np

from engine.summed.colours import read_colours
from engine.summed.noisy_runs import NOISY
from engine.summed.params import NoiseParams
from engine.summed.plan import Reading, Seen

SOURCE = NOISY


def read(seen: Seen, params: NoiseParams) -> Reading:
    """The size of the mean gradient."""
    return read_colours(np.abs(seen.sums["gradient"]) / seen.runs, params.colours)
