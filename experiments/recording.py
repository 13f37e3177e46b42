"""What a training calls: it writes its row as it goes, and hears what people wish."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import ExperimentError, VitrineError
from experiments.columns import read_curves, write_curves
from experiments.folders import RUN, read_experiment, run_folder, write_experiment
from experiments.process import Wish, drop_wish, forget_process, is_at_work, note_process, wish_of
from experiments.record import LONGEST_TEXT, Experiment


class Recorder:
    """A run that is being trained; made by ``recorded``.

    Attributes:
        experiment: as it was written last.
        folder: of the run.
    """

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self.experiment, self.folder = experiment, folder
        self._curves = read_curves(folder)
        self._before = (experiment.seconds, experiment.processor_seconds)
        self._began = (time.monotonic(), _processor_seconds())

    def update(self, **changes: Any) -> None:
        """Write the row with other entries, and with the time that has passed."""
        spent = (time.monotonic() - self._began[0], _processor_seconds() - self._began[1])
        seconds, processor = (before + more for before, more in zip(self._before, spent, strict=True))
        self.experiment = replace(
            self.experiment, **{"seconds": seconds, "processor_seconds": processor, **changes}
        )
        write_experiment(self.experiment, self.folder)

    def epoch(self, number: int, values: Mapping[str, float]) -> None:
        """Write what an epoch ended with.

        Args:
            number: of the epoch, from 1; one that is there already, and those after it, are replaced.
            values: by the names of Keras: loss, accuracy, val_loss, val_accuracy.
        """
        for name, points in self._curves.items():
            self._curves[name] = [point for point in points if point[0] < number]
        for name, value in values.items():
            self._curves.setdefault(name, []).append((number, float(value)))
        write_curves(self.folder, self._curves)
        self.update(epochs=number)

    def wish(self) -> Wish | None:
        """What people wish of the run; a training looks after each batch, and ends."""
        return wish_of(self.folder)


@contextmanager
def recorded(experiment: Experiment, folder: Path | None = None) -> Iterator[Recorder]:
    """A run whose row says "running" while it lasts, and then how it ended.

    It ends as finished; as paused or stopped where people wished so; as failed, with a sentence, where an
    error comes out. One that is there already and not finished goes on: its time and curves are kept.

    Args:
        experiment: what is known before.
        folder: of the run; by default that of its key below the folder of all runs.

    Raises:
        ExperimentError: its folder cannot be written to, is damaged, or another process is at work in it.
    """
    folder = folder or run_folder(experiment.key)
    known = read_experiment(folder) if (folder / RUN).is_file() else experiment
    if is_at_work(folder):
        raise ExperimentError("Run {key} is being trained already.", key=experiment.key)
    write_experiment(_continued(experiment, known), folder)
    run = Recorder(_continued(experiment, known), folder)
    note_process(folder)
    drop_wish(folder)
    run.update(state="running", reason="", started=run.experiment.started or _now())
    try:
        yield run
    except BaseException as error:
        run.update(**_ended_by(error))
        raise
    else:
        run.update(state={None: "finished", "pause": "paused", "stop": "stopped"}[run.wish()])
    finally:
        drop_wish(folder)
        forget_process(folder)


def _continued(wanted: Experiment, known: Experiment) -> Experiment:
    """What is wanted, with what an earlier beginning has already; a finished one begins again."""
    if known.state == "finished":
        return wanted
    kept = {name: getattr(known, name) for name in ("epochs", "seconds", "processor_seconds", "started")}
    return replace(wanted, **kept)


def _ended_by(error: BaseException) -> dict[str, Any]:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return {"state": "paused"}
    said = str(error) if isinstance(error, VitrineError) else f"{type(error).__name__}: {error}"
    return {"state": "failed", "reason": said[:LONGEST_TEXT]}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _processor_seconds() -> float:
    """Of this process and its children that have ended, over all cores."""
    return sum(os.times()[:4])
