"""Grades of a map in a bundle, held against those of the map that was computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from compute.replay.verdict import State
from engine.trust.metric import Grade, JudgingPass
from engine.trust.tables.columns import COLUMNS

VALUE_TOLERANCE, PLACE_TOLERANCE = 0.01, 0.02
"""Largest differences of a value, and of a share of random maps, of grades that are taken for the same."""


@dataclass(frozen=True)
class GradeVerdict:
    """How far a grade is from the one before.

    Attributes:
        metric: key of the column.
        state: "same" if both figures are equal; "within" the tolerances; else "differs".
        said: both figures before and now, in a sentence; "" of equal ones.
    """

    metric: str
    state: State
    said: str


def recorded_grades(facts: Any) -> dict[str, Grade]:
    """The grades that a bundle has of a map, by key of the metric; metrics that are not known are left out.

    Args:
        facts: from JSON of a stranger.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: it has not the form of grades.
    """
    return {key: _recorded(key, one) for key, one in dict(facts).items() if key in COLUMNS}


def _recorded(key: str, facts: Mapping[str, Any]) -> Grade:
    value, place = (_number(facts[name]) for name in ("value", "random_maps_worse"))
    judge = None if facts.get("judge") is None else _judge(facts["judge"])
    return Grade(key, float("nan") if value is None else value, percentile=place, judge=judge)


def _judge(facts: Mapping[str, Any]) -> JudgingPass:
    return JudgingPass(str(facts["method"]), dict(facts["params"]), int(_number(facts["runs"]) or 0))


def _number(value: Any) -> float | None:
    """A finite number, or None.

    Raises:
        ValueError: it is something else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("no figure of a grade")
    return float(value)


def compare_grades(before: Mapping[str, Grade], now: Mapping[str, Grade]) -> tuple[GradeVerdict, ...]:
    """Hold grades against those before.

    Args:
        before: as recorded; those without a judge are not compared.
        now: those that could be computed again.
    """
    return tuple(_verdict(was, now.get(key)) for key, was in before.items() if was.judge is not None)


def _verdict(was: Grade, now: Grade | None) -> GradeVerdict:
    if now is None:
        return GradeVerdict(was.metric, "differs", f"{was.metric} was {_said(was)}, now there is none")
    pairs = ((was.value, now.value, VALUE_TOLERANCE), (was.percentile, now.percentile, PLACE_TOLERANCE))
    if all(_near(one, other, 0.0) for one, other, _tolerance in pairs):
        return GradeVerdict(was.metric, "same", "")
    state: State = "within" if all(_near(*pair) for pair in pairs) else "differs"
    return GradeVerdict(was.metric, state, f"{was.metric} was {_said(was)}, now {_said(now)}")


def _near(one: float | None, other: float | None, tolerance: float) -> bool:
    known = [value for value in (one, other) if value is not None and isfinite(value)]
    return not known or (len(known) == 2 and abs(known[0] - known[1]) <= tolerance)


def _said(grade: Grade) -> str:
    place = "" if grade.percentile is None else f" (better than {grade.percentile:.1%} of random maps)"
    return f"{grade.value:.4f}{place}"
