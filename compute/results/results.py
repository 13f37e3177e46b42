"""From scores to explanations: the one place where a map gets its cost, provenance and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from compute.work.schedule import Stretch, stretches
from compute.work.specs import Floats, PassOrder, PassSpec
from compute.worker.plans import plan_of
from engine.explanation import Cost, Explanation
from engine.perturbation.plan import Estimate
from engine.phrase import Phrase, later
from engine.target_sets import Wanted, column

SATURATED_SHARE = 0.001
SATURATED = later(
    "The score is so close to the end of its scale ({score:.4f}) that hiding cells can hardly move "
    "it. Try the logit score."
)
SMALL_ZONE = later(
    "The zone is very small: the map can change much with the seed. Look at its band before you trust it."
)


@dataclass(frozen=True, eq=False)
class PassResult:
    """The scores of a pass, finished or not, and what can be read off them.

    Attributes:
        order: what was asked.
        scores: float32 (runs, T), NaN where a run is missing.
        seconds: time spent in workers.
        firsts: bool (runs,), whether a run was the first of its batch.
    """

    order: PassOrder
    scores: Floats
    seconds: float
    firsts: npt.NDArray[np.bool_]

    def explain(self, wanted: Wanted, spec: PassSpec | None = None) -> Explanation | None:
        """The map of one target, or None if it is too early.

        Args:
            wanted: index of the target in ``order.prediction.targets``, or of two classes, "the first rather
                than the second".
            spec: read the runs with other reading parameters than those ordered.
        """
        spec = spec or self.order.spec
        scores = column(self.scores, wanted)
        if not np.isfinite(scores).any():
            return None
        plan = plan_of(spec, self.order.picture, self.order.prediction.input_hw)
        estimate: Estimate | None = spec.about.load().estimate(plan, spec.params, scores)
        return None if estimate is None else self._assemble(spec, wanted, estimate)

    def explain_all(self, spec: PassSpec | None = None) -> Iterator[Explanation]:
        """The maps of all targets, in their order; nothing if it is too early."""
        explained = (self.explain(index, spec) for index in range(self.scores.shape[1]))
        return (explanation for explanation in explained if explanation is not None)

    @cached_property
    def batches(self) -> list[Stretch]:
        """Stretches of runs that are there: the first one, runs of a batch, how many such batches."""
        return stretches(np.isfinite(self.scores[:, 0]), self.firsts)

    def _assemble(self, spec: PassSpec, wanted: Wanted, estimate: Estimate) -> Explanation:
        prediction = self.order.prediction
        done = max(int(np.isfinite(column(self.scores, wanted)).sum()), 1)
        return Explanation(
            values=estimate.values,
            signed=spec.about.signed if estimate.signed is None else estimate.signed,
            target=prediction.targets.wanted(wanted),
            method=spec.method,
            params=spec.params.as_dict(),
            score=float(column(prediction.base[spec.space], wanted)),
            cost=Cost(forwards=estimate.runs, seconds=self.seconds * estimate.runs / done),
            provenance=prediction.provenance(self.order.picture, {"batches": self.batches}),
            lower=estimate.lower,
            upper=estimate.upper,
            stability=estimate.stability,
            warnings=(*estimate.warnings, *warn_of_target(self.order, spec, wanted)),
            figures=estimate.figures,
            parts=estimate.parts,
        )


def warn_of_target(order: PassOrder, spec: PassSpec, wanted: Wanted) -> list[str]:
    """What is already known to be difficult before the first run: a saturated score, a small zone."""
    prediction = order.prediction
    found: list[str] = []
    score = float(column(prediction.base["probability"], wanted))
    if spec.space == "probability" and _is_saturated(order, wanted, score):
        found.append(Phrase(SATURATED, score=score))
    if prediction.zones is not None and any(
        prediction.zones.zones[zone].small for zone in prediction.targets.zones_of(wanted)
    ):
        found.append(SMALL_ZONE)
    return found


def _is_saturated(order: PassOrder, wanted: Wanted, score: float) -> bool:
    """True if a score of probabilities is at the end of what its weights allow: 0 to 1 for a zone, -1/2 to
    1/2 for a border.
    """
    _, weights = order.prediction.targets.wanted(wanted).entries(order.prediction.output_shape)
    low, high = float(weights[weights < 0].sum()), float(weights[weights > 0].sum())
    place = (score - low) / (high - low)
    return not SATURATED_SHARE <= place <= 1 - SATURATED_SHARE
