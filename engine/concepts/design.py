"""Runs in which concepts are weakened: masks over coefficients, as a replicated, scrambled Sobol design.

A mask has a number of 0-1 for each concept, in each region of the image: how much of the concept is left
there. With all at 1 the layer holds what the concepts add up to, with all at 0 nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import AnyFloats, AnyInts, Floats, Indices
from engine.concepts.factors import ConceptBasis

if TYPE_CHECKING:
    from engine.perturbation.designs.sobol_design import Rows, SobolDesign

DESIGNS, REPLICATES = 64, 8
"""Of one image: at 10 concepts 768 model evaluations."""
DESIGNS_EACH = 8
"""Of each image where many are asked."""


@dataclass(frozen=True, eq=False)
class ConceptDesign:
    """Runs for k concepts in R regions.

    Concepts take the columns of the design in an order that their vectors decide: numbered in another way,
    they get the same runs.

    Attributes:
        basis: the concepts.
        regions: R.
        designs, replicates, seed: of the Sobol design.
    """

    basis: ConceptBasis
    regions: int = 1
    designs: int = DESIGNS
    replicates: int = REPLICATES
    seed: int = 0

    @cached_property
    def sobol(self) -> SobolDesign:
        """The design behind it."""
        from engine.perturbation.designs.sobol_design import SobolDesign  # which takes long to import

        return SobolDesign(len(self.basis) * self.regions, self.designs, self.replicates, self.seed)

    @property
    def runs(self) -> int:
        """Model evaluations, n (k R + 2)."""
        return self.sobol.runs

    @cached_property
    def columns(self) -> Indices:
        """The column, intp (k R,), of the design of each concept in each region."""
        order = _own_order(self.basis)
        rank = np.empty(len(order), np.intp)
        rank[order] = np.arange(len(order))
        return (rank[:, None] * self.regions + np.arange(self.regions)).ravel()

    def masks(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, k, R): masks of some runs."""
        points = self.sobol.points(start, stop)[:, self.columns]
        return points.reshape(len(points), len(self.basis), self.regions)

    def finished(self, scores: AnyFloats) -> Rows:
        """Rows of which no run (n (k R + 2),) is missing, with concepts and regions in our order."""
        from engine.perturbation.designs.sobol_design import Rows

        rows = self.sobol.finished(scores)
        return Rows(rows.a, rows.b, rows.c[:, self.columns], rows.replicate, rows.steps[:, self.columns])


def _own_order(basis: ConceptBasis) -> Indices:
    """Concepts in an order that does not depend on how they are numbered."""
    names = [hashlib.sha256(np.ascontiguousarray(vector).tobytes()).hexdigest() for vector in basis.vectors]
    return np.array(sorted(range(len(names)), key=names.__getitem__), np.intp)


def weakened(coefficients: Floats, masks: Floats, regions: AnyInts | None = None) -> Floats:
    """Coefficients under some masks.

    Args:
        coefficients: float32 (h, w, k), of one image.
        masks: float32 (N, k, R).
        regions: (h, w), the region 0 to R - 1 of each place; all in one if None.

    Returns:
        float32 (N, h, w, k).

    Example:
        >>> half_and_none = np.array([[[0.5, 0.0]]], np.float32)
        >>> weakened(np.ones((1, 2, 1), np.float32), half_and_none, np.array([[0, 1]])).ravel().tolist()
        [0.5, 0.0]
    """
    if regions is None:
        return coefficients[None] * masks[:, None, None, :, 0]
    chosen = masks.transpose(0, 2, 1)[:, regions]
    return coefficients[None] * chosen
