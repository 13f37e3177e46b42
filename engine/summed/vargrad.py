"""VarGrad: the variance of the gradients of noisy pictures (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292)."""

from __future__ import annotations

import numpy as np

from engine.summed.colours import read_colours
from engine.summed.noisy_runs import NOISY
from engine.summed.params import NoiseParams
from engine.summed.plan import Reading, Seen

SOURCE = NOISY


def read(seen: Seen, params: NoiseParams) -> Reading:
    """How much the gradient at a pixel varies from one noisy picture to the next: the variance that the
    samples let expect.
    """
    squares = seen.sums["square"] - np.square(seen.sums["gradient"]) / seen.runs
    return read_colours(np.maximum(squares, 0) / (seen.runs - 1), params.colours)
