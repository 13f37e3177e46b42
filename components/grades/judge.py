"""How true is this map? Under any map of any page: fidelity, badge and alarms, from what is known already.

Nothing is started: a pass of the image judges its maps if somebody has paid for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from components.grades.badge import show_badge
from components.grades.fidelity_chip import fidelity_of, show_fidelity
from components.grades.known import note_grades
from components.grades.seen_maps import maps_seen_beside
from components.jobs.orders import order_maps, paid_job
from components.session.choice import Choice
from components.words import numbers
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.trust.late_alarms import with_late_alarms
from compute.work.maps import MapOrder
from compute.work.perturbation import PerturbationOrder, PerturbationSpec, PerturbationView
from compute.work.predict import Prediction
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.methods import get_method
from engine.target_sets import TargetIndex
from engine.trust.metric import Grade
from engine.trust.pass_params import CommonParams
from engine.trust.table import COMMON
from engine.trust.tables.columns import FIDELITY
from model_store.catalogue import ModelRef

USUAL = "sobol"
"""Method whose pass judges where the page has none: it is the first on the page of zones."""


@dataclass(frozen=True, eq=False)
class MapJudge:
    """What tells how true the maps of a target are.

    Attributes:
        ref: the model.
        wanted: the target.
        runs: what can be read off a finished pass of the image; None where there is none.
    """

    ref: ModelRef
    wanted: TargetIndex
    runs: PerturbationView | None = None

    def alarmed(self, explanation: Explanation) -> Explanation:
        """A finished map with the alarms that its fidelity, and maps seen before, tell."""
        found = self._fidelity(explanation)
        percentile = None if found is None or isinstance(found, GradeError) else found.percentile
        return with_late_alarms(explanation, percentile, maps_seen_beside(explanation))

    def note(self, explanation: Explanation) -> str:
        """Fidelity in two words, for the line below a small map; "" where it is not known."""
        found = self._fidelity(explanation)
        if found is None or isinstance(found, GradeError):
            return ""
        return _("fidelity {value}").format(value=numbers.decimal(found.value, 2))

    def show(self, explanation: Explanation, suffix: str = "") -> None:
        """The chip of fidelity and the badge of the method, each where it is known.

        Args:
            explanation: a map of the target.
            suffix: of the keys, where a page has several maps.
        """
        found = self._fidelity(explanation)
        if found is not None:
            show_fidelity(found, suffix)
        show_badge(self.ref, explanation.method, suffix)

    def _fidelity(self, explanation: Explanation) -> Any:
        """The ``Fidelity``, noted for a report, or the error that says why there is none; None without a
        pass.
        """
        if self.runs is None:
            return None
        found = fidelity_of(explanation, self.runs, self.wanted)
        if not isinstance(found, GradeError):
            grade = Grade(FIDELITY, found.value, percentile=found.percentile)
            note_grades(explanation, {FIDELITY: grade}, self.runs)
        return found


def map_judge(
    choice: Choice,
    prediction: Prediction,
    wanted: TargetIndex,
    orders: Sequence[MapOrder[Any]] = (),
    own: Subscription[Any] | None = None,
) -> MapJudge:
    """Who judges the maps of a target: a pass of the page, or another one of the image that is paid.

    Args:
        choice: model and image.
        prediction: of the model on the image.
        wanted: the target.
        orders: of the page, whose passes come first.
        own: the job that a single map is read off; its pass comes before all others, even if it was stopped.
    """
    usual = order_maps(choice, prediction, get_method(USUAL), get_method(USUAL).params(), (wanted,))
    shared = PerturbationOrder(PerturbationSpec(choice.ref, COMMON, CommonParams()), prediction, choice.seen)
    return MapJudge(choice.ref, wanted, _paid_runs((*orders, usual, shared), own))


def _paid_runs(orders: Iterable[MapOrder[Any]], own: Subscription[Any] | None) -> PerturbationView | None:
    """The first finished pass that can judge its own maps, or else the first one."""
    paid = (paid_job(order) for order in orders if isinstance(order, PerturbationOrder))
    views: list[PerturbationView] = []
    for job in (own, *paid):
        if job is not None and job.finished and isinstance(job.view, PerturbationView):
            if job.view.order.plan().replicate.any():
                return job.view
            views.append(job.view)
    return views[0] if views else None
