"""The training of a recipe by Keras' ``fit``, on batches that depend on the seed and their number alone."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from experiments.record import Experiment, ExperimentKind, Plain
from experiments.recording import recorded
from training.common.config import Position, Schedule
from training.common.fitting import FitPlan, ProcessorBudget, fit_on, load_backup, spent_seconds
from training.common.keras_files import ExportError
from training.common.optimiser import averaged
from training.common.recording import known_run

_AHEAD = 6
_MOST_EPOCHS = 1_000_000
Draw = Callable[[int, float], Sequence[np.ndarray[Any, Any]]]
"""A batch, by its number and the share 0-1 of the run that is over: pixels (B, H, W, 3), then targets."""


@dataclass(frozen=True)
class Lesson:
    """What a recipe trains.

    Attributes:
        row: key, kind, title, seed and what the network is, for the table of experiments.
        schedule: how long and how fast.
        model: compiled.
        draw: batches.
        watch: figures of the network as it is, on the selection pictures; none without any.
        one_size: whether all batches have the same height and width.
    """

    row: Experiment
    schedule: Schedule
    model: keras.Model
    draw: Draw
    watch: Callable[[], Mapping[str, float]]
    one_size: bool = True


def recipe_row(kind: ExperimentKind, key: str, title: str, seed: int, shape: Mapping[str, Any]) -> Experiment:
    """The row of a recipe before it begins; ``shape`` says what the network is."""
    settings: dict[str, Plain] = {
        name: value if isinstance(value, Plain) else " ".join(map(str, value))
        for name, value in shape.items()
    }
    return Experiment(key=key, kind=kind, name=title, seed=seed, settings=settings)


def fit_plan(schedule: Schedule) -> FitPlan:
    """Epochs of the length that the schedule says, as many as its steps make, or without an end but time."""
    epochs, steps = _MOST_EPOCHS, schedule.epoch
    if schedule.iterations:
        epochs = max(1, round(schedule.iterations / schedule.epoch))
        steps = math.ceil(schedule.iterations / epochs)
    minutes = 0.0 if schedule.iterations else schedule.minutes
    rate = (schedule.learning_rate, "linear", schedule.warmup, schedule.decay)
    return FitPlan(epochs, steps, minutes, 0, *rate)


def train_recipe(lesson: Lesson, run: Path) -> Position:
    """Learns until the schedule ends or somebody ends it, from the backup on if there is one.

    Raises:
        ConfigError: the folder holds a run of another network.
    """
    known_run(lesson.row, run)
    plan = fit_plan(lesson.schedule)
    with recorded(lesson.row, run) as row:
        row.update(parameters=lesson.model.count_params())
        watching = [Watching(lesson.watch, lesson.schedule.select_minutes)]
        fit_on(
            lesson.model,
            lambda budget: drawn_batches(lesson.draw, budget, lesson.one_size),
            plan,
            row,
            watching,
        )
    return Position(int(lesson.model.optimizer.iterations), spent_seconds(run))


def drawn_batches(draw: Draw, budget: ProcessorBudget, one_size: bool = True) -> tf.data.Dataset:
    """Endless batches from the step on at which the budget stands, drawn a few ahead by one other thread."""

    def numbered(first: int = budget.step) -> Iterator[Any]:
        for number in itertools.count(first):
            pixels, *targets = draw(number, budget.share_at(number))
            yield pixels.astype(np.float32), targets[0] if len(targets) == 1 else tuple(targets)

    def spec(values: np.ndarray[Any, Any]) -> tf.TensorSpec:
        known = values.shape[1:] if one_size else [*[None] * (values.ndim - 2), values.shape[-1]]
        return tf.TensorSpec([None, *known], values.dtype)

    signature = tf.nest.map_structure(spec, next(numbered()))
    return tf.data.Dataset.from_generator(numbered, output_signature=signature).prefetch(_AHEAD)


class Watching(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures the moving average on the selection pictures, and tells the figures with those of the epoch.

    Args:
        watch: measures.
        minutes: of processor time between measures; epochs between them have the figures of the last one.
    """

    def __init__(self, watch: Callable[[], Mapping[str, float]], minutes: float) -> None:
        super().__init__()
        self._watch, self._seconds = watch, 60 * minutes
        self._measured, self._figures = -math.inf, dict[str, float]()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measures where it is time, and at the end."""
        spent = time.process_time()
        if spent - self._measured >= self._seconds or self.model.stop_training:
            with averaged(self.model):
                found = self._watch()
            self._measured, self._figures = spent, {f"select_{name}": found[name] for name in found}
        if logs is not None:
            logs.update(self._figures)


def load_trained(model: keras.Model, run: Path) -> Position:
    """Puts the moving average of a run's newest backup into a compiled network, and says where it stood.

    Raises:
        ExportError: the run has no backup, or one of another network.
    """
    try:
        found = load_backup(model, run)
    except ValueError as error:
        raise ExportError(f"{run} holds a run of another network: {error}") from None
    if not found:
        raise ExportError(f"{run} holds no checkpoint yet; train first.")
    return Position(int(model.optimizer.iterations), spent_seconds(run))
