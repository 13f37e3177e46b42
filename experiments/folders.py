"""Folders of runs: written whole, listed even where some are damaged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ExperimentError
from engine.phrase import Phrase
from experiments.columns import replace_file
from experiments.process import is_at_work
from experiments.record import Experiment, checked_run_key
from experiments.toml import experiment_of, experiment_text
from settings import settings

RUN = "run.toml"
LARGEST_RUN = 256 * 2**10
"""Bytes of ``run.toml``."""
MOST_RUNS = 5000
"""Folders that are listed."""


@dataclass(frozen=True)
class ListedRun:
    """A folder below that of all runs.

    Attributes:
        key: its name.
        folder: its path.
        experiment: what it says; None where it is damaged.
        problem: a sentence on what is wrong with it; empty where nothing is.
    """

    key: str
    folder: Path
    experiment: Experiment | None
    problem: str = ""


def runs_folder() -> Path:
    """The folder of all runs: that of ``VITRINE_RUNS``."""
    return settings().runs


def run_folder(key: str) -> Path:
    """The folder of a run, there or not.

    Raises:
        ExperimentError: the key cannot name one.
    """
    return runs_folder() / checked_run_key(key)


def write_experiment(experiment: Experiment, folder: Path | None = None) -> Path:
    """Write ``run.toml``, whole or not at all; returns the folder of the run.

    Args:
        experiment: what is known of it by now.
        folder: of the run; by default that of its key below the folder of all runs.

    Raises:
        ExperimentError: there is too much to say, or the folder cannot be made.
        StoreError: the disk cannot be written to.
    """
    folder = folder or run_folder(experiment.key)
    content = experiment_text(experiment).encode()
    if len(content) > LARGEST_RUN:
        raise ExperimentError(
            "Run {key} has more to say than {limit} KB.", key=experiment.key, limit=LARGEST_RUN >> 10
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExperimentError(
            "{path} cannot be written: {reason}.", path=folder, reason=error.strerror or error
        ) from error
    replace_file(folder / RUN, content)
    return folder


def read_experiment(folder: Path) -> Experiment:
    """What ``run.toml`` of a folder says; a run whose process is gone counts as paused.

    Raises:
        ExperimentError: there is none, or it is damaged.
    """
    path = folder / RUN
    try:
        if path.stat().st_size > LARGEST_RUN:
            raise ExperimentError("Its {file} is larger than {limit} KB.", file=RUN, limit=LARGEST_RUN >> 10)
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ExperimentError(
            "Its {file} cannot be read: {reason}.", file=RUN, reason=getattr(error, "strerror", error)
        ) from error
    return _as_it_is(experiment_of(text), folder)


def _as_it_is(said: Experiment, folder: Path) -> Experiment:
    gone = said.state == "running" and not is_at_work(folder)
    return replace(said, state="paused") if gone else said


def list_runs(folder: Path | None = None) -> list[ListedRun]:
    """All runs, the newest first; those that are damaged have a sentence, and come last.

    Args:
        folder: of all runs; by default that of ``VITRINE_RUNS``.
    """
    found = [_listed(path) for path in _folders(folder or runs_folder())]
    found.sort(key=lambda run: run.key)
    return sorted(found, key=lambda run: run.experiment.started if run.experiment else "", reverse=True)


def _folders(folder: Path) -> Iterator[Path]:
    """Folders with a ``run.toml``; trials of a search are in folders of their own."""
    if not folder.is_dir():
        return
    for count, path in enumerate(sorted(folder.iterdir())):
        if count == MOST_RUNS:
            return
        if not path.is_symlink() and (path / RUN).is_file():
            yield path


def _listed(folder: Path) -> ListedRun:
    try:
        experiment = read_experiment(folder)
        if experiment.key != folder.name:
            raise ExperimentError("It says that it is run {other}.", other=experiment.key)
    except ExperimentError as error:
        return ListedRun(folder.name, folder, None, Phrase(error.text, **error.values))
    return ListedRun(folder.name, folder, experiment)
