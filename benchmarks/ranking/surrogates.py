"""Surrogates of the score over all cells, rivals in the study of rankings.

What counts is the share of each cell in what a surrogate says.
"""

import numpy as np
from scipy import linalg
from scipy.spatial.distance import cdist

from engine.arrays import Indices, Reals
from engine.perturbation.designs.cells import GridCells

PROBES = 64
WIDTHS = (1.0, 2.0, 4.0)
JUDGED_RUNS = 528
NOISES = (1e-3, 1e-2, 1e-1, 1.0)
STRENGTHS = tuple(np.logspace(-3, 3, 13))


def ridge(masks: Reals, scores: Reals) -> Reals:
    """(cells, T): squared main effects of ridge regression, its strength by leave-one-out.

    Args:
        masks: (n, cells).
        scores: (n, T).
    """
    return np.square(_regress(masks - 0.5, scores)) / 12


def ridge_pairs(masks: Reals, scores: Reals) -> Reals:
    """(cells, T): the same with products of neighbouring cells, each counted for both: total indices of the
    surrogate up to scale.
    """
    centred, cells = masks - 0.5, masks.shape[1]
    pairs = _neighbours(int(cells**0.5))
    weights = _regress(
        np.concatenate([centred, centred[:, pairs[:, 0]] * centred[:, pairs[:, 1]]], axis=1), scores
    )
    totals = np.square(weights[:cells]) / 12
    for side in pairs.T:
        np.add.at(totals, side, np.square(weights[cells:]) / 144)
    return totals


def gaussian_process(masks: Reals, scores: Reals) -> Reals:
    """(cells, T): Jansen's numerator of a Gaussian process over all cells, width and noise by marginal
    likelihood of the first runs.
    """
    mean, spread = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-12)
    known = (scores - mean) / spread
    squares = cdist(masks, masks, "sqeuclidean")
    usual = float(np.median(squares[squares > 0]))
    kinds, head = (
        [(usual * width, noise) for width in WIDTHS for noise in NOISES],
        min(len(masks), JUDGED_RUNS),
    )
    best = np.argmax([_fit(squares[:head, :head], kind, known[:head])[0] for kind in kinds], axis=0)
    totals = np.empty((masks.shape[1], scores.shape[1]))
    for chosen in np.unique(best):
        here = best == chosen
        totals[:, here] = _probe(masks, _fit(squares, kinds[chosen], known[:, here])[1], kinds[chosen][0])
    return totals


def _regress(features: Reals, scores: Reals) -> Reals:
    """(F, T): ridge weights of each target at its own best strength."""
    centre = features.mean(axis=0)
    left, sizes, right = linalg.svd(features - centre, full_matrices=False)
    target = scores - scores.mean(axis=0)
    projected = left.T @ target
    errors, answers = [], []
    for strength in STRENGTHS:
        shrunk = sizes**2 / (sizes**2 + strength)
        leverage = np.square(left) @ shrunk + 1 / len(features)
        errors.append(
            np.square((target - left @ (shrunk[:, None] * projected)) / (1 - leverage)[:, None]).mean(axis=0)
        )
        answers.append(right.T @ ((sizes / (sizes**2 + strength))[:, None] * projected))
    return np.take_along_axis(np.stack(answers), np.argmin(errors, axis=0)[None, None, :], axis=0)[0]


def _neighbours(side: int) -> Indices:
    place = np.arange(GridCells(side, side).count).reshape(side, side)
    across, down = (place[:, :-1], place[:, 1:]), (place[:-1], place[1:])
    return np.concatenate([np.stack([one.ravel(), other.ravel()], axis=1) for one, other in (across, down)])


def _fit(squares: Reals, kind: tuple[float, float], known: Reals) -> tuple[Reals, Reals]:
    """Log marginal likelihood (T,) with the best amplitude, and weights (n, T), for a width and a noise."""
    width, noise = kind
    factor = linalg.cho_factor(np.exp(-squares / (2 * width)) + noise * np.eye(len(squares)), lower=True)
    weights = linalg.cho_solve(factor, known)
    count = len(squares)
    amplitude = np.maximum((known * weights).sum(axis=0) / count, 1e-12)
    return -0.5 * count * np.log(amplitude) - np.log(np.diag(factor[0])).sum(), weights


def _probe(masks: Reals, weights: Reals, width: float) -> Reals:
    """(cells, T): mean squared change of the surrogate when one cell is drawn anew, over some points."""
    rng = np.random.default_rng(0)
    points, anew = rng.random((PROBES, masks.shape[1])), rng.random((PROBES, masks.shape[1]))
    squares = cdist(points, masks, "sqeuclidean")
    base = np.exp(-squares / (2 * width)) @ weights
    totals = []
    for cell in range(masks.shape[1]):
        moved = (
            squares
            - (points[:, cell, None] - masks[:, cell]) ** 2
            + (anew[:, cell, None] - masks[:, cell]) ** 2
        )
        totals.append(np.square(np.exp(-moved / (2 * width)) @ weights - base).mean(axis=0))
    return np.stack(totals)
