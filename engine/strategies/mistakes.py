"""Which groups of maps a model's errors sit in."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Bools, Indices, Reals
from engine.evaluation.intervals import Interval, wilson_interval
from engine.evaluation.slices import holm_adjusted

LEVEL = 0.05
"""Chance that errors which lie in the groups at random are said to gather in one."""


@dataclass(frozen=True)
class GroupErrors:
    """Errors in one group.

    Attributes:
        images: of the group whose class is known.
        wrong: of these.
        interval: 95 % interval of the share that is right (Wilson); nan where there are no images.
        share: of all errors that are in this group, 0-1; nan where there are none.
        p_value: chance that as many errors, or more, are here if they lie anywhere (Fisher's exact test, one
            side), times the number of groups as Holm's procedure has it (1979,
            https://www.jstor.org/stable/4615733); at most 1.
    """

    images: int
    wrong: int
    interval: Interval
    share: float
    p_value: float

    @property
    def accuracy(self) -> float:
        """Share that is right, 0-1; nan where there are no images."""
        return 1 - self.wrong / self.images if self.images else float("nan")

    @property
    def gathers(self) -> bool:
        """Whether more errors are here than chance explains."""
        return self.p_value <= LEVEL


def errors_by_group(labels: Indices, wrong: Bools, known: Bools) -> tuple[GroupErrors, ...]:
    """Errors in each group.

    Args:
        labels: intp (N,), the group of each image from 0; -1 where it has none and does not count.
        wrong: bool (N,).
        known: bool (N,), whether anybody knows; the others do not count.

    Raises:
        ValueError: the lengths differ.

    Example:
        >>> labels, wrong = np.repeat([0, 1], [16, 4]), np.arange(20) >= 17  # 3 errors, all among the last 4
        >>> errors_by_group(labels, wrong, wrong | True)[1].p_value  # 2 groups times C(4, 3) / C(20, 3)
        0.007017543859649123
    """
    if not labels.shape == wrong.shape == known.shape:
        raise ValueError(f"{len(labels)} labels, {len(wrong)} and {len(known)} images must be as many.")
    counted = known & (labels >= 0)
    groups = int(labels.max(initial=-1)) + 1
    images = np.bincount(labels[counted], minlength=groups)
    bad = np.bincount(labels[counted & wrong], minlength=groups)
    chances = holm_adjusted(_chances(images, bad))
    return tuple(
        GroupErrors(size, errors, _interval(size, errors), errors / all_errors if all_errors else np.nan, p)
        for all_errors in [int(bad.sum())]
        for size, errors, p in zip(images.tolist(), bad.tolist(), chances.tolist(), strict=True)
    )


def _interval(images: int, wrong: int) -> Interval:
    return wilson_interval(images - wrong, images) if images else (float("nan"), float("nan"))


def _chances(images: Indices, wrong: Indices) -> Reals:
    """Upper tails of the hypergeometric distribution, one for each group."""
    from scipy.stats import hypergeom  # takes long to import, and pages name this module

    return np.asarray(hypergeom.sf(wrong - 1, images.sum(), wrong.sum(), images), np.float64)
