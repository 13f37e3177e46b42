"""Spread of the attention of a cell."""

import numpy as np

from engine.arrays import Floats


def effective_cells(weights: Floats) -> float:
    """Over how many cells attention (h, w), which sums to 1, is spread: e to its entropy; 1 for one cell, h *
    w for all alike.

    Example:
        >>> round(effective_cells(np.full((2, 2), 0.25)), 6), effective_cells(np.array([[1.0, 0.0]]))
        (4.0, 1.0)
    """
    positive = weights[weights > 0].astype(np.float64)
    return float(np.exp(-(positive * np.log(positive)).sum()))
