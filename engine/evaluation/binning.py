"""Numbers of images as a few parts of about equal size, so that figures can be compared between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Indices, Reals

PARTS = 4
LEAST_DIFFERENT = 8
"""With fewer different numbers each is a part of its own."""


@dataclass(frozen=True, eq=False)
class Bins:
    """Parts of N numbers, in rising order.

    Attributes:
        places: intp (N,), the part of each number; -1 where there is none.
        ranges: the least and the greatest number of each part.
    """

    places: Indices
    ranges: tuple[tuple[float, float], ...]


def quantile_bins(values: Reals, parts: int = PARTS) -> Bins:
    """Parts with about as many numbers each; equal numbers are in one part.

    Args:
        values: float64 (N,); nan where there is no number.
        parts: how many; fewer where there are fewer different numbers, and one for each of a few.

    Example:
        >>> found = quantile_bins(np.array([3.0, 1.0, np.nan, 2.0, 9.0]))
        >>> found.places.tolist(), found.ranges[-1]
        ([2, 0, -1, 1, 3], (9.0, 9.0))
    """
    known = np.flatnonzero(np.isfinite(values))
    numbers: Reals = np.asarray(values, np.float64)[known]
    different = np.unique(numbers)
    edges = different[1:]
    if len(different) >= LEAST_DIFFERENT:
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, parts + 1)[1:-1], method="higher"))
        edges = edges[edges > different[0]] if edges[-1] > different[0] else different[1:2]
    found = np.unique(np.searchsorted(edges, numbers, side="right"), return_inverse=True)[1]
    places = np.full(len(values), -1, np.intp)
    places[known] = found
    each = (numbers[found == part] for part in range(int(found.max(initial=-1)) + 1))
    return Bins(places, tuple((float(part.min()), float(part.max())) for part in each))


def as_numbers(texts: Sequence[str]) -> Reals | None:
    """Texts as numbers, nan where one is empty; None where they are words, or only a few different numbers.

    Example:
        >>> as_numbers([str(number) for number in range(8)] + [""])[-2:].tolist()
        [7.0, nan]
        >>> as_numbers(["1", "2", "night"]) is None
        True
    """
    if len(set(texts) - {""}) < LEAST_DIFFERENT:
        return None
    try:
        found = np.array([float(text) if text else np.nan for text in texts], np.float64)
    except ValueError:
        return None
    return found if np.isfinite(found[~np.isnan(found)]).all() else None
