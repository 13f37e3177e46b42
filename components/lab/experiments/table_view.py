"""The table of runs, which of them are looked at, and the table as a file."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

import streamlit as st

from components.report.tables import offer_table
from components.session.keys import RUNS, recall, remember
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.lab.latex import latex_table
from compute.lab.table import plain_rows
from experiments.folders import ListedRun
from experiments.record import Experiment, ExperimentFigure

MOST_CHOSEN = 6
FIGURES = ("accuracy", "miou", "dice")


def kind_titles() -> dict[str, str]:
    """Kinds of experiments in words."""
    return {
        "segment": _("Segmentation"),
        "classify": _("Classification"),
        "transfer": _("Transfer"),
        "tune": _("Tuning"),
    }


def state_titles() -> dict[str, str]:
    """How far a run is, in words."""
    return {
        "waiting": _("waiting"),
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
    }


def show_runs_table(runs: Sequence[ListedRun]) -> None:
    """All runs; a click on the head of a column sorts."""
    frame = runs_frame([run.experiment for run in runs if run.experiment])
    height: Any = "auto" if len(runs) < 9 else 320
    st.dataframe(frame, hide_index=True, key="runs-table", height=height, placeholder="")
    for run in runs:
        if run.problem:
            text = _("Folder {key} is damaged. {problem}")
            st.caption(as_text(text.format(key=run.key, problem=_(run.problem))))
    with st.container(horizontal=True, vertical_alignment="center"):
        rows = plain_rows(runs)
        st.download_button(_("CSV"), lambda: _csv(rows), "experiments.csv", key="runs-csv", on_click="ignore")
        st.download_button(
            _("LaTeX"), lambda: latex_table(rows), "experiments.tex", key="runs-tex", on_click="ignore"
        )
        offer_table(_("Experiments"), _("All runs of this server."), frame, "runs")


def choose_runs(runs: Sequence[ListedRun]) -> list[ListedRun]:
    """Which runs are looked at; the newest at first."""
    known = {run.key: run for run in runs if run.experiment}
    linked = st.query_params.get_all(RUNS) or list(known)[:1]
    remember(RUNS, [key for key in recall(RUNS, linked) if key in known])
    keys = st.multiselect(
        _("Runs to look at"),
        list(known),
        format_func=lambda key: as_text(f"{key} · {_experiment(known[key]).name}"),
        key=RUNS,
        max_selections=MOST_CHOSEN,
        placeholder=_("Select runs"),
        bind="query-params",
    )
    return [known[key] for key in keys]


def _experiment(run: ListedRun) -> Experiment:
    assert run.experiment is not None
    return run.experiment


def figure_words(figure: ExperimentFigure | None) -> str:
    """A figure with its interval; a star where the run was chosen by it."""
    if figure is None:
        return ""
    value = numbers.decimal(figure.value, 3)
    if figure.has_interval:
        low, high = (numbers.decimal(end, 3) for end in (figure.low, figure.high))
        value = _("{value} ({low} to {high})").format(value=value, low=low, high=high)
    return value + " *" * figure.chosen


def part_words(figure: ExperimentFigure | None) -> str:
    """On which images a figure was taken."""
    known = {"test": _("test"), "validation": _("validation"), "train": _("training")}
    return known.get(figure.part, figure.part) if figure else ""


def runs_frame(runs: Sequence[Experiment]) -> dict[str, list[Any]]:
    """Columns; those of figures that no run has are left out."""
    figures = [name for name in FIGURES if any(name in run.figures for run in runs)]
    titles = {"accuracy": _("Accuracy"), "miou": _("Mean IoU"), "dice": _("Dice")}
    kinds, states = kind_titles(), state_titles()
    return {
        _("Run"): [run.key for run in runs],
        _("Kind"): [kinds[run.kind] for run in runs],
        _("Data set"): [run.data for run in runs],
        **{titles[name]: [figure_words(run.figures.get(name)) for run in runs] for name in figures},
        _("Measured on"): [part_words(run.main[1] if run.main else None) for run in runs],
        _("State"): [states[run.state] for run in runs],
        _("Epochs"): [run.epochs for run in runs],
        _("Training, s"): [round(run.seconds, 1) for run in runs],
        _("ms per image"): [round(run.speed.one_ms, 1) if run.speed else None for run in runs],
        _("Model, MB"): [round(run.nbytes / 1e6, 1) if run.nbytes else None for run in runs],
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    kept = StringIO()
    writer = csv.DictWriter(kept, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return kept.getvalue()
