"""What the attention of a cell looks like in numbers."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats


def effective_cells(weights: Floats) -> float:
    """Over how many cells attention (h, w), which sums to 1, is spread: e to its entropy; 1 for one cell, h *
    w for all alike.
    """
    positive = weights[weights > 0].astype(np.float64)
    return float(np.exp(-(positive * np.log(positive)).sum()))
