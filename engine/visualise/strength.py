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
