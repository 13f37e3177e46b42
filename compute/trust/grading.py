"""Grading a map: the two passes that it takes, and what is read off them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from compute.work.contract import Price
from compute.work.perturbation import PerturbationOrder, PerturbationSpec, PerturbationView
from compute.work.predict import Prediction
from engine.arrays import Bools, Floats, Reals
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.perturbation.plan import PerturbationParams
from engine.target_sets import TargetIndex, column
from engine.trust.curves import drops_of_all
from engine.trust.evidence import GradedMap, MapEvidence
from engine.trust.metric import Grade
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.passes import CommonPlan, OwnPlan
from engine.trust.table import COMMON, OWN
from model_store.catalogue import ModelRef


@dataclass(frozen=True, eq=False)
class GradeRequest:
    """A map that is to be graded.

    Attributes:
        ref: the model.
        prediction: of the model on the image.
        picture: the image.
        wanted: index of the target in ``prediction.targets``, or of two classes.
        values: float32 (rows, columns), the map, more where the score depends more.
        params: grid, fill, score and seed of the runs.
    """

    ref: ModelRef
    prediction: Prediction
    picture: Picture
    wanted: TargetIndex
    values: Floats
    params: CommonParams

    @cached_property
    def graded(self) -> GradedMap:
        """The map on the grid.

        Raises:
            GradeError: it is constant or not finite.
        """
        zone = zone_of(self.prediction, self.wanted)
        return GradedMap.of(self.values, zone, self.params.grid, self.prediction.input_hw)

    @cached_property
    def orders(self) -> tuple[PerturbationOrder, PerturbationOrder]:
        """The runs that all maps of the image share, and those of this one.

        Raises:
            GradeError: the map is constant or not finite.
        """
        asked = ((COMMON, self.params), (OWN, self.graded.params(self.params)))
        first, second = (PerturbationSpec(self.ref, key, params) for key, params in asked)
        return (
            PerturbationOrder(first, self.prediction, self.picture),
            PerturbationOrder(second, self.prediction, self.picture),
        )

    @property
    def price(self) -> Price:
        """What both cost."""
        return self.orders[0].price + self.orders[1].price

    def grades(self, common: PerturbationView, own: PerturbationView) -> dict[str, Grade]:
        """The grades of all metrics that are defined for the target, by key.

        Args:
            common: of the first order, complete.
            own: of the second one, complete.
        """
        evidence = self.evidence(common, own)
        target = self.prediction.targets.wanted(self.wanted)
        return {
            key: metric.grade(evidence)
            for key, metric in METRICS.items()
            if metric.fits(target, self.params.space, self.params.fill)
        }

    def evidence(self, common: PerturbationView, own: PerturbationView) -> MapEvidence:
        """What the metrics are read from; the views are complete."""
        scores = (column(all_scores, self.wanted) for all_scores in (common.scores(), own_scores(own)))
        return MapEvidence.of(self.graded, cast(CommonPlan, common.order.plan()), *scores)

    def leakage(self, common: PerturbationView, own: PerturbationView) -> Reals:
        """float64 (T,): mean drop of every target's score while cells are hidden in the order of the map."""
        whole, nothing = common.scores()[:2]
        cells = self.params.grid**2
        return drops_of_all(own_scores(own), whole, nothing, len(self.graded.ranked), cells)


def own_scores(own: PerturbationView) -> Floats:
    """float32 (masks, T): scores of the curves of a map, mask by mask; equal masks were run once."""
    return own.scores()[cast(OwnPlan, own.order.plan()).place]


def zone_of(prediction: Prediction, wanted: TargetIndex) -> Bools | None:
    """Bool (h, w): the zones that a target is about, together; None where it is about the whole image."""
    masks = prediction.targets.wanted(wanted).masks
    return np.logical_or.reduce(masks) if masks else None


def grading_params(explanation: Explanation | None) -> CommonParams:
    """Parameters of the runs that grade a map: the fill, score and seed that it was made with, and its grid
    where its values lie on one of its own; the usual ones for a map of another tool.
    """
    if explanation is None:
        return CommonParams()
    names = PerturbationParams.__dataclass_fields__
    made_with = {name: explanation.params[name] for name in names if name in explanation.params}
    grid = explanation.params.get("grid")
    if grid is not None and explanation.values.shape == (grid, grid):
        made_with["grid"] = grid
    return CommonParams(**made_with)


def strengths(explanation: Explanation) -> Floats:
    """float32 (rows, columns): the map with its strong values on top."""
    lowest_first = get_method(explanation.method).lowest_first(explanation.params)
    return -explanation.values if lowest_first else explanation.values
