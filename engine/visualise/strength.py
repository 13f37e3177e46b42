"""Strength of the values of a map, whichever of its ends is the strong one."""

import numpy as np

from engine.arrays import Floats
from engine.explanation import Explanation
from engine.methods import get_method


def upward(explanation: Explanation) -> Floats:
    """float32 (rows, columns): the values, turned round where the lowest are the strong ones, as of a score
    that is left.
    """
    lowest = get_method(explanation.method).lowest_first(explanation.params)
    return -explanation.values if lowest else explanation.values


def strength(explanation: Explanation) -> Floats:
    """float32 (rows, columns) from 0: the size of a value or, where the lowest are the strong ones, how far
    it is below the greatest.
    """
    values = upward(explanation)
    return np.abs(values) if values is explanation.values else values - values.min()


def order_is_told(explanation: Explanation) -> bool:
    """Whether any cell is set apart by its band, so that the order of the cells says something.

    Bands that all reach across each other tell no order: none begins above the middle (the median) of the
    upper ends, and none ends below the middle of the lower ends. Of a map without bands nobody can say that,
    and superpixels are hatched one by one instead.
    """
    lower, upper = explanation.lower, explanation.upper
    if lower is None or upper is None or explanation.parts is not None:
        return True
    sure = explanation.sure is not None and explanation.sure.any()
    return bool(sure or (lower > np.median(upper)).any() or (upper < np.median(lower)).any())
