"""Prototypes and criticisms of a set of images by their features: MMD-critic.

Kim, Khanna and Koyejo 2016, Examples are not Enough, Learn to Criticize! Criticism for Interpretability
(https://papers.nips.cc/paper/6300-examples-are-not-enough-learn-to-criticize-criticism-for-interpretability).
Written ourselves: Xplique's class finds prototypes alone, and criticisms are half of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Indices, Reals
from engine.errors import ProjectionError
from engine.projection.preparing import finite_rows

MOST = 2000
"""Images whose kernel is held at once; of more, so many are drawn."""
LEAST = 3
"""Images of which prototypes say something."""


@dataclass(frozen=True, eq=False)
class Prototypes:
    """Images that stand for a set, and images that those do not stand for.

    Attributes:
        prototypes: intp (m,), rows, the most telling one first.
        criticisms: intp (c,), rows.
        witness: float64 (c,), of each criticism: above 0 the set has more images like it than the prototypes
            tell, below 0 the prototypes tell of more than there are.
        discrepancy: float64 (m,), squared maximum mean discrepancy between the set and the first prototypes.
        considered: how many rows were looked at.
    """

    prototypes: Indices
    criticisms: Indices
    witness: Reals
    discrepancy: Reals
    considered: int


def mmd_critic(features: AnyFloats, prototypes: int, criticisms: int, seed: int = 0) -> Prototypes:
    """Prototypes by greedy minimisation of the discrepancy; criticisms by the greatest absolute witness with
    the log-determinant that keeps them apart.

    The kernel is Gaussian; its width is the median distance between two different images.

    Args:
        features: (N, F); rows that are not finite are left out.
        prototypes, criticisms: how many; fewer where there are fewer images.
        seed: of the draw where there are more than ``MOST``.

    Raises:
        ProjectionError: there are fewer than ``LEAST`` images with features.

    Example:
        >>> found = mmd_critic(np.array([[0.0], [0.1], [0.2], [1.0], [1.1], [1.2], [3.0]]), 2, 1)
        >>> found.prototypes.tolist(), found.criticisms.tolist()
        ([3, 0], [6])
    """
    rows = np.flatnonzero(finite_rows(features))
    if len(rows) < LEAST:
        raise ProjectionError(
            "Prototypes need at least {least} images with features; there are {count}.",
            least=LEAST,
            count=len(rows),
        )
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
    kernel = gaussian_kernel(np.asarray(features[rows], np.float64))
    chosen, discrepancy = _prototypes(kernel, min(prototypes, len(rows) - 1))
    against, witness = _criticisms(kernel, chosen, min(criticisms, len(rows) - len(chosen)))
    return Prototypes(rows[chosen], rows[against], witness, discrepancy, len(rows))


def gaussian_kernel(features: Reals) -> Reals:
    """float64 (N, N): exp(-(d / median distance)^2 / 2); ones where all rows are equal."""
    centred = features - features.mean(axis=0)
    squares = np.einsum("nf,nf->n", centred, centred)
    gaps = np.maximum(squares[:, None] + squares - 2 * centred @ centred.T, 0)
    np.fill_diagonal(gaps, 0)
    apart = gaps[np.triu_indices(len(gaps), 1)]
    apart = apart[apart > 0]
    return np.exp(-gaps / (2 * np.median(apart))) if apart.size else np.ones_like(gaps)


def _prototypes(kernel: Reals, count: int) -> tuple[Indices, Reals]:
    """Rows (m,) added one by one, each the one after which the discrepancy is least, and the discrepancies.

    Of a set S of m the discrepancy is mean(K) - 2 sum(K[:, S]) / (n m) + sum(K[S, S]) / m^2.
    """
    means, whole = kernel.mean(axis=0), float(kernel.mean())
    chosen: list[int] = []
    found: list[float] = []
    common, within, beside = 0.0, 0.0, np.zeros(len(kernel))
    for size in range(1, count + 1):
        inner = within + 2 * beside + np.diag(kernel)
        values = whole - 2 * (common + means) / size + inner / size**2
        values[chosen] = np.inf
        best = int(np.argmin(values))
        common, within = common + means[best], float(inner[best])
        beside = beside + kernel[best]
        chosen.append(best)
        found.append(max(float(values[best]), 0.0))
    return np.array(chosen, np.intp), np.array(found)


def _criticisms(kernel: Reals, prototypes: Indices, count: int) -> tuple[Indices, Reals]:
    """Rows (c,) and their witness: greedy maximisation of sum |witness| + log det K[C, C]."""
    witness = kernel.mean(axis=0) - kernel[:, prototypes].mean(axis=1)
    free = np.setdiff1d(np.arange(len(kernel)), prototypes)
    left = np.diag(kernel).copy()  # variance that the rows chosen so far do not explain
    roots = np.zeros((count, len(kernel)))
    chosen: list[int] = []
    for step in range(count):
        worth = np.abs(witness[free]) + np.log(np.maximum(left[free], 1e-12))
        best = int(free[np.argmax(worth)])
        chosen.append(best)
        free = free[free != best]
        row = kernel[best] - roots[:step].T @ roots[:step, best]
        roots[step] = row / np.sqrt(max(left[best], 1e-12))
        left = left - roots[step] ** 2
    return np.array(chosen, np.intp), witness[chosen]
