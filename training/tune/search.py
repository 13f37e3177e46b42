"""Hyperband, Bayesian or random search over the head of a classifier, then one training of the best.

Hyperband: Li et al. 2018, https://arxiv.org/abs/1603.06560.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
import keras_tuner

from experiments.columns import read_curves, write_image_figures
from experiments.folders import write_experiment
from experiments.record import Experiment, ExperimentFigure, Plain
from experiments.recording import Recorder, recorded
from training.common.recording import RunCallback
from training.common.timing import time_models
from training.tune.network import build_trial, core_of
from training.tune.pictures import dataset, read_split
from training.tune.searching import Searched, WishedError, decided, made_tuner, mark_winner, plain_values
from training.tune.settings import TuneSettings
from training.tune.testing import ask_once

MODEL, LABELS = "model.keras", "labels.json"


@dataclass(frozen=True)
class SearchResult:
    """What a search found; all of it but the network stands in its row, its curves and its trials.

    Attributes:
        labels: names of the classes.
        best: name of a hyperparameter -> its value.
        trials: for each trial, its hyperparameters and its best validation loss, best first.
        history: name of a figure -> its value after each pass of the final training.
        core: the trained network, RGB 0-255 to probabilities.
        figures: accuracy on the test part, or else on the validation part.
    """

    labels: list[str]
    best: dict[str, Plain]
    trials: list[tuple[dict[str, Plain], float]]
    history: dict[str, list[float]]
    core: keras.Model
    figures: Mapping[str, ExperimentFigure]


def _callbacks(settings: TuneSettings, name: str) -> list[keras.callbacks.Callback]:
    """Early stopping on the validation loss, and logs for TensorBoard."""
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=settings.patience, restore_best_weights=True
    )
    return [stopping, keras.callbacks.TensorBoard(str(settings.out / "logs" / name), write_graph=False)]


def search_experiment(settings: TuneSettings) -> Experiment:
    """The row of a search before it begins; nothing is read but names of files."""
    found = read_split(settings)
    said: dict[str, Plain] = {
        "backbone": settings.backbone,
        "weights": settings.weights,
        "size": settings.size,
        "batch": settings.batch,
        "search": settings.search,
        "classes": len(found.labels),
        "images": len(found.train) + len(found.validation) + len(found.test),
        "images learnt from": len(found.train),
    }
    return Experiment(
        key=settings.key,
        kind="classify" if settings.search == "none" else "tune",
        name=f"{settings.backbone}, {settings.named or settings.data.name}",
        data=settings.named or settings.data.name,
        splits=found.digests,
        seed=settings.seed,
        settings=said,
        epochs_planned=settings.epochs,
    )


def _asked(settings: TuneSettings, run: Recorder) -> Searched:
    found = read_split(settings)
    train, validation = dataset(found.train, settings, True), dataset(found.validation, settings, False)
    keras.utils.set_random_seed(settings.seed)
    return Searched(settings, found, train, validation, run)


def _best_head(asked: Searched) -> tuple[Any, list[tuple[dict[str, Plain], float]]]:
    """The best hyperparameters, and all trials, best first."""
    if asked.settings.search == "none":
        return keras_tuner.HyperParameters(), []
    tuner = made_tuner(asked)
    tuner.search(
        asked.train,
        validation_data=asked.validation,
        epochs=asked.settings.epochs,
        callbacks=_callbacks(asked.settings, "search"),
        verbose=0,
    )
    trials = [
        (plain_values(trial.hyperparameters), float(trial.score))
        for trial in tuner.oracle.get_best_trials(1000)
        if trial.score is not None  # one that was broken off has none
    ]
    best = tuner.get_best_hyperparameters(1)[0]
    mark_winner(asked, best)
    return best, trials


def search(settings: TuneSettings, run: Recorder) -> SearchResult | None:
    """Searches, then trains the best head anew for as long as it gets better; None where somebody wishes
    that it ends before.
    """
    asked = _asked(settings, run)
    try:
        best, trials = _best_head(asked)
    except WishedError:
        return None
    model = build_trial(best, settings, len(asked.pictures.labels))
    run.update(settings={**run.experiment.settings, **plain_values(best)})
    going_on = keras.callbacks.BackupAndRestore(str(settings.out / "backup"), delete_checkpoint=False)
    model.fit(
        asked.train,
        epochs=settings.epochs,
        verbose=0,
        validation_data=asked.validation,
        callbacks=[*_callbacks(settings, "final"), going_on, RunCallback(run)],
    )
    if run.wish():
        return None
    history = {name: [value for _, value in points] for name, points in read_curves(run.folder).items()}
    core = core_of(model)
    run.update(
        figures=_figures(asked, core, history),
        speed=time_models({"core": core}, (settings.size, settings.size))["core"],
        parameters=core.count_params(),
    )
    figures = run.experiment.figures
    return SearchResult(asked.pictures.labels, plain_values(best), trials, history, core, figures)


def _figures(
    asked: Searched, core: keras.Model, history: dict[str, list[float]]
) -> dict[str, ExperimentFigure]:
    """Accuracy on the test part, by one look, and on the part that chose the winner."""
    chosen = decided(history, len(asked.pictures.validation), chosen=True)
    if not len(asked.pictures.test):
        return {"accuracy": chosen}
    figure, images = ask_once(core, asked.pictures.test, asked.settings)
    write_image_figures(asked.run.folder, images)
    return {"accuracy": figure, "validation accuracy": chosen}


def search_and_write(settings: TuneSettings) -> SearchResult | None:
    """Searches and writes the model, its labels, the logs and the row of the table of experiments to the
    folder of the search; None where somebody wishes that it ends before.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    with recorded(search_experiment(settings), settings.out) as run:
        outcome = search(settings, run)
        if outcome is not None:
            _write(settings, outcome, run)
    return outcome


def _write(settings: TuneSettings, outcome: SearchResult, run: Recorder) -> None:
    outcome.core.save(settings.out / MODEL)
    (settings.out / LABELS).write_text(
        json.dumps(outcome.labels, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    run.update(model=MODEL, nbytes=(settings.out / MODEL).stat().st_size)


def priced(settings: TuneSettings) -> Experiment:
    """Writes the row of a search that waits, with what it will take at most: the seconds of an image, as the
    second of two steps on a batch measures them, times images and epochs.
    """
    experiment = search_experiment(settings)
    settings.out.mkdir(parents=True, exist_ok=True)
    found = read_split(settings)
    model = build_trial(keras_tuner.HyperParameters(), settings, len(found.labels))
    pixels, labels = next(iter(dataset(found.train, settings, True)))
    model.train_on_batch(pixels, labels)
    began = time.perf_counter()
    model.train_on_batch(pixels, labels)
    each = (time.perf_counter() - began) / len(labels)
    seconds = each * len(found.train) * settings.most_epochs
    more: dict[str, Plain] = {"seconds per image": round(each, 5), "price in seconds": math.ceil(seconds)}
    experiment = replace(experiment, settings={**experiment.settings, **more})
    write_experiment(experiment, settings.out)
    return experiment
