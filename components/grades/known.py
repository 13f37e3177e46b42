"""Grades that the session has seen, by map: what a report says of a map that somebody has graded."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from components.session.keys import GRADES, once
from components.words import numbers
from components.words.i18n import _
from compute.work.perturbation import PerturbationView
from engine.explanation import Explanation
from engine.trust.counts import MOST_TOLD
from engine.trust.metric import Grade, JudgingPass
from engine.trust.tables.columns import COLUMNS

KEPT = 500
"""Maps whose grades a session remembers; the oldest go."""
Grades = Mapping[str, Grade]


def known_grades(explanation: Explanation) -> dict[str, Grade]:
    """By key of the metric, in the order of the table; none of a map that nobody has graded."""
    seen = _memory().get(_mark(explanation), {})
    return {key: seen[key] for key in COLUMNS if key in seen}


def note_grades(explanation: Explanation, grades: Grades, judge: PerturbationView | None) -> None:
    """Remember grades of a map beside those that are known of it.

    Args:
        explanation: the map.
        grades: by key of the metric.
        judge: the pass that they were read from; of a card and a table the one that all maps share. None
            where it is gone: then grades that a pass has told stay.
    """
    memory, mark = _memory(), _mark(explanation)
    known = memory.pop(mark, {})
    memory[mark] = {**grades, **known} if judge is None else {**known, **_told(grades, judge)}
    while len(memory) > KEPT:
        memory.pop(next(iter(memory)))


def _told(grades: Grades, judge: PerturbationView) -> Grades:
    spec = judge.order.spec
    told = JudgingPass(spec.method, spec.params.as_dict(), judge.progress().done_runs)
    return {key: replace(grade, judge=told) for key, grade in grades.items()}


def grade_rows(grades: Grades) -> tuple[tuple[str, str], ...]:
    """Title of each metric, and its value with the place among random maps, in words."""
    return tuple((_(COLUMNS[key].title), _said(grade)) for key, grade in grades.items())


def grade_facts(grades: Grades) -> dict[str, dict[str, Any]]:
    """The same ready for JSON, which has no nan, with the pass that tells."""
    return {
        key: {
            "value": _finite(grade.value),
            "random_maps_worse": _finite(grade.percentile),
            "judge": None if grade.judge is None else asdict(grade.judge),
        }
        for key, grade in grades.items()
    }


def _said(grade: Grade) -> str:
    value = numbers.decimal(grade.value, 3)
    if grade.percentile is None:
        return value
    share = numbers.share(min(grade.percentile, MOST_TOLD))
    return _("{value}, better than {share} of random maps").format(value=value, share=share)


def _finite(value: float | None) -> float | None:
    return value if value is not None and value - value == 0 else None


def _memory() -> dict[str, dict[str, Grade]]:
    return once(GRADES, dict)


def _mark(found: Explanation) -> str:
    origin = found.provenance
    asked = (found.method, sorted(found.params.items()), found.target.digest, found.cost.forwards)
    return hashlib.sha256(repr((origin.fingerprint, origin.picture_sha256, *asked)).encode()).hexdigest()
