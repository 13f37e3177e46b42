"""Rise of a map's complexity when a network forgets all that it has learnt: eMPRT.

Hedström, Weber, Lapuschkin and Höhne 2023: Sanity Checks Revisited: An Exploration to Repair the Model
Parameter Randomisation Test (https://arxiv.org/abs/2401.06465): instead of comparing two maps, which noise
makes unlike anyway, each map alone is measured.
"""

import numpy as np

from engine.arrays import Floats
from engine.sanity.similarity import says_nothing

MOST_BINS = 100
"""Of a histogram; a map with fewer cells has as many bins as cells."""


def histogram_entropy(values: Floats) -> float:
    """Entropy of a map's values in bits, over bins of one width from its lowest to its highest value.

    Args:
        values: (rows, columns); those that are not finite count as 0.

    Returns:
        0 for a constant map, at most log2(100).

    Example:
        >>> histogram_entropy(np.array([[0.0, 0.0], [1.0, 1.0]]))
        1.0
    """
    if says_nothing(values):
        return 0.0
    known = np.nan_to_num(values, nan=0, posinf=0, neginf=0).astype(np.float64).ravel()
    scaled = (known - known.min()) / (known.max() - known.min())
    counts, _ = np.histogram(scaled, bins=min(MOST_BINS, known.size), range=(0, 1))
    shares = counts[counts > 0] / known.size
    return float(-(shares * np.log2(shares)).sum())


def entropy_rise(trained: Floats, random: Floats) -> float:
    """(H(random) - H(trained)) / H(trained) of two maps: above 0 where forgetting makes the map more complex.

    NaN where the map of the trained network is constant.

    Example:
        >>> entropy_rise(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [2.0, 3.0]]))
        1.0
    """
    before = histogram_entropy(trained)
    return (histogram_entropy(random) - before) / before if before > 0 else float("nan")
