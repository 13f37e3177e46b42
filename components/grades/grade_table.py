"""Grades of a map as a table: value, place among random maps, what it beats."""

from collections.abc import Mapping

import streamlit as st

from components.words import numbers
from components.words.i18n import _
from engine.phrase import later
from engine.trust.metric import Grade
from engine.trust.metrics import METRICS

NAMES = {"edges": later("edges"), "centre": later("centre"), "mask": later("the zone's own mask")}
SPACES = {"probability": later("probability"), "logit": later("logit")}


def show_grades(grades: Mapping[str, Grade], space: str) -> None:
    """The table, and what each metric is.

    Args:
        grades: by key of the metric.
        space: scale of the score.
    """
    rows = list(grades.values())
    table = {
        _("Metric"): [_(METRICS[grade.metric].title) for grade in rows],
        _("Value"): [_value(grade) for grade in rows],
        _("Random maps that do worse"): [
            None if grade.percentile is None else round(100 * grade.percentile) for grade in rows
        ],
        _("Better than"): [_beaten(grade) for grade in rows],
    }
    bar = st.column_config.ProgressColumn(format="%d %%", min_value=0, max_value=100)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key="grades",
        column_config={_("Random maps that do worse"): bar},
    )
    _show_summary(rows)
    with st.popover(_("What the metrics mean"), type="tertiary"):
        st.markdown(_("Scores are in the scale of the map: {space}.").format(space=_(SPACES[space])))
        st.markdown("\n".join(_about(grade.metric) for grade in rows))


def _value(grade: Grade) -> str:
    value = numbers.decimal(grade.value, 3)
    return value if not grade.spread else f"{value} ± {numbers.decimal(grade.spread, 3)}"


def _beaten(grade: Grade) -> str:
    if grade.percentile is None:
        return ""
    return ", ".join(_(NAMES[name]) for name in grade.beaten) or _("none of them")


def _show_summary(rows: list[Grade]) -> None:
    """No overall winner: how many of the metrics that can tell speak for the map."""
    judged = [grade for grade in rows if grade.percentile is not None]
    good = sum(grade.percentile > 0.9 for grade in judged if grade.percentile is not None)
    st.caption(
        _("The map does better than nine random maps in ten by {good} of {judged} metrics.").format(
            good=numbers.count(good), judged=numbers.count(len(judged))
        )
    )


def _about(key: str) -> str:
    metric = METRICS[key]
    source = metric.source
    text = " ".join([_(metric.measures), *(_(caveat) for caveat in metric.caveats)])
    return f"- **{_(metric.title)}**: {text} [{source.paper} ({source.year})]({source.url})"
