"""Rules by which a pass may end before its last run. Light, because pages ask at every glance."""

from dataclasses import dataclass

from engine.explanation import Explanation
from engine.params import Params

DESIGNS, DRAFT_DESIGNS = "designs", "draft designs"
"""Figures of an explanation: designs that were finished, and read as indices or as a draft."""


@dataclass(frozen=True)
class StoppingRule:
    """Quality of a map at which its pass may end.

    Attributes:
        designs: so many finished designs at least.
        agreement: so high a rank correlation between the indices from two halves of the runs; None if a draft
            will do.
    """

    designs: int
    agreement: float | None = None


RULES: dict[str, StoppingRule] = {
    "draft": StoppingRule(4),
    "standard": StoppingRule(16, 0.8),
    "fine": StoppingRule(32, 0.9),
}
"""By the value of the parameter ``until``; another value is no rule."""


def may_end(params: Params) -> bool:
    """True if a pass with these parameters has a rule, so that it is worth asking whether its map
    is enough.
    """
    return getattr(params, "until", None) in RULES


def enough(explanation: Explanation) -> bool:
    """True if the pass may end here, because its map is as good as its parameters ask for."""
    rule = RULES.get(explanation.params.get("until", ""))
    if rule is None:
        return False
    if rule.agreement is None:
        return max(explanation.figures.get(name, 0) for name in (DESIGNS, DRAFT_DESIGNS)) >= rule.designs
    steady = explanation.stability is not None and explanation.stability >= rule.agreement
    return steady and explanation.figures.get(DESIGNS, 0) >= rule.designs
