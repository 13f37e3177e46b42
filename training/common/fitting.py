"""What a training by Keras' ``fit`` needs around it: an end in processor time, going on, and the curves."""

import json
import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras

from training.common.config import ConfigError

BACKUP, CURVES, LOGS = "backup", "curves.csv", "logs"
_SPENT = "spent.json"
Wanted = Callable[[], bool]
"""Whether somebody wants the training to end."""


@dataclass(frozen=True)
class FitPlan:
    """How long a training may take.

    Attributes:
        epochs: at most.
        steps: of an epoch.
        minutes: of processor time, over all resumptions; 0: no limit.
        patience: epochs without a better validation loss.
        learning_rate: at the start.
        schedule: key of `SCHEDULES`.
    """

    epochs: int
    steps: int
    minutes: float
    patience: int
    learning_rate: float
    schedule: str = "plateau"


def _constant(rate: float) -> Callable[[float], float]:
    return lambda _share: rate


def _polynomial(rate: float) -> Callable[[float], float]:
    fall = keras.optimizers.schedules.PolynomialDecay(rate, 1000, rate / 100, power=0.9)
    return lambda share: float(fall(1000 * share))


SCHEDULES: Mapping[str, tuple[Callable[[float], Callable[[float], float]], bool]] = MappingProxyType(
    {"constant": (_constant, False), "plateau": (_constant, True), "polynomial": (_polynomial, False)}
)
"""Name -> learning rate by the share 0-1 of the training that is over, and whether it falls on a plateau."""


def spent_seconds(run: Path) -> float:
    """Processor seconds that a run has taken so far."""
    path = run / _SPENT
    return float(json.loads(path.read_text())["processor_seconds"]) if path.exists() else 0.0


def epochs_done(run: Path) -> int:
    """Epochs that a run's backup has."""
    path = run / BACKUP / "training_metadata.json"
    return int(json.loads(path.read_text())["epoch"]) if path.exists() else 0


class ProcessorBudget(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a training after its minutes of processor time, or when somebody wants it to; lets the rate fall.

    The clock is that of this process over all its threads: a busy computer makes a training longer, and no
    worse. It begins after the first step, which is mostly the building of the graph.
    """

    def __init__(self, plan: FitPlan, run: Path, ended: Wanted) -> None:
        super().__init__()
        self.plan, self.run, self.ended = plan, run, ended
        self._before, self._began = spent_seconds(run), math.inf
        self._step = epochs_done(run) * plan.steps
        self._rate = SCHEDULES[plan.schedule][0](plan.learning_rate)
        self._falls = plan.schedule == "polynomial"

    @property
    def spent(self) -> float:
        """Processor seconds so far."""
        return self._before + max(0.0, time.process_time() - self._began)

    @property
    def share(self) -> float:
        """Of the training that is over, by time or by steps, 0-1."""
        by_time = self.spent / (60 * self.plan.minutes) if self.plan.minutes else 0.0
        return min(1.0, max(by_time, self._step / (self.plan.epochs * self.plan.steps)))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Sets the learning rate."""
        if self._falls:
            self.model.optimizer.learning_rate = self._rate(self.share)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ends the training when it is time."""
        self._step += 1
        self._began = min(self._began, time.process_time())
        if self.share >= 1 or self.ended():
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes down what was spent, and sets the learning rate among the figures of the epoch."""
        (self.run / _SPENT).write_text(json.dumps({"processor_seconds": self.spent}) + "\n")
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class WholeEpochs(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
    """Backs up epochs that ended by themselves: Keras' would count one that was cut short as done."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves weights and the optimiser's state."""
        if not self.model.stop_training:
            super().on_epoch_end(epoch, logs)


def callbacks(plan: FitPlan, run: Path, ended: Wanted, tell: keras.callbacks.Callback) -> list[Any]:
    """Keras' callbacks of a training that goes on from the backup in its folder, if there is one.

    Raises:
        ConfigError: there is no such schedule.
    """
    if plan.schedule not in SCHEDULES:
        raise ConfigError(f"There is no schedule {plan.schedule!r}; write one of {', '.join(SCHEDULES)}.")
    run.mkdir(parents=True, exist_ok=True)
    found = [
        WholeEpochs(str(run / BACKUP), double_checkpoint=True, delete_checkpoint=False),
        ProcessorBudget(plan, run, ended),
        keras.callbacks.CSVLogger(str(run / CURVES), append=True),
        keras.callbacks.TensorBoard(str(run / LOGS), write_graph=False),
        keras.callbacks.EarlyStopping("val_loss", patience=plan.patience, restore_best_weights=True),
        keras.callbacks.TerminateOnNaN(),
        tell,
    ]
    if SCHEDULES[plan.schedule][1]:
        patience = max(1, plan.patience // 2)
        found.append(keras.callbacks.ReduceLROnPlateau("val_loss", 0.2, patience))
    return found


@contextmanager
def until_told(wish: Wanted) -> Iterator[Wanted]:
    """Whether a signal to end has come, or somebody wishes so; signals end nothing else meanwhile."""
    told: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    former = {number: signal.signal(number, lambda number, _: told.append(number)) for number in numbers}
    try:
        yield lambda: bool(told) or wish()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
