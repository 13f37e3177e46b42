"""A shipped answer: a model's prediction of a sample, and the scores of a finished pass over it.

A classifier's pass scores all of its classes, a thousand perhaps, and would take megabytes: there, the
prediction ships alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from compute.work.contract import AnswerSheet, Sheet
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import Prediction
from compute.work.score_sheet import Scores, ScoreSheet
from engine.images.picture import Picture


@dataclass(frozen=True, eq=False)
class ShippedAnswer:
    """A prediction of a sample, with a finished pass or alone.

    Attributes:
        prediction: what the model answers; it says when and on what that was computed.
        picture: the sample.
        spec: the pass.
        scores: of all its runs and targets; None where the prediction is alone.
    """

    prediction: Prediction
    picture: Picture
    spec: PerturbationSpec
    scores: Scores | None

    @cached_property
    def order(self) -> PerturbationOrder:
        """The order that the scores answer."""
        return PerturbationOrder(self.spec, self.prediction, self.picture)

    def predicted(self) -> Sheet:
        """The sheet of an order for the prediction."""
        sheet = AnswerSheet()
        sheet.answer = self.prediction
        return sheet

    def same(self, order: PerturbationOrder) -> PerturbationOrder | None:
        """An order as it is asked of the shipped prediction, or None if the scores do not answer it: other
        runs, more of them, or other targets.
        """
        mine = replace(order, prediction=self.prediction)
        wanted = order.prediction.targets.digest == self.prediction.targets.digest
        return mine if wanted and not order.pieces and self._has_runs_of(mine) else None

    def _has_runs_of(self, order: PerturbationOrder) -> bool:
        known = 0 if self.scores is None else len(self.scores.scores)
        return order.series == self.order.series and order.runs <= known

    def scored(self, order: PerturbationOrder) -> Sheet:
        """The finished sheet of an order that ``same`` gave."""
        known, runs = self.scores, order.runs
        assert known is not None  # ``same`` has none without
        seconds = known.seconds * runs / len(known.scores)
        return ScoreSheet(order, Scores(known.scores[:runs].copy(), seconds, known.firsts[:runs].copy()))
