"""Kernels of cells and scores, and the Hilbert-Schmidt independence criterion computed without a matrix for
each cell.

The kernels are those of Xplique. For each cell K(x, x') is a sum of products of features, so that a biased
estimate tr(K H L H) / n^2 (Gretton et al. 2005, https://doi.org/10.1007/11564089_7) is a quadratic form in L
for each feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np

from engine.arrays import Floats, Indices, Reals

TERMS = 11
"""Of the series of the Gaussian kernel on [0, 1] with width 0.5: what is left out is below 1e-7."""


def _dirac(masks: Floats) -> Floats:
    """float32 (N, 1, cells): 1.5 - (x - x')^2 is 2 x x' and what centring takes away, for x and x' 0 or 1."""
    return np.float32(np.sqrt(2)) * masks[:, None]


def _gaussian(masks: Floats) -> Floats:
    """float32 (N, TERMS, cells): exp(-2 (x - x')^2), width 0.5, as the series of exp(4 t t') around the
    middle, t = x - 0.5.
    """
    place = masks.astype(np.float64)[:, None] - 0.5
    order = np.arange(TERMS)[:, None]
    scale = np.sqrt([[float(factorial(term))] for term in range(TERMS)])
    return (np.exp(-2 * place**2) * (2 * place) ** order / scale).astype(np.float32)


FEATURES: dict[str, Callable[[Floats], Floats]] = {"binary": _dirac, "latin hypercube": _gaussian}


def _distance(scores: Reals) -> float:
    """Median distance between two scores; their mean distance where most are equal."""
    distances = np.abs(scores[:, None] - scores)
    return float(np.median(distances) or distances.mean())


def _median(scores: Reals) -> float:
    """Median score; the median distance where it is zero."""
    return float(np.median(scores)) or _distance(scores)


WIDTHS: dict[str, Callable[[Reals], float]] = {"distance": _distance, "score": _median}


def rbf(scores: Reals, width: float) -> Floats:
    """float32 (N, N): Gaussian kernel of the scores (N,)."""
    return np.exp(-((scores[:, None] - scores) ** 2) / (2 * width**2)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class BlockSums:
    """Sums over all pairs of runs, by the groups of both, so that HSIC without any group costs next to
    nothing.

    Attributes:
        count: float64 (G,), runs of each group.
        first: float64 (G, F, cells), sum of the features.
        pairs: float64 (G, G, F, cells), sum of feature times kernel of the scores times feature.
        once: float64 (G, G, F, cells), the same with the feature of the first run alone.
        kernel: float64 (G, G), sum of the kernel of the scores.
        variance: float64 (cells,), trace of the centred kernel of each cell.
    """

    count: Reals
    first: Reals
    pairs: Reals
    once: Reals
    kernel: Reals
    variance: Reals

    @classmethod
    def of(cls, features: Floats, kernel: Floats, group: Indices) -> BlockSums:
        """From features (N, F, cells), kernel of the scores (N, N) and group (N,), 0 to G-1, each
        somewhere.
        """
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        centred = (features - features.mean(axis=0))[order]
        flat, blocks = (
            centred.reshape(len(order), -1),
            np.split(kernel[np.ix_(order, order)], starts[1:], axis=1),
        )
        pairs, once = [], []
        for block, part in zip(blocks, np.split(flat, starts[1:]), strict=True):
            pairs.append(np.add.reduceat(flat * (block @ part), starts, axis=0))
            once.append(np.add.reduceat(flat * block.sum(axis=1)[:, None], starts, axis=0))
        shape = (len(starts), len(starts), *features.shape[1:])
        return cls(
            count=np.bincount(group).astype(np.float64),
            first=np.add.reduceat(centred, starts, axis=0).astype(np.float64),
            pairs=np.stack(pairs, axis=1).reshape(shape).astype(np.float64),
            once=np.stack(once, axis=1).reshape(shape).astype(np.float64),
            kernel=np.stack(
                [np.add.reduceat(block.sum(axis=1, dtype=np.float64), starts) for block in blocks], axis=1
            ),
            variance=np.square(centred).sum(axis=(0, 1), dtype=np.float64),
        )

    def hsic(self, weights: Reals) -> Reals:
        """float64 (..., cells): the biased estimate from some of the groups, at least 0.

        Args:
            weights: (..., G), 1 for groups that are used, 0 for others.
        """
        count = (weights @ self.count)[..., None, None]
        mean = np.einsum("...a,afc->...fc", weights, self.first) / count
        pairs, once = (
            np.einsum("...a,...b,abfc->...fc", weights, weights, sums, optimize=True)
            for sums in (self.pairs, self.once)
        )
        kernel = np.einsum("...a,...b,ab->...", weights, weights, self.kernel)[..., None, None]
        return np.maximum((pairs - 2 * mean * once + mean**2 * kernel).sum(axis=-2) / count[..., 0] ** 2, 0)

    def by_chance(self) -> Reals:
        """float64 (cells,): mean of the estimate over all ways to shuffle the scores, so that nothing depends
        on a cell.
        """
        count = self.count.sum()
        trace = count - self.kernel.sum() / count
        return np.asarray(self.variance * trace / ((count - 1) * count**2))
