"""From scores to explanations: the one place where a perturbation map gets cost, provenance and warnings."""

from typing import Any

import numpy as np

from compute.work.alarms.map_alarms import with_alarms
from compute.work.schedule import stretches
from compute.work.score_sheet import ScoredOrder, Scores
from engine.explanation import Cost, Explanation
from engine.methods import get_method
from engine.perturbation.plan import Estimate, PerturbationMethod
from engine.target_sets import TargetIndex, column


def read_scores(order: ScoredOrder, spec: Any, wanted: TargetIndex, known: Scores) -> Explanation | None:
    """The map of one target, or None if it is too early.

    Args:
        order: what was ordered.
        spec: how its runs are read.
        wanted: index of the target in ``order.prediction.targets``, or of two classes, "the first rather than
            the second".
        known: its scores so far.
    """
    scores = column(known.scores, wanted)
    if not np.isfinite(scores).any():
        return None
    plan = order.plan()
    estimate = get_method(spec.method, PerturbationMethod).estimate(plan, spec.params, scores)
    return None if estimate is None else _assemble(order, spec, wanted, estimate, known)


def _assemble(
    order: ScoredOrder, spec: Any, wanted: TargetIndex, estimate: Estimate, known: Scores
) -> Explanation:
    prediction, scores = order.prediction, column(known.scores, wanted)
    done = max(int(np.isfinite(scores).sum()), 1)
    batches = stretches(np.isfinite(known.scores[:, 0]), known.firsts)
    explanation = Explanation(
        values=estimate.values,
        signed=spec.about.signed if estimate.signed is None else estimate.signed,
        target=prediction.targets.wanted(wanted),
        method=spec.method,
        params=spec.params.as_dict(),
        score=float(column(prediction.base[spec.space], wanted)),
        cost=Cost(forwards=estimate.runs, seconds=known.seconds * estimate.runs / done),
        provenance=prediction.provenance(order.picture, {"batches": batches}),
        lower=estimate.lower,
        upper=estimate.upper,
        stability=estimate.stability,
        warnings=estimate.warnings,
        figures=estimate.figures,
        parts=estimate.parts,
        sure=estimate.sure,
    )
    return with_alarms(explanation, prediction, order.picture, wanted, scores)
