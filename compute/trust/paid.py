"""Fidelity of a map from a pass that is paid already, as far as that pass is."""

import numpy as np

from compute.trust.grading import strengths
from compute.work.perturbation import PerturbationView
from engine.explanation import Explanation
from engine.methods import get_method
from engine.perturbation.plan import PerturbationMethod
from engine.target_sets import TargetIndex, column
from engine.trust.fidelity import Fidelity, PaidRuns, fidelity, own_fidelity
from engine.trust.passes import CommonPlan
from engine.trust.tables.judging import random_runs


def paid_runs(view: PerturbationView, wanted: TargetIndex) -> PaidRuns:
    """The runs of a pass that may judge a map, with their scores: of those that all maps share, the ones
    whose masks were drawn by chance.

    Args:
        view: of any perturbation pass, as far as it is.
        wanted: the target, in the pass.
    """
    plan, size_hw = view.order.plan(), view.order.prediction.input_hw
    scores = column(view.scores(), wanted)
    if isinstance(plan, CommonPlan):
        return random_runs(plan, scores, size_hw)
    return PaidRuns.of(plan, scores, size_hw)


def paid_fidelity(explanation: Explanation, view: PerturbationView, wanted: TargetIndex) -> Fidelity:
    """Fidelity of a map to the runs of a pass; of the one that it was read from, to the other half of them.

    Args:
        explanation: a map of the target.
        view: of any perturbation pass on the same image, as far as it is.
        wanted: the target, in the pass.

    Raises:
        GradeError: the map is constant, the score never moved, the runs are too few or cannot be halved.
    """
    order = view.order
    plan, size_hw = order.plan(), order.prediction.input_hw
    scores = column(view.scores(), wanted)
    if explanation.method != order.spec.method:
        return fidelity(strengths(explanation), paid_runs(view, wanted))
    method, params = get_method(order.spec.method, PerturbationMethod), order.spec.params
    return own_fidelity(lambda some: method.estimate(plan, params, np.asarray(some)), plan, scores, size_hw)
