"""Findings of a report that a bundle holds: what was asked of a data set, and the rows that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from compute.replay.verdict import TOLERANCE, State

KEY = "kind"
MOST_ROWS, MOST_VALUES = 200, 200
"""Of a finding, and of a row or a list in it."""

Plain = str | int | float | None
Row = Mapping[str, Any]
"""Texts, numbers, truths, None, or lists of these, by name."""


@dataclass(frozen=True)
class FindingRecord:
    """A table of a report that can be computed again.

    Attributes:
        kind: which command answers the question.
        title: as it stands in the report.
        question: what was asked besides, plain values by name.
        models: fingerprints of the models by their keys.
        data: key of the data set.
        split: part of it, or None.
        digest: of the data set.
        rows: what was found.
    """

    kind: str
    title: str
    question: Row
    models: Mapping[str, str]
    data: str
    split: str | None
    digest: str
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> FindingRecord:
        """One of JSON, perhaps a stranger's.

        Raises:
            TypeError, ValueError, KeyError, AttributeError: it has not the form of one.
        """
        rows = [plain_row(row) for row in facts["rows"]]
        words = [facts[name] for name in (KEY, "title", "data", "digest")]
        split, models = facts["split"], plain_row(facts["models"])
        if not all(isinstance(word, str) for word in (*words, split or "", *models.values())):
            raise ValueError("no words of a finding")
        if not models or len(rows) > MOST_ROWS:
            raise ValueError("no finding of a report")
        kind, title, data, digest = words
        return cls(kind, title, plain_row(facts["question"]), models, data, split, digest, tuple(rows))

    def facts(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def plain_row(row: Any) -> dict[str, Any]:
    """A row as JSON has it; numbers that are none become None.

    Raises:
        TypeError, ValueError: it is no such row.
    """
    found = {name: _plain(value) for name, value in dict(row).items()}
    if len(found) > MOST_VALUES or not all(isinstance(name, str) for name in found):
        raise ValueError("no row of a finding")
    return found


def _plain(value: Any) -> Plain | list[Plain]:
    if not isinstance(value, list):
        return _word(value)
    if len(value) > MOST_VALUES:
        raise ValueError("no list of a finding")
    return [_word(one) for one in value]


def _word(value: Any) -> Plain:
    """A text or a number; no number is None."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if not (value is None or isinstance(value, str | int | float)):
        raise ValueError("no value of a finding")
    return value


@dataclass(frozen=True)
class FindingVerdict:
    """How far rows are from those before.

    Attributes:
        state: "same" if all are equal; "within" if numbers differ by at most ``TOLERANCE``; else "differs".
        difference: largest of two numbers that stand at the same place; None where the tables differ in form.
        said: the first value that differs, in a sentence; "" where none does.
    """

    state: State
    difference: float | None
    said: str


def compare_findings(before: Sequence[Row], now: Sequence[Row]) -> FindingVerdict:
    """Hold the rows of a finding against those before; names that the record has not are left out."""
    now = [plain_row(row) for row in now]
    if len(before) != len(now):
        return FindingVerdict("differs", None, f"{len(before)} rows were found, now {len(now)}")
    pairs = [
        (f"{name} of row {place}", was[name], row.get(name))
        for place, (was, row) in enumerate(zip(before, now, strict=True), 1)
        for name in was
    ]
    steps = [_step(was, new) for _name, was, new in pairs]
    far = next((place for place, step in enumerate(steps) if step is None or step > TOLERANCE), None)
    known = [step for step in steps if step is not None]
    largest = max(known, default=0.0) if len(known) == len(steps) else None
    if far is not None:
        name, was, new = pairs[far]
        return FindingVerdict("differs", largest, f"{name} was {was}, now {new}")
    return FindingVerdict("within" if largest else "same", largest, "")


def _step(was: Any, new: Any) -> float | None:
    """By how much two values differ; None where they are not two numbers and not equal."""
    if was == new:
        return 0.0
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (was, new))
    return abs(float(was) - float(new)) if numbers else None
