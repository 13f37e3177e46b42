"""From scores to explanations: the one place where a perturbation map gets cost, provenance and warnings."""

from typing import Any

import numpy as np

from compute.work.schedule import stretches
from compute.work.score_sheet import ScoredOrder, Scores
from engine.explanation import Cost, Explanation
from engine.methods import get_method
from engine.perturbation.plan import Estimate, PerturbationMethod
from engine.phrase import Phrase, later
from engine.target_sets import TargetIndex, column

SATURATED_SHARE = 0.001
SATURATED = later(
    "The score is so close to the end of its scale ({score:.4f}) that hiding cells hardly changes "
    "it. Try the logit score."
)
SMALL_ZONE = later(
    "The zone is very small: the map may change a lot with the seed. Check its band before you trust it."
)


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
    prediction = order.prediction
    done = max(int(np.isfinite(column(known.scores, wanted)).sum()), 1)
    batches = stretches(np.isfinite(known.scores[:, 0]), known.firsts)
    return Explanation(
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
        warnings=(*estimate.warnings, *warn_of_target(order, spec, wanted)),
        figures=estimate.figures,
        parts=estimate.parts,
        sure=estimate.sure,
    )


def warn_of_target(order: ScoredOrder, spec: Any, wanted: TargetIndex) -> list[str]:
    """What is already known to be difficult before the first run: a saturated score, a small zone."""
    prediction = order.prediction
    said: list[str] = []
    score = float(column(prediction.base["probability"], wanted))
    if spec.space == "probability" and _is_saturated(order, wanted, score):
        said.append(Phrase(SATURATED, score=score))
    zones = prediction.zones
    if zones is not None and any(zones.zones[zone].small for zone in prediction.targets.zones_of(wanted)):
        said.append(SMALL_ZONE)
    return said


def _is_saturated(order: ScoredOrder, wanted: TargetIndex, score: float) -> bool:
    """Whether a score is at an end of what its weights allow: 0 to 1 for a zone, -1/2 to 1/2 for a border."""
    _, weights = order.prediction.targets.wanted(wanted).entries(order.prediction.output_shape)
    low, high = float(weights[weights < 0].sum()), float(weights[weights > 0].sum())
    place = (score - low) / (high - low)
    return not SATURATED_SHARE <= place <= 1 - SATURATED_SHARE
