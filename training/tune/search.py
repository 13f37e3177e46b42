"""Hyperband over the head of a classifier (Li et al. 2018, https://arxiv.org/abs/1603.06560).

One training with the best head follows.
"""

import json
from typing import Any

import keras
import keras_tuner

from training.tune.network import build_trial, core_of
from training.tune.pictures import dataset, read_split
from training.tune.report import SearchResult, write_history, write_report
from training.tune.settings import TuneSettings

MODEL, LABELS = "model.keras", "labels.json"


def _callbacks(settings: TuneSettings, name: str) -> list[keras.callbacks.Callback]:
    """Early stopping on the validation loss, and logs for TensorBoard."""
    stopping = keras.callbacks.EarlyStopping(
        "val_loss", patience=settings.patience, restore_best_weights=True
    )
    return [stopping, keras.callbacks.TensorBoard(str(settings.out / "logs" / name), write_graph=False)]


def _settings_of(hyper: Any) -> dict[str, Any]:
    """Hyperparameters without what Hyperband notes for itself."""
    return {name: value for name, value in hyper.values.items() if not name.startswith("tuner/")}


def search(settings: TuneSettings) -> SearchResult:
    """Searches, then trains the best head anew for as long as it gets better."""
    found = read_split(settings)
    train, validation = dataset(found.train, settings, True), dataset(found.validation, settings, False)
    keras.utils.set_random_seed(settings.seed)
    tuner = keras_tuner.Hyperband(
        lambda hyper: build_trial(hyper, settings, len(found.labels)),
        objective=keras_tuner.Objective("val_loss", "min"),
        max_epochs=settings.epochs,
        factor=settings.factor,
        seed=settings.seed,
        directory=str(settings.out),
        project_name="search",
        overwrite=True,
    )
    tuner.search(train, validation_data=validation, callbacks=_callbacks(settings, "search"), verbose=0)
    best = tuner.get_best_hyperparameters(1)[0]
    model = build_trial(best, settings, len(found.labels))
    watched = {"validation_data": validation, "callbacks": _callbacks(settings, "final")}
    fitted = model.fit(train, epochs=settings.epochs, verbose=0, **watched)
    trials = [
        (_settings_of(trial.hyperparameters), float(trial.score))
        for trial in tuner.oracle.get_best_trials(1000)
    ]
    history = {name: [float(value) for value in values] for name, values in fitted.history.items()}
    return SearchResult(
        found.labels,
        (len(found.train), len(found.validation)),
        _settings_of(best),
        trials,
        history,
        core_of(model),
    )


def search_and_write(settings: TuneSettings) -> SearchResult:
    """Searches and writes the model, its labels, the report, the plots and the logs to the folder of the
    search.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    outcome = search(settings)
    outcome.core.save(settings.out / MODEL)
    (settings.out / LABELS).write_text(
        json.dumps(outcome.labels, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    write_history(settings.out, outcome.history)
    write_report(settings, outcome)
    return outcome
