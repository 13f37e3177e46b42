"""The table of experiments: rows as plain values, sorted, and which columns people see."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from engine.errors import ExperimentError
from experiments.folders import ListedRun, list_runs
from experiments.record import Experiment

Value = str | int | float
_NAN = math.nan


def _figure(name: str) -> Callable[[Experiment], Value]:
    def read(run: Experiment) -> Value:
        return run.figures[name].value if name in run.figures else _NAN

    return read


COLUMNS: Mapping[str, Callable[[Experiment], Value]] = MappingProxyType(
    {
        "key": lambda run: run.key,
        "kind": lambda run: run.kind,
        "name": lambda run: run.name,
        "data": lambda run: run.data,
        "state": lambda run: run.state,
        "accuracy": _figure("accuracy"),
        "miou": _figure("miou"),
        "dice": _figure("dice"),
        "epochs": lambda run: run.epochs,
        "seconds": lambda run: run.seconds,
        "processor_seconds": lambda run: run.processor_seconds,
        "one_ms": lambda run: run.speed.one_ms if run.speed else _NAN,
        "eight_ms": lambda run: run.speed.eight_ms if run.speed else _NAN,
        "parameters": lambda run: run.parameters,
        "nbytes": lambda run: run.nbytes,
        "seed": lambda run: run.seed,
        "started": lambda run: run.started,
    }
)
"""By name, in the order of the table."""
_SMALL_FIRST = frozenset(COLUMNS) & {
    "key",
    "kind",
    "name",
    "data",
    "state",
    "one_ms",
    "eight_ms",
    "parameters",
    "nbytes",
}


def sorted_runs(runs: Sequence[ListedRun], by: str = "") -> list[ListedRun]:
    """Runs by a column, the best or newest first; what has no value, and damaged folders, come last.

    Raises:
        ExperimentError: there is no such column.
    """
    if not by:
        return list(runs)
    if by not in COLUMNS:
        raise ExperimentError(
            "Experiments are sorted by one of {known}; received {name!r}.",
            known=", ".join(COLUMNS),
            name=by[:40],
        )
    known = [run for run in runs if run.experiment and not _is_missing(COLUMNS[by](run.experiment))]
    rest = [run for run in runs if run not in known]
    return sorted(known, key=lambda run: COLUMNS[by](_known(run)), reverse=by not in _SMALL_FIRST) + rest


def _is_missing(value: Value) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _known(run: ListedRun) -> Experiment:
    assert run.experiment is not None
    return run.experiment


def plain_rows(runs: Sequence[ListedRun]) -> list[dict[str, Any]]:
    """Rows of one form for files: all columns, and both ends of each interval."""
    return [_plain(_known(run)) for run in runs if run.experiment]


def _plain(run: Experiment) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, read in COLUMNS.items():
        row[name] = read(run)
        if name in ("accuracy", "miou", "dice"):
            figure = run.figures.get(name)
            ends = (figure.low, figure.high) if figure else (_NAN, _NAN)
            row |= {f"{name}_low": ends[0], f"{name}_high": ends[1]}
    main = run.main
    row["part"] = main[1].part if main else ""
    row["chosen_on_it"] = bool(main and main[1].chosen)
    return row


def find_run(key: str) -> ListedRun:
    """A run by its key.

    Raises:
        ExperimentError: there is none, or its folder is damaged.
    """
    found = next((run for run in list_runs() if run.key == key), None)
    if found is None:
        raise ExperimentError("There is no experiment {key!r}; `experiments list` shows them.", key=key[:80])
    if found.experiment is None:
        raise ExperimentError("Experiment {key} is damaged. {problem}", key=key, problem=found.problem)
    return found
