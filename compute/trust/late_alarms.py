"""Alarms of a finished map that other results tell: its fidelity, and maps with another fill or score."""

from collections.abc import Mapping
from dataclasses import replace

from engine.alarms.known import KnownMap
from engine.alarms.table import LATE, raised
from engine.explanation import Explanation
from engine.visualise.strength import strength


def with_late_alarms(
    explanation: Explanation,
    percentile: float | None,
    others: Mapping[tuple[str, str], float] | None = None,
) -> Explanation:
    """A map with what they tell among its warnings; said once, however often it is asked.

    Args:
        explanation: the map.
        percentile: share of random maps with a lower fidelity, 0-1, or None where it is not known.
        others: rank correlation with maps that differ in one setting, by its name and its value there:
            ("fill", "black").
    """
    known = KnownMap(
        strength(explanation), signed=explanation.signed, percentile=percentile, others=others or {}
    )
    new = [said for said in raised(known, LATE).values() if said not in explanation.warnings]
    return replace(explanation, warnings=(*explanation.warnings, *new)) if new else explanation
