"""Grades of many maps of one target as a table methods x metrics that sorts, on runs that all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.grades.known import note_grades
from components.grades.on_demand import Jobs, show_on_demand
from components.session.choice import Choice
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.base.prepared import prepared
from compute.trust.grading import strengths
from compute.trust.many import Grades, ManyGrades, ManyMaps
from compute.work.predict import Prediction
from engine.explanation import Explanation
from engine.phrase import later
from engine.target_sets import TargetIndex
from engine.trust.counts import MOST_TOLD
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.tables.columns import COLUMNS, FIDELITY, MEASURES

VALUES, PLACES = "values", "places"
"""What the table shows: values, or the share of random maps that do worse."""
BETTER = {"higher": later("Higher is better."), "lower": later("Lower is better."), "": ""}


@dataclass(frozen=True, eq=False)
class FinishedMaps:
    """Finished maps of one target.

    Attributes:
        choice: model and image.
        prediction: of the model on the image.
        wanted: the target.
        maps: by name.
    """

    choice: Choice
    prediction: Prediction
    wanted: TargetIndex
    maps: Mapping[str, Explanation]

    @property
    def mark(self) -> tuple[object, ...]:
        """What tells them from other maps, without their values."""
        return (self.wanted, *((name, *_mark(found)) for name, found in self.maps.items()))

    def asked(self) -> ManyMaps:
        """What grading them takes."""
        picture = self.choice.picture
        assert picture is not None
        values = {name: strengths(found) for name, found in self.maps.items()}
        return prepared(
            "maps to grade",
            self.mark,
            lambda: ManyMaps(self.choice.ref, self.prediction, picture, self.wanted, values, CommonParams()),
        )


def _mark(found: Explanation) -> tuple[object, ...]:
    origin = found.provenance
    params = str(sorted(found.params.items()))
    return found.method, params, found.cost.forwards, origin.fingerprint, origin.picture_sha256


def show_method_table(finished: FinishedMaps) -> dict[str, list[Any]] | None:
    """The table of grades, or a way to get it; its columns once they are there.

    Args:
        finished: at least two maps.
    """
    asked = finished.asked()
    for name, error in asked.refused.items():
        text = as_text(_(error.text).format(**error.values))
        st.caption(_("**{name}**: {text}").format(name=as_text(name), text=text))
    if len(asked.requests) < 2:
        return None
    st.markdown(
        _(
            "All maps are graded on the same model evaluations. They take the same steps as 16 random maps, "
            "the edges of the image and its centre."
        )
    )
    shown: list[dict[str, list[Any]]] = []
    label = _("Grade {count} maps").format(count=numbers.count(len(asked.requests)))
    show_on_demand(asked.orders, label, partial(_show_results, finished, asked, shown))
    return shown[0] if shown else None


def _show_results(
    finished: FinishedMaps, asked: ManyMaps, shown: list[dict[str, list[Any]]], jobs: Jobs
) -> None:
    views = [job.view for job in jobs]
    found: ManyGrades = prepared("grades of maps", finished.mark, lambda: asked.grades(views))
    for name, row in found.grades.items():
        note_grades(finished.maps[name], row, views[0])
    kept = [key for key in COLUMNS if any(key in grades for grades in found.grades.values())]
    names = {VALUES: _("Values"), PLACES: _("Place among random maps")}
    what = st.segmented_control(
        _("What the table shows"),
        [VALUES, PLACES],
        default=VALUES,
        required=True,
        format_func=names.__getitem__,
        key="grades-shown",
        label_visibility="collapsed",
    )
    titles = {key: _(COLUMNS[key].title) for key in kept if what == VALUES or COLUMNS[key].better}
    table = method_columns(found.grades, titles, what or VALUES)
    st.dataframe(
        table, hide_index=True, key="method-grades-table", column_config=_config(titles, what or VALUES)
    )
    _say_best(found.grades, kept)
    with st.popover(_("What the metrics mean"), type="tertiary"):
        st.markdown("\n".join(_about(key) for key in kept))
    shown.append(method_columns(found.grades, {key: _(COLUMNS[key].title) for key in kept}, VALUES))


def method_columns(
    grades: Mapping[str, Grades], titles: Mapping[str, str], what: str
) -> dict[str, list[Any]]:
    """Columns by title: the maps by name, then values, or percents of random maps that do worse."""
    table: dict[str, list[Any]] = {_("Method"): list(grades)}
    for key, title in titles.items():
        table[title] = [_cell(row, key, what) for row in grades.values()]
    return table


def _cell(row: Grades, key: str, what: str) -> float | None:
    grade = row.get(key)
    if grade is None:
        return None
    if what == VALUES:
        return round(grade.value, 3)
    return None if grade.percentile is None else round(100 * min(grade.percentile, MOST_TOLD))


def _config(titles: Mapping[str, str], what: str) -> dict[str, Any]:
    columns = st.column_config
    config: dict[str, Any] = {_("Method"): columns.TextColumn(_("Method"), pinned=True)}
    for key, title in titles.items():
        said = f"{_measures(key)} {_(BETTER[COLUMNS[key].better])}".strip()
        config[title] = (
            columns.NumberColumn(title, help=said, format="%.3f")
            if what == VALUES
            else columns.ProgressColumn(title, help=said, format="%d %%", min_value=0, max_value=100)
        )
    return config


def _measures(key: str) -> str:
    return _(MEASURES) if key == FIDELITY else _(METRICS[key].measures)


def _about(key: str) -> str:
    caveats = () if key == FIDELITY else METRICS[key].caveats
    text = " ".join([_measures(key), _(BETTER[COLUMNS[key].better]), *(_(caveat) for caveat in caveats)])
    return f"- **{_(COLUMNS[key].title)}**: {text}"


def _say_best(grades: Mapping[str, Grades], kept: Sequence[str]) -> None:
    """Which map is best by each question; no winner over all of them."""
    best: dict[str, list[str]] = {}
    for key in kept:
        known = {name: row[key].value for name, row in grades.items() if key in row}
        known = {name: value for name, value in known.items() if value == value}
        if COLUMNS[key].better and len(known) > 1:
            choose = max if COLUMNS[key].better == "higher" else min
            best.setdefault(choose(known, key=known.__getitem__), []).append(_(COLUMNS[key].title))
    said = [
        _("{method}: {metrics}").format(method=as_text(name), metrics=", ".join(metrics))
        for name, metrics in best.items()
    ]
    st.caption(
        _("Best on this image: {list}. Metrics ask different questions; there is no overall winner.").format(
            list="; ".join(said)
        )
    )
    st.caption(_("One image tells little. `cli.py evaluate-methods` grades methods on a whole folder."))
