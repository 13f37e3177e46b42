"""How much of an answer the concepts hold together, shared out among them (ConceptSHAP).

Yeh et al. 2020, https://arxiv.org/abs/1910.07969. A coalition is a set of concepts that are left in the layer
while the others are taken out; its worth is the score. With at most ten concepts all coalitions are asked,
so that the shares are exact.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats, Reals

TINY = 1e-9


def coalitions(count: int) -> Floats:
    """float32 (2^k, k): which concepts are left, 0 or 1; coalition number s holds concept i if bit i is set.

    Example:
        >>> coalitions(2).tolist()
        [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Completeness:
    """What the concepts hold of a score.

    Attributes:
        share: how far the score goes from that of an empty layer to the network's own when all concepts are
            left, about 0-1; nan where the two are equal.
        shapley: float64 (k,), what each concept adds, in the unit of the score; they sum to the score with
            all concepts minus the score with none.
    """

    share: float
    shapley: Reals


def completeness(worth: AnyFloats, own: float) -> Completeness:
    """Completeness and exact Shapley values.

    Args:
        worth: (2^k,), the score of each of ``coalitions``.
        own: the score of the network itself.

    Example:
        >>> found = completeness(np.array([0.0, 1.0, 2.0, 6.0]), own=8.0)  # 1 and 2, and 3 together
        >>> found.share, found.shapley.tolist()
        (0.75, [2.5, 3.5])
    """
    values = np.asarray(worth, np.float64)
    whole = own - values[0]
    share = (values[-1] - values[0]) / whole if abs(whole) > TINY else float("nan")
    return Completeness(float(share), exact_shapley(values))


def exact_shapley(worth: Reals) -> Reals:
    """float64 (k,): the mean of what each player adds, over all orders in which they may come."""
    count = len(worth).bit_length() - 1
    subsets = np.arange(len(worth))
    sizes = coalitions(count).sum(axis=1).astype(int)
    weights = np.array(
        [math.factorial(size) * math.factorial(count - size - 1) for size in range(count)], np.float64
    ) / math.factorial(count)
    found = np.empty(count)
    for one in range(count):
        without = subsets[(subsets >> one & 1) == 0]
        found[one] = (weights[sizes[without]] * (worth[without | 1 << one] - worth[without])).sum()
    return found
