"""What a finished pass says to a search for a counterfactual: which cells matter, and which sets changed the
answer already.
"""

import numpy as np

from compute.trust.grading import strengths
from compute.work.examples.counterfactual import Paid, seeds_of
from compute.work.perturbation import PerturbationView
from engine.arrays import Bools, Floats
from engine.examples.trials import Hidden
from engine.target_sets import TargetIndex
from engine.trust.on_cells import means_on

SEEDS = 4
"""Sets of paid runs that the search begins with, the smallest ones."""


def paid_by(view: PerturbationView, wanted: TargetIndex) -> Paid:
    """The cells in the order of the map of a pass, and for classes the smallest sets whose runs changed the
    answer; nothing where the pass is not complete or its map cannot be read.

    Args:
        view: of the pass.
        wanted: the target.
    """
    explanation = view.explain(wanted) if view.complete else None
    if explanation is None:
        return Paid()
    order, size_hw = view.order, view.order.prediction.input_hw
    plan, scores = order.plan(), view.scores()
    importance = means_on(strengths(explanation), plan.cells, size_hw)
    seeds: tuple[Hidden, ...] = ()
    if order.prediction.zones is None:
        seeds = seeds_of(plan.masks(0, plan.runs), _changed(scores, wanted).tolist())[:SEEDS]
    return Paid(tuple(np.argsort(-importance, kind="stable").tolist()), seeds, plan.runs)


def _changed(scores: Floats, wanted: TargetIndex) -> Bools:
    """Bool (runs,): whether another class won, or the rival did."""
    if isinstance(wanted, tuple):
        return np.asarray(scores[:, wanted[1]] >= scores[:, wanted[0]])
    return np.asarray(scores.argmax(axis=1) != wanted)
