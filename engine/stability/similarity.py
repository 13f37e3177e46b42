"""How like two maps of the same image are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Reals
from engine.perturbation.designs.cells import GridCells
from engine.sanity.similarity import scaled_ssim
from engine.trust.on_cells import COARSE, means_on

TOP = 0.1
"""Share of the cells that are a map's top."""
FINE = 16


@dataclass(frozen=True)
class Likeness:
    """How like a map is to another one of the same image, on at most 16 x 16 cells.

    Attributes:
        ssim: structural similarity of the maps, each stretched to 0-1, at most 1; of equal maps 1.
        rank: Spearman's rank correlation, -1 to 1.
        top: share of the highest tenth of the cells that both have in common, 0-1; 0.1 by chance.
        relative_change: Euclidean length of the difference over that of the first map.
    """

    ssim: float
    rank: float
    top: float
    relative_change: float


def likeness_of(one: AnyFloats, other: AnyFloats) -> Likeness:
    """Likeness of two maps (rows, columns) with stronger values on top; cells of which one of them knows
    nothing (NaN) are left out.

    A constant map is like an equal one and like no other (Wang et al. 2004 for SSIM,
    https://doi.org/10.1109/TIP.2003.819861).

    Example:
        >>> likeness_of(np.eye(8), np.eye(8))
        Likeness(ssim=1.0, rank=1.0, top=1.0, relative_change=0.0)
    """
    first, second = _common(one, other)
    if np.array_equal(first, second):
        return Likeness(1.0, 1.0, 1.0, 0.0)
    length = float(np.linalg.norm(first))
    change = float(np.linalg.norm(second - first)) / length if length else float("inf")
    return Likeness(_ssim(first, second), _rank(first, second), _top(first, second), change)


def _common(one: AnyFloats, other: AnyFloats) -> tuple[Reals, Reals]:
    """Both on the same cells, without columns that one of them does not know in full."""
    rows, columns = (min(*sides, COARSE) for sides in zip(one.shape, other.shape, strict=True))
    cells = GridCells(rows, columns)
    both = [_means(values, cells) for values in (one, other)]
    known = np.isfinite(both[0]).all(axis=0) & np.isfinite(both[1]).all(axis=0)
    return both[0][:, known], both[1][:, known]


def _means(values: AnyFloats, cells: GridCells) -> Reals:
    size = cells.rows * FINE, cells.columns * FINE
    return means_on(values, cells, size).reshape(cells.rows, cells.columns)


def _ssim(one: Reals, other: Reals) -> float:
    """0 where a map is constant, or too small for a window."""
    if min(np.ptp(one), np.ptp(other)) == 0:
        return 0.0
    return float(np.nan_to_num(scaled_ssim(one, other)))


def _rank(one: Reals, other: Reals) -> float:
    """0 where a map is constant; values that differ by rounding alone are equal."""
    from engine.perturbation.estimators.replicates import rank_agreement  # SciPy takes long to import

    return rank_agreement(one.round(12), other.round(12)) or 0.0


def _top(one: Reals, other: Reals) -> float:
    count = max(round(TOP * one.size), 1)
    tops = [set(np.argsort(-values.ravel(), kind="stable")[:count].tolist()) for values in (one, other)]
    constant = min(np.ptp(one), np.ptp(other)) == 0
    return 0.0 if constant else len(tops[0] & tops[1]) / count
