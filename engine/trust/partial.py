"""Partial rank correlation with the scores of some runs, for many maps at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from engine.arrays import AnyFloats, Reals

LITTLE = 1e-4
"""Share of a variance: what is left below it is rounding."""


@dataclass(frozen=True, eq=False)
class Given:
    """Scores of some runs, and what is taken as given in comparing them.

    Attributes:
        known: float64 (N, K), an orthonormal basis of 1 and what is given.
        left: float64 (N,), what of the ranks of the scores it does not explain, of length 1; zeros where it
            explains all of them.
    """

    known: Reals
    left: Reals

    @classmethod
    def of(cls, scores: AnyFloats, given: AnyFloats) -> Given:
        """From scores (N,) and what is given (N, any number of columns)."""
        columns = np.column_stack([np.ones(len(scores)), given])
        scale = np.sqrt(np.mean(np.square(columns), axis=0))
        basis, sizes, _ = np.linalg.svd(columns / np.where(scale > 0, scale, 1), full_matrices=False)
        known = basis[:, sizes > 1e-6 * sizes[0]]
        return cls(known, _unit(_left(known, stats.rankdata(scores))))

    def correlations(self, values: AnyFloats) -> Reals:
        """float64 (M,), -1 to 1: of each row of values (M, N) with the ranks of the scores, both without what
        is given; NaN where nothing of a row is left.

        Example:
            >>> given = Given.of(np.array([1.0, 2.0, 4.0, 3.0, 5.0]), np.zeros((5, 1)))  # nothing is given
            >>> given.correlations(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])).round(6).tolist()
            [0.9]
        """
        centred = values - values.mean(axis=1, keepdims=True)
        whole = np.square(centred, dtype=np.float64).sum(axis=1)
        inside = np.square(centred @ self.known.astype(centred.dtype), dtype=np.float64).sum(axis=1)
        found = (centred @ self.left.astype(centred.dtype)).astype(np.float64)
        enough = whole - inside > LITTLE * whole
        return np.where(enough, np.clip(found / np.sqrt(np.where(enough, whole - inside, 1)), -1, 1), np.nan)


def _left(known: Reals, values: Reals) -> Reals:
    return np.asarray(values - known @ (known.T @ values))


def _unit(left: Reals) -> Reals:
    length = float(np.linalg.norm(left))
    return left / length if length > LITTLE * len(left) else np.zeros_like(left)
