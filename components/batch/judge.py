"""How true is a map of a finished batch? What its row says: the pass itself is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.grades.badge import show_badge
from components.grades.fidelity_chip import fidelity_said
from components.grades.judge import MapJudge
from components.grades.known import note_grades
from compute.trust.late_alarms import with_late_alarms
from engine.explanation import Explanation
from engine.trust.metric import Grade
from engine.trust.tables.columns import FIDELITY, PERCENTILE
from model_store.catalogue import ModelRef


@dataclass(frozen=True, eq=False)
class RowJudge(MapJudge):
    """Tells of the map of one row.

    Attributes:
        value: fidelity of the map, or None where its method reads no pass.
        percentile: share of random maps with a lower one, 0-1.
    """

    value: float | None = None
    percentile: float | None = None

    def alarmed(self, explanation: Explanation) -> Explanation:
        return with_late_alarms(explanation, self.percentile)

    def show(self, explanation: Explanation, suffix: str = "") -> None:
        if self.value is not None and self.percentile is not None:
            st.markdown(fidelity_said(self.value, self.percentile))
            grade = Grade(FIDELITY, self.value, percentile=self.percentile)
            note_grades(explanation, {FIDELITY: grade}, None)
        show_badge(self.ref, explanation.method, suffix)


def row_judge(ref: ModelRef, row: Mapping[str, Any]) -> RowJudge:
    """Of a row of the table of a batch."""
    return RowJudge(ref, 0, value=row.get(FIDELITY), percentile=row.get(FIDELITY + PERCENTILE))
