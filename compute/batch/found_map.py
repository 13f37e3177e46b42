"""Grades of a map of a batch: fidelity to the pass that it was read from, and all metrics where asked."""

from __future__ import annotations

from dataclasses import dataclass

from compute.batch.grade_columns import figures_of
from compute.run.once import OnceRunner
from compute.run.runners import Watch
from compute.trust.grading import grading_params, strengths
from compute.trust.many import ManyMaps
from compute.trust.paid import paid_fidelity
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest
from compute.work.perturbation import PerturbationView
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.target_sets import TargetIndex
from engine.trust.tables.columns import FIDELITY, PERCENTILE

Figures = dict[str, float | None]
"""By column of the table."""


@dataclass(frozen=True, eq=False)
class FoundMap:
    """A map with what was asked.

    Attributes:
        request: of the map.
        wanted: its target.
        explanation: the map.
    """

    request: MapRequest
    wanted: TargetIndex
    explanation: Explanation

    def own_fidelity(self, once: OnceRunner) -> Figures:
        """Held-out fidelity to the pass of the method itself, which is there; nothing of other methods."""
        for order in orders_of(self.request):
            view = once.known(order)
            if isinstance(view, PerturbationView):
                try:
                    found = paid_fidelity(self.explanation, view, self.wanted)
                except GradeError:
                    return {}
                return {FIDELITY: found.value, FIDELITY + PERCENTILE: found.percentile}
        return {}

    def grades(self, once: OnceRunner, watch: Watch) -> Figures:
        """All metrics that are defined; fidelity to the runs that all maps of the image share. Nothing for a
        map that cannot be graded.
        """
        asked = self.request
        maps, params = {"": strengths(self.explanation)}, grading_params(self.explanation)
        many = ManyMaps(asked.ref, asked.prediction, asked.picture, self.wanted, maps, params)
        if not many.requests:
            return {}
        views = []
        for order in many.orders:
            with watch() as on_progress:
                views.append(once.run(order, on_progress))
        grades = many.grades(views).grades[""]
        return figures_of(grades)
