"""A run's row, written by Keras' own training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from experiments.folders import RUN, read_experiment
from experiments.record import Experiment
from experiments.recording import Recorder
from training.common.config import ConfigError


class Listening(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a training where people wish so."""

    def __init__(self, run: Recorder) -> None:
        super().__init__()
        self.run = run

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks whether somebody wishes that it ends."""
        if self.run.wish():
            self.model.stop_training = True


class RunCallback(Listening):
    """Writes what each epoch ended with, and ends the training where people wish so.

    An epoch that was broken off is not written: where the run goes on, it is done again.
    """

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Writes losses and figures of epoch ``epoch``, from 0, but for one that was broken off."""
        if not self.run.wish():
            self.run.epoch(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})


def known_run(wanted: Experiment, folder: Path) -> Experiment | None:
    """The row that a folder holds already, if any.

    Raises:
        ConfigError: it is of other settings or another seed.
    """
    if not (folder / RUN).exists():
        return None
    known = read_experiment(folder)
    if dict(known.settings) != dict(wanted.settings) or known.seed != wanted.seed:
        raise ConfigError(f"{folder} holds a run of other settings; choose another --out, or another name.")
    return known
