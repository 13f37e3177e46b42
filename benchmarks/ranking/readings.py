"""All ways to read a ranking of cells off the first runs of a design: rivals in the study of rankings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg, ndimage

from benchmarks.ranking.designs import CELLS, GRID, PART, PER_ROW
from benchmarks.ranking.surrogates import gaussian_process, ridge, ridge_pairs
from engine.arrays import Reals
from engine.perturbation.designs.sobol_design import Rows
from engine.perturbation.estimators.draft import sensitivities, shrink
from engine.perturbation.estimators.shrinkage import blend, even_logs, expected, shrunk
from engine.perturbation.estimators.sobol_indices import Estimator, glen, is_constant, pooled
from engine.perturbation.methods import hsic
from engine.perturbation.methods.params import BLEND, DRAFT_BELOW, HsicParams

BLUR_CELLS = 0.8


@dataclass(frozen=True, eq=False)
class FirstRuns:
    """The first runs of a design.

    Attributes:
        masks: float64 (n, 64).
        scores: float64 (n, T).
        kind: of the design.
        seed: of the design.
    """

    masks: Reals
    scores: Reals
    kind: str
    seed: int

    def first(self, runs: int) -> FirstRuns:
        """Only so many runs."""
        return FirstRuns(self.masks[:runs], self.scores[:runs], self.kind, self.seed)

    def rows(self, target: int, replicates: int = 8) -> Rows:
        """The runs as rows of A, B and C_i, for one target."""
        table, points = self.scores[:, target].reshape(-1, PER_ROW), self.masks.reshape(-1, PER_ROW, CELLS)
        return Rows(
            table[:, 0],
            table[:, 1],
            table[:, 2:],
            np.arange(len(table)) % replicates,
            np.abs(points[:, 1] - points[:, 0]),
        )


ReadRows = Callable[[Rows], Reals]
Reading = Callable[[FirstRuns], Reals]
"""Gives float64 (64, T): larger where a cell matters more."""


def janon(a: Reals, b: Reals, c: Reals) -> Reals:
    """Janon et al. 2014, https://hal.inria.fr/hal-00665048v2/document: Jansen's with the variance over A and
    C_i.
    """
    centre = 0.5 * (a.mean() + c.mean(axis=0))
    variance = 0.5 * (np.square(a).mean() + np.square(c).mean(axis=0)) - np.square(centre)
    return 1 - ((a[:, None] * c).mean(axis=0) - np.square(centre)) / variance


def homma(a: Reals, b: Reals, c: Reals) -> Reals:
    """Homma and Saltelli 1996, https://doi.org/10.1016/0951-8320(96)00002-6, with 1/n throughout; that of
    the Primer (Saltelli et al. 2008) is the same.
    """
    return 1 - ((a[:, None] * c).mean(axis=0) - a.mean() ** 2) / a.var()


def mauntz(a: Reals, b: Reals, c: Reals) -> Reals:
    """Mauntz and Kucherenko (Sobol et al. 2007, https://doi.org/10.1016/j.ress.2006.04.015), of scores around
    their mean.

    As they are, their ranking is that of Homma and Saltelli: the mean of f(A) f(C_i) is all that differs
    between cells.
    """
    return ((a - a.mean())[:, None] * (a[:, None] - c)).mean(axis=0) / a.var(ddof=1)


def _each(read: ReadRows) -> Reading:
    """A reading of rows, target by target; nothing where the score did not move."""

    def all_targets(seen: FirstRuns) -> Reals:
        found = []
        for target in range(seen.scores.shape[1]):
            rows = seen.rows(target)
            moved = bool(rows.steps.sum(axis=0).all()) and bool((rows.c != rows.a[:, None]).any())
            found.append(read(rows) if moved else np.zeros(CELLS))
        return np.stack(found, axis=1)

    return all_targets


def _estimator(indices: Estimator) -> Reading:
    """An estimator of total indices, which needs two rows for the variance."""

    def all_targets(seen: FirstRuns) -> Reals:
        found = []
        for target in range(seen.scores.shape[1]):
            rows = seen.rows(target)
            found.append(np.zeros(CELLS) if is_constant(rows.a) else indices(rows.a, rows.b, rows.c))
        return np.stack(found, axis=1)

    return all_targets


def _squares(seen: FirstRuns) -> Reals:
    """Jansen's numerator: his ranking, also from one row."""
    table = seen.scores.reshape(-1, PER_ROW, seen.scores.shape[1])
    return np.square(table[:, 2:] - table[:, :1]).mean(axis=0)


def _drawn(rows: Rows) -> Reals:
    """The ranking of the draft as it was, also from one row."""
    logs, noise = sensitivities(rows)
    return shrink(logs.reshape(GRID, GRID), noise).ravel()


def _drawn_evenly(rows: Rows) -> Reals:
    """The draft's ranking as it is now, also from one row."""
    return expected(*even_logs(rows), GRID)


def _blended(rows: Rows) -> Reals:
    """What is shown: a draft, and from 16 rows on its blend with Jansen's indices."""
    if len(rows) < DRAFT_BELOW[BLEND]:
        return _drawn_evenly(rows)
    parts = [rows.only(rows.replicate != group) for group in np.unique(rows.replicate)]
    plain, *without = (pooled(some.a, some.b, some.c) for some in (rows, *parts))
    return blend(shrunk(rows, GRID, float(plain.mean())), plain, np.stack(without))


def _blurred(seen: FirstRuns) -> Reals:
    fields = _squares(seen).reshape(GRID, GRID, -1)
    return ndimage.gaussian_filter(fields, (BLUR_CELLS, BLUR_CELLS, 0), mode="nearest").reshape(CELLS, -1)


def _pooled(seen: FirstRuns) -> Reals:
    """The draft with what targets have in common: fields that are independent in noise and in signal are
    shrunk and put together.
    """
    count = seen.scores.shape[1]
    found = [sensitivities(seen.rows(target)) for target in range(count)]
    logs = np.stack([one[0] for one in found])
    deviations = logs - logs.mean(axis=1, keepdims=True)
    noise = _noise_between(seen, logs, np.array([one[1] for one in found]))
    factor = linalg.cholesky(noise, lower=True)
    white = linalg.solve_triangular(factor, deviations, lower=True)
    turn = linalg.eigh(white @ white.T)[1]
    shrunk = np.stack([shrink(part.reshape(GRID, GRID), 1.0).ravel() for part in turn.T @ white])
    return (factor @ turn @ shrunk).T


def _noise_between(seen: FirstRuns, logs: Reals, noise: Reals) -> Reals:
    """(T, T): covariance of the noise of targets, whose correlation is that of what rows leave over; a tenth
    is each target's own.
    """
    table = seen.scores.reshape(-1, PER_ROW, seen.scores.shape[1])
    points = seen.masks.reshape(-1, PER_ROW, CELLS)
    expected = np.sqrt(np.abs(points[:, 1] - points[:, 0]))[..., None] * np.exp(logs).T
    moved = np.sqrt(np.abs(table[:, 2:] - table[:, :1]))
    sums, factors = (
        expected.sum(axis=0),
        moved.sum(axis=1, keepdims=True) / expected.sum(axis=1, keepdims=True),
    )
    left = (moved - factors * expected) / sums
    together = np.einsum("nct,ncu->tu", left, left)
    scale = np.sqrt(np.maximum(np.diag(together), 1e-12))
    return (0.9 * together / np.outer(scale, scale) + 0.1 * np.eye(len(scale))) * np.sqrt(
        np.outer(noise, noise)
    )


def _hsic(seen: FirstRuns) -> Reals:
    plan = hsic.HsicDesign(GRID, PART, "latin hypercube" if seen.kind == "faded" else "binary", seen.seed)
    found = []
    for scores in seen.scores.T:
        padded = np.full(PART, np.nan, np.float32)
        padded[: len(scores)] = scores
        estimate = hsic.estimate(plan, HsicParams(grid=GRID), padded)
        found.append(np.zeros(CELLS) if estimate is None else estimate.values.ravel())
    return np.stack(found, axis=1)


STARS = ("unscrambled", "scrambled", "latin", "radial", "half-step")
READINGS: dict[str, tuple[Reading, tuple[str, ...]]] = {
    "Jansen": (_squares, STARS),
    "Janon": (_estimator(janon), STARS[:4]),
    "Homma-Saltelli": (_estimator(homma), STARS[:4]),
    "Glen-Isaacs": (_estimator(glen), STARS[:4]),
    "Mauntz-Kucherenko": (_estimator(mauntz), STARS[1:2]),
    "root moves per step": (_each(lambda rows: sensitivities(rows)[0]), STARS[1:]),
    "Jansen, blurred": (_blurred, STARS[1:]),
    "draft, before": (_each(_drawn), STARS[1:]),
    "draft": (_each(_drawn_evenly), STARS[1:]),
    "map on display": (_each(_blended), STARS[1:]),
    "draft, targets pooled": (_pooled, STARS[1:2]),
    "HSIC": (_hsic, ("faded", "binary")),
    "ridge": (lambda seen: ridge(seen.masks, seen.scores), ("scrambled", "faded")),
    "ridge with pairs": (lambda seen: ridge_pairs(seen.masks, seen.scores), ("scrambled", "faded")),
    "Gaussian process": (lambda seen: gaussian_process(seen.masks, seen.scores), ("scrambled", "faded")),
}
"""How to read, and the designs that it is tried on."""
