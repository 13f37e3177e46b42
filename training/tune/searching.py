"""A search as Keras Tuner makes it; each trial is a row of the table of experiments."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import keras_tuner

from engine.evaluation.intervals import wilson_interval
from experiments.folders import RUN, list_runs, read_experiment, write_experiment
from experiments.process import express_wish
from experiments.record import Experiment, ExperimentFigure, Plain
from experiments.recording import Recorder, recorded
from training.common.recording import Listening, RunCallback
from training.tune.network import build_trial
from training.tune.pictures import Split
from training.tune.settings import TuneSettings


class WishedError(keras_tuner.errors.FatalError):  # type: ignore[misc]
    """Somebody wishes that the training ends; Keras Tuner lets it through."""


@dataclass(frozen=True)
class Searched:
    """A search with its data and its row.

    Attributes:
        settings: what is searched.
        pictures: parts; the search sees only those to learn from and those that decide.
        train: batches to learn from.
        validation: batches that decide.
        run: row of the search.
    """

    settings: TuneSettings
    pictures: Split
    train: Any
    validation: Any
    run: Recorder


def plain_values(hyper: Any) -> dict[str, Plain]:
    """Hyperparameters without what Hyperband notes for itself."""
    return {name: value for name, value in hyper.values.items() if not name.startswith("tuner/")}


class RecordedHead(keras_tuner.HyperModel):  # type: ignore[misc]
    """Heads whose trials write their rows."""

    def __init__(self, asked: Searched) -> None:
        super().__init__()
        self.asked = asked

    def build(self, hp: Any) -> keras.Model:
        """The network of a trial, compiled."""
        return build_trial(hp, self.asked.settings, len(self.asked.pictures.labels))

    def fit(self, hp: Any, model: keras.Model, *args: Any, callbacks: Any, **kwargs: Any) -> Any:
        """Learns, as a row below the search's.

        Raises:
            WishedError: somebody wishes that the search ends.
        """
        run = self.asked.run
        trial = next_trial(self.asked, plain_values(hp))
        with recorded(trial, run.folder / trial.key) as row:
            stops = [RunCallback(row), Listening(run)]
            fitted = model.fit(*args, callbacks=[*callbacks, *stops], **kwargs)
            if run.wish():
                express_wish(row.folder, "pause")
            row.update(
                figures={"accuracy": decided(fitted.history, len(self.asked.pictures.validation))},
                parameters=model.count_params(),
            )
        run.update()
        if run.wish():
            raise WishedError("The search ends, as somebody wishes.")
        return fitted


def next_trial(asked: Searched, values: Mapping[str, Plain]) -> Experiment:
    """The row of the next trial."""
    search = asked.run.experiment
    number = next(at for at in itertools.count(1) if not _is_done(asked.run.folder / f"{TRIAL}{at:03d}"))
    return Experiment(
        key=f"{TRIAL}{number:03d}",
        kind="tune",
        name=f"{search.name}, trial {number}",
        data=search.data,
        splits={part: digest for part, digest in search.splits.items() if part != "test"},
        seed=search.seed,
        settings=dict(values),
        epochs_planned=asked.settings.epochs,
        parent=search.key,
    )


TRIAL = "trial-"


def _is_done(folder: Path) -> bool:
    return (folder / RUN).is_file() and read_experiment(folder).state == "finished"


def decided(history: Mapping[str, Any], count: int, chosen: bool = False) -> ExperimentFigure:
    """Accuracy on the validation part at the epoch with the lowest loss on it.

    Args:
        history: name -> value after each epoch.
        count: images of the validation part.
        chosen: whether the run was chosen by it.
    """
    losses = history["val_loss"]
    accuracy = float(history["val_accuracy"][min(range(len(losses)), key=losses.__getitem__)])
    low, high = wilson_interval(round(accuracy * count), count)
    return ExperimentFigure(accuracy, low, high, "validation", count, chosen)


def _hyperband(asked: Searched, common: dict[str, Any]) -> Any:
    settings = asked.settings
    return keras_tuner.Hyperband(
        RecordedHead(asked), max_epochs=settings.epochs, factor=settings.factor, **common
    )


def _bayesian(asked: Searched, common: dict[str, Any]) -> Any:
    return keras_tuner.BayesianOptimization(RecordedHead(asked), max_trials=asked.settings.trials, **common)


def _random(asked: Searched, common: dict[str, Any]) -> Any:
    return keras_tuner.RandomSearch(RecordedHead(asked), max_trials=asked.settings.trials, **common)


def mark_winner(asked: Searched, best: Any) -> None:
    """Says in the row of the best trial that it was chosen by its figure; of equal ones in the last."""
    rows = [run.experiment for run in list_runs(asked.run.folder) if run.experiment]
    same = [row for row in rows if dict(row.settings) == plain_values(best) and row.figures]
    if same:
        winner = max(same, key=lambda row: row.key)
        figure = replace(winner.figures["accuracy"], chosen=True)
        write_experiment(replace(winner, figures={"accuracy": figure}), asked.run.folder / winner.key)


TUNERS: Mapping[str, Callable[[Searched, dict[str, Any]], Any]] = MappingProxyType(
    {"hyperband": _hyperband, "bayesian": _bayesian, "random": _random}
)
"""By the key of the search."""


def made_tuner(asked: Searched) -> Any:
    """The tuner; it goes on with the trials that are there."""
    common = {
        "objective": keras_tuner.Objective("val_loss", "min"),
        "seed": asked.settings.seed,
        "directory": str(asked.settings.out),
        "project_name": "search",
        "overwrite": False,
    }
    return TUNERS[asked.settings.search](asked, common)
