"""How sure a figure is that was measured on a few images."""

import numpy as np

from engine.arrays import AnyInts, Reals

NORMAL_95 = 1.959964
"""Half of a standard normal's 95 % interval."""
RESAMPLES = 2000

Interval = tuple[float, float]


def wilson_interval(right: int, count: int) -> Interval:
    """95 % interval of a share of ``count`` independent images of which ``right`` are right, 0-1.

    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953. Unlike the normal one it stays inside 0-1 and
    is no point where all are right.

    Raises:
        ValueError: there are no images, or more are right than there are.

    Example:
        >>> [round(end, 3) for end in wilson_interval(8, 10)]
        [0.49, 0.943]
    """
    if not 0 <= right <= count or not count:
        raise ValueError(f"Expected 0 to {count} right of at least one image, received {right}.")
    share, square = right / count, NORMAL_95**2 / count
    centre = (share + square / 2) / (1 + square)
    half = NORMAL_95 / (1 + square) * (share * (1 - share) / count + square / (4 * count)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def wilson_intervals(right: AnyInts, count: AnyInts) -> Reals:
    """95 % intervals of K shares, float64 (K, 2), as ``wilson_interval``; nan where nothing is counted.

    Example:
        >>> wilson_intervals(np.array([8, 0]), np.array([10, 0])).round(3).tolist()
        [[0.49, 0.943], [nan, nan]]
    """
    pairs = zip(right.tolist(), count.tolist(), strict=True)
    ends = [wilson_interval(part, whole) if whole else (np.nan, np.nan) for part, whole in pairs]
    return np.array(ends, np.float64).reshape(-1, 2)
