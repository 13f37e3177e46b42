"""What the metrics of a map are read from: its values on cells, those of the baselines, and their runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats, Ints, Reals
from engine.errors import GradeError
from engine.perturbation.designs.cells import GridCells
from engine.trust.counts import ENDS, RANDOM, STEPS, SUBSETS
from engine.trust.curves import Curves
from engine.trust.on_cells import means_on
from engine.trust.pass_params import CommonParams, OwnParams
from engine.trust.passes import CommonPlan, mask_text
from engine.trust.rankings import rankings, rankings_text
from engine.trust.refusals import FLAT_MAP, NOT_FINITE

MASK_ORDERS = 4
"""Orders in which the cells of the zone's own mask are ranked; most of them are equal."""


@dataclass(frozen=True, eq=False)
class GradedMap:
    """A map on the cells of a grid, and what it is asked with.

    Attributes:
        values: float64 (cells,), the mean of the map over each cell; more where the score depends more.
        ranked: int32 (R, cells), the cells from the highest to the lowest, in one or more orders.
        zone: float64 (cells,), share of each cell that is in the zone, or None for the whole image.
        zone_ranked: int32 (Z, cells), likewise for the zone's own mask; none without a zone.
    """

    values: Reals
    ranked: Ints
    zone: Reals | None
    zone_ranked: Ints

    @classmethod
    def of(cls, values: AnyFloats, zone: Bools | None, grid: int, size_hw: tuple[int, int]) -> GradedMap:
        """A map of any size on a grid.

        Args:
            values: (rows, columns), more where the score depends more.
            zone: bool (h, w), the zone that is asked about, or None.
            grid: rows and columns of the grid.
            size_hw: height and width in pixels at which the model looks.

        Raises:
            GradeError: the map is constant or not finite.
        """
        if not np.isfinite(values).all():
            raise GradeError(NOT_FINITE)
        cells = GridCells(grid, grid)
        on_cells = means_on(values, cells, size_hw)
        if np.ptp(on_cells) == 0:
            raise GradeError(FLAT_MAP)
        inside = None if zone is None else means_on(zone.astype(np.float32), cells, size_hw)
        none = np.zeros((0, cells.count), np.int32)
        zone_ranked = none if inside is None else rankings(inside, MASK_ORDERS)
        return cls(on_cells, rankings(on_cells), inside, zone_ranked)

    def params(self, common: CommonParams) -> OwnParams:
        """What the pass of its own curves is asked with, beside the runs that all maps share."""
        text = rankings_text(np.concatenate([self.ranked, self.zone_ranked]))
        return OwnParams(**common.as_dict(), rankings=text, mask=mask_text(self.values))


@dataclass(frozen=True, eq=False)
class MapEvidence:
    """All that the metrics of one map under one target are read from.

    The first row of what has one row for each map is the map, then come 16 random maps, the edges of the
    image, a Gaussian in its middle, and, for a zone, its own mask.

    Attributes:
        maps: float64 (M, cells).
        curves: M of them.
        spread: float64 (2,), standard deviation of the map's deletion and insertion area over the orders of
            equal cells; 0 with a single one.
        subsets: float32 (S, cells), random masks.
        subset_scores: float64 (S,).
        whole, nothing: scores with everything shown, and hidden.
        seen: score of the image seen through the map.
        zone: float64 (cells,), share of each cell in the zone, or None.
        random: how many rows are random maps.
    """

    maps: Reals
    curves: Curves
    spread: Reals
    subsets: Floats
    subset_scores: Reals
    whole: float
    nothing: float
    seen: float
    zone: Reals | None
    random: int = RANDOM

    @classmethod
    def of(cls, graded: GradedMap, plan: CommonPlan, common: AnyFloats, own: AnyFloats) -> MapEvidence:
        """From the scores of the two passes under one target.

        Args:
            graded: the map.
            plan: of the runs that all maps share.
            common: (runs,), their scores.
            own: (runs,), the scores of the map's own pass.
        """
        whole, nothing = (float(score) for score in common[:ENDS])
        count = plan.cells.count
        shared = Curves.of(_blocks(common[ENDS + SUBSETS :]), whole, nothing, count)
        mine = Curves.of(_blocks(own[1:]), whole, nothing, count)
        first, last = mine.only(0, len(graded.ranked)), mine.only(len(graded.ranked), len(mine.deletion))
        rows = [_mean(first), shared, *([] if graded.zone is None else [_mean(last)])]
        extra = [] if graded.zone is None else [graded.zone[None]]
        return cls(
            maps=np.concatenate([graded.values[None], plan.baselines, *extra]),
            curves=_joined(rows),
            spread=np.array([first.deletion_areas.std(), first.insertion_areas.std()]),
            subsets=plan.subsets,
            subset_scores=np.asarray(common[ENDS : ENDS + SUBSETS], np.float64),
            whole=whole,
            nothing=nothing,
            seen=float(own[0]),
            zone=graded.zone,
        )


def _blocks(scores: AnyFloats) -> AnyFloats:
    return scores.reshape(-1, 2, STEPS - 1)


def _mean(curves: Curves) -> Curves:
    """One curve for all orders of equal cells."""
    return Curves(curves.shares, *(each.mean(axis=0)[None] for each in (curves.deletion, curves.insertion)))


def _joined(rows: list[Curves]) -> Curves:
    return Curves(
        rows[0].shares,
        np.concatenate([row.deletion for row in rows]),
        np.concatenate([row.insertion for row in rows]),
    )
