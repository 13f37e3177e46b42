"""Two classifiers on the same images: what one has more of the other, and whether that may be chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array, Bools, Indices, LongInts, Reals
from engine.evaluation.intervals import Interval
from engine.evaluation.resampling import Draws, divided, resampled


@dataclass(frozen=True, eq=False)
class Pairing:
    """Images that two models have both answered, in the order of the first model.

    Attributes:
        first: places of these among the images of the first model.
        second: places of the same images among those of the second.
        only_first: number of images that only the first has.
        only_second: number of images that only the second has.
    """

    first: Indices
    second: Indices
    only_first: int
    only_second: int


def pair_images(first: Sequence[str], second: Sequence[str]) -> Pairing:
    """Pair the images of two models by name.

    Raises:
        ValueError: a name stands twice in one of them.

    Example:
        >>> found = pair_images(["a", "b", "c"], ["c", "a", "d"])
        >>> found.first.tolist(), found.second.tolist(), found.only_first, found.only_second
        ([0, 2], [1, 0], 1, 1)
    """
    places = {name: place for place, name in enumerate(second)}
    if len(places) < len(second) or len(set(first)) < len(first):
        raise ValueError("Each image must have a name of its own.")
    both = [(place, places[name]) for place, name in enumerate(first) if name in places]
    rows = np.array(both, np.intp).reshape(-1, 2)
    return Pairing(rows[:, 0], rows[:, 1], len(first) - len(both), len(second) - len(both))


@dataclass(frozen=True)
class Difference:
    """A figure of two models on the same images.

    Attributes:
        first: of the first model.
        second: of the second model.
        value: first less second.
        interval: of the difference, 95 %; nan with fewer than five images or groups.
        images: number of images that both have.
    """

    first: float
    second: float
    value: float
    interval: Interval
    images: int

    @property
    def is_significant(self) -> bool:
        """Whether 0 is outside the interval."""
        return self.interval[0] > 0 or self.interval[1] < 0


def compare_shares(first: Array, second: Array, draws: Draws | None = None) -> Difference:
    """Difference of the means of two models over images, paired.

    Images, or groups of them, are drawn again with both of their answers; so what is hard for both models
    does not widen the band.

    Args:
        first: (N,) what the first model has on each image: whether it is right, or any number; nan where it
            has no answer. Such an image is left out for both.
        second: the same of the second model, image by image.
        draws: groups (N,), seed and number of draws.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> found = compare_shares(np.array([1, 1, 1, 0] * 50), np.array([1, 1, 0, 0] * 50))
        >>> found.value, [round(end, 2) for end in found.interval], found.is_significant
        (0.25, [0.19, 0.31], True)
    """
    draws, both = draws or Draws(), _columns(first, second)
    known = ~np.isnan(both).any(1)
    amounts = np.concatenate([both, np.ones((len(both), 1))], axis=1)[known]
    groups = None if draws.groups is None else np.asarray(draws.groups)[known]
    values, ends = resampled(amounts, _means, Draws(groups, draws.seed, draws.resamples))
    one, two, difference = (float(value) for value in values)
    return Difference(one, two, difference, (float(ends[2, 0]), float(ends[2, 1])), int(known.sum()))


def _columns(first: Array, second: Array) -> Reals:
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(
            f"Expected two arrays (N,) of the same images, received {one.shape} and {two.shape}."
        )
    return np.stack([one, two], axis=1)


def _means(sums: Reals) -> Reals:
    means = divided(sums[..., :2], sums[..., 2:])
    return np.concatenate([means, means[..., :1] - means[..., 1:]], axis=-1)


@dataclass(frozen=True, eq=False)
class McNemar:
    """McNemar's exact test of two models on the same images.

    Attributes:
        table: int64 (2, 2): rows are the first model right and wrong, columns the second right and wrong.
        p_value: of a difference as large or larger where both are right equally often, two-sided.
    """

    table: LongInts
    p_value: float


def mcnemar(first_right: Bools, second_right: Bools) -> McNemar:
    """Whether two models are right equally often, by the images on which only one is.

    McNemar 1947, https://doi.org/10.1007/BF02295996, with the binomial in place of its approximation. Images
    are taken as independent; for sequences see ``compare_shares`` with groups.

    Args:
        first_right: bool (N,), whether the first model is right.
        second_right: bool (N,), the same of the second, image by image.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> found = mcnemar(np.array([True] * 8 + [False] * 2), np.array([False] * 6 + [True] * 4))
        >>> found.table.tolist(), round(found.p_value, 3)  # 6 against 2
        ([[2, 6], [2, 0]], 0.289)
    """
    from scipy.stats import binomtest  # takes long to import, and pages name this module

    one, two = np.asarray(first_right, np.bool_), np.asarray(second_right, np.bool_)
    if one.shape != two.shape:
        raise ValueError(f"Expected answers to the same images, received {one.shape} and {two.shape}.")
    table = np.array([[(one & two).sum(), (one & ~two).sum()], [(~one & two).sum(), (~one & ~two).sum()]])
    only_first, either = int(table[0, 1]), int(table[0, 1] + table[1, 0])
    p_value = float(binomtest(only_first, either).pvalue) if either else 1.0
    return McNemar(table.astype(np.int64), p_value)
