"""`experiments`: the table of all trainings, one of them, two of them compared, and the table as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands.lab.results import check_place, write_results
from compute.lab.comparing import compare_runs
from compute.lab.table import find_run, plain_rows, sorted_runs
from experiments.columns import Curves, read_curves
from experiments.folders import ListedRun, list_runs
from experiments.record import Experiment, ExperimentFigure
from experiments.toml import experiment_facts

_SHOWN_EPOCHS = 12
"""Of a curve on the terminal; the last is among them."""


def listed_runs(by: str = "", kind: str = "", of: str = "") -> list[ListedRun]:
    """Runs of a kind, or trials of a search, sorted by a column; damaged ones where no kind is asked for.

    Raises:
        ExperimentError: there is no such column.
    """
    runs = sorted_runs(list_runs(find_run(of).folder if of else None), by)
    return [run for run in runs if not kind or (run.experiment and run.experiment.kind == kind)]


def run_rows(runs: Sequence[ListedRun]) -> list[dict[str, Any]]:
    """Rows for the terminal."""
    return [_row(run.experiment) if run.experiment else _damaged(run) for run in runs]


def _row(run: Experiment) -> dict[str, Any]:
    main = run.main
    return {
        "key": run.key,
        "data": run.data,
        "figure": f"{main[0]} {figure_text(main[1])}" if main else "",
        "on": _part_text(main[1]) if main else "",
        "epochs": f"{run.epochs}/{run.epochs_planned}" if run.epochs_planned else f"{run.epochs or ''}",
        "s": f"{run.seconds:.1f}",
        "ms": f"{run.speed.one_ms:.1f}" if run.speed else "",
        "MB": f"{run.nbytes / 1e6:.1f}" if run.nbytes else "",
        "state": f"{run.state}: {run.reason}" if run.reason else run.state,
    }


def _damaged(run: ListedRun) -> dict[str, Any]:
    empty = dict.fromkeys(("data", "figure", "on", "epochs", "s", "ms", "MB"), "")
    return {"key": run.key, **empty, "state": f"damaged: {run.problem}"}


def figure_text(figure: ExperimentFigure) -> str:
    """A figure with its interval, where it has one."""
    ends = f" ({figure.low:.3f} to {figure.high:.3f})" if figure.has_interval else ""
    return f"{figure.value:.3f}{ends}"


def _part_text(figure: ExperimentFigure) -> str:
    return f"{figure.part}, chosen on it" if figure.chosen else figure.part


def run_facts(key: str) -> dict[str, Any]:
    """All that is known of a run, with its curves, as plain values.

    Raises:
        ExperimentError: there is none, or it is damaged.
    """
    run = find_run(key)
    assert run.experiment is not None
    return {**experiment_facts(run.experiment), "folder": str(run.folder), "curves": read_curves(run.folder)}


def fact_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries of a run for the terminal, curves aside."""
    rows = []
    for name, value in facts.items():
        if name == "figures":
            rows += [(name, figure_text(ExperimentFigure(**one))) for name, one in value.items()]
        elif isinstance(value, dict) and name != "curves":
            rows += [(f"{name}: {inner}", said) for inner, said in value.items()]
        elif name != "curves" and value not in ("", None):
            rows.append((name, value))
    return [{"entry": name, "value": value} for name, value in rows]


def curve_rows(curves: Curves) -> list[dict[str, Any]]:
    """Curves for the terminal: a row for each epoch, at most twelve of them."""
    epochs = sorted({epoch for points in curves.values() for epoch, _ in points})
    step = -(-len(epochs) // _SHOWN_EPOCHS) or 1
    kept = [*epochs[-1::-step]][::-1]
    known = {name: dict(points) for name, points in curves.items()}
    return [
        {
            "epoch": epoch,
            **{name: f"{points[epoch]:.4g}" if epoch in points else "" for name, points in known.items()},
        }
        for epoch in kept
    ]


def comparison_facts(first: str, second: str) -> dict[str, Any]:
    """Two runs compared, as plain values.

    Raises:
        ExperimentError: one is not there, or damaged.
    """
    found = compare_runs(find_run(first), find_run(second))
    facts: dict[str, Any] = {"first": first, "second": second, "same_test": found.same_test}
    facts["settings"] = {name: [one, two] for name, one, two in found.settings}
    runs = found.first, found.second
    names = dict.fromkeys(name for run in runs for name in run.figures)
    facts["figures"] = {name: [_value(run, name) for run in runs] for name in names}
    if found.difference is not None:
        facts |= {"figure": found.figure, "difference": vars(found.difference)}
    return facts


def _value(run: Experiment, name: str) -> float | None:
    return run.figures[name].value if name in run.figures else None


def comparison_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs, for the terminal."""
    names = found["first"], found["second"]
    pairs = {**found["settings"], **found["figures"]}
    return [{"": entry, **dict(zip(names, map(_short, both), strict=True))} for entry, both in pairs.items()]


def _short(value: Any) -> Any:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else value


def comparison_line(found: dict[str, Any]) -> str:
    """The difference in a sentence."""
    if found["same_test"] is False:
        said = "The two were asked about different test parts."
    elif "difference" not in found:
        said = "There are no figures of the same images, so no interval of the difference."
    else:
        said = ""
    if "difference" not in found:
        return said
    one = found["difference"]
    low, high = one["interval"]
    line = f"{found['figure']}: {one['value']:+.3f} ({low:+.3f} to {high:+.3f}) on {one['images']:,} images"
    return f"{line}. {said}".strip() if said else line


def export_runs(place: Path, by: str = "", kind: str = "") -> int:
    """Write the table as CSV, Parquet or LaTeX; returns the number of rows.

    Raises:
        VitrineError: there is no such column, or the file cannot be written.
    """
    check_place(place)
    rows = plain_rows(listed_runs(by, kind))
    write_results(rows, place)
    return len(rows)
