"""What a training by Keras' ``fit`` needs around it: an end in processor time, going on, and the curves."""

import json
import math
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras

from experiments.recording import Recorder
from training.common.config import ConfigError
from training.common.recording import RunCallback

BACKUP, CURVES, LOGS = "backup", "curves.csv", "logs"
_SPENT = "spent.json"
Wanted = Callable[[], bool]
"""Whether somebody wants the training to end."""


@dataclass(frozen=True)
class FitPlan:
    """How long a training may take, and how its learning rate goes.

    Attributes:
        epochs: at most.
        steps: of an epoch.
        minutes: of processor time, over all resumptions; 0: no limit.
        patience: epochs without a better validation loss; 0: nothing is validated.
        learning_rate: at the start, or after the warm-up.
        schedule: key of `SCHEDULES`.
        warmup: steps over which the rate of `linear` rises from 0.
        decay: last share of the training over which it falls to 0.
    """

    epochs: int
    steps: int
    minutes: float
    patience: int
    learning_rate: float
    schedule: str = "plateau"
    warmup: int = 0
    decay: float = 1.0


def _polynomial(plan: FitPlan, _step: int, share: float) -> float:
    rate = plan.learning_rate
    return float(keras.optimizers.schedules.PolynomialDecay(rate, 1000, rate / 100, power=0.9)(1000 * share))


def _linear(plan: FitPlan, step: int, share: float) -> float:
    rise = min(1.0, (step + 1) / max(1, plan.warmup))
    return plan.learning_rate * min(rise, max(0.0, 1 - share) / plan.decay)


Rate = Callable[[FitPlan, int, float], float]
"""Learning rate by the step, from 0, and by the share 0-1 of the training that is over."""
SCHEDULES: Mapping[str, Rate | None] = MappingProxyType(
    {"constant": None, "plateau": None, "polynomial": _polynomial, "linear": _linear}
)
"""Name -> learning rate; None: that of the optimiser, which falls on a plateau of the validation loss."""


def spent_seconds(run: Path) -> float:
    """Processor seconds that a run has taken so far."""
    path = run / _SPENT
    return float(json.loads(path.read_text())["processor_seconds"]) if path.exists() else 0.0


def epochs_done(run: Path) -> int:
    """Epochs that a run's backup has."""
    path = run / BACKUP / "training_metadata.json"
    return int(json.loads(path.read_text())["epoch"]) if path.exists() else 0


class ProcessorBudget(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a training after its minutes of processor time, or when somebody wants it to; sets the rate.

    The clock is that of this process over all its threads: a busy computer makes a training longer, and no
    worse. It begins after the first step, which is mostly the building of the graph.
    """

    def __init__(self, plan: FitPlan, run: Path, ended: Wanted) -> None:
        super().__init__()
        self.plan, self.run, self.ended = plan, run, ended
        self._before, self._began = spent_seconds(run), math.inf
        self.step = epochs_done(run) * plan.steps
        self._rate = SCHEDULES[plan.schedule]

    @property
    def spent(self) -> float:
        """Processor seconds so far."""
        return self._before + max(0.0, time.process_time() - self._began)

    @property
    def share(self) -> float:
        """Of the training that is over, by time or by steps, 0-1."""
        return self.share_at(self.step)

    def share_at(self, step: int) -> float:
        """The same once so many steps are done, as far as time says by now."""
        by_time = self.spent / (60 * self.plan.minutes) if self.plan.minutes else 0.0
        return min(1.0, max(by_time, step / (self.plan.epochs * self.plan.steps)))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Sets the learning rate."""
        if self._rate:
            self.model.optimizer.learning_rate = self._rate(self.plan, self.step, self.share)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ends the training when it is time."""
        self.step += 1
        self._began = min(self._began, time.process_time())
        if self.share >= 1 or self.ended():
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes down what was spent, and sets the learning rate among the figures of the epoch."""
        (self.run / _SPENT).write_text(json.dumps({"processor_seconds": self.spent}) + "\n")
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class WholeEpochs(keras.callbacks.BackupAndRestore):  # type: ignore[misc]
    """Backs up epochs that nobody cut short: Keras' would count one that somebody ended as done."""

    def __init__(self, run: Path, ended: Wanted) -> None:
        super().__init__(str(run / BACKUP), double_checkpoint=True, delete_checkpoint=False)
        self._ended = ended

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves weights and the optimiser's state."""
        if not self._ended():
            super().on_epoch_end(epoch, logs)


def callbacks(budget: ProcessorBudget, tell: Iterable[keras.callbacks.Callback]) -> list[Any]:
    """Keras' callbacks of a training that goes on from the backup in its folder, if there is one.

    Args:
        budget: ends it.
        tell: others, which see what an epoch ended with before it is written.
    """
    plan, run = budget.plan, budget.run
    found = [
        WholeEpochs(run, budget.ended),
        budget,
        *tell,
        keras.callbacks.CSVLogger(str(run / CURVES), append=True),
        keras.callbacks.TensorBoard(str(run / LOGS), write_graph=False),
        keras.callbacks.TerminateOnNaN(),
    ]
    if plan.patience:
        stopping = keras.callbacks.EarlyStopping(
            "val_loss", patience=plan.patience, restore_best_weights=True
        )
        found.append(stopping)
    if plan.schedule == "plateau":
        patience = max(1, plan.patience // 2)
        found.append(keras.callbacks.ReduceLROnPlateau("val_loss", 0.2, patience))
    return found


def fit_on(
    model: keras.Model,
    batches: Callable[[ProcessorBudget], Any],
    plan: FitPlan,
    run: Recorder,
    tell: Iterable[keras.callbacks.Callback] = (),
    **more: Any,
) -> None:
    """Trains by Keras' ``fit``, from the backup on if there is one, until the plan is done or people wish
    that it ends.

    Args:
        model: compiled.
        batches: endless, from the step on that the budget says.
        plan: how long.
        run: its row.
        tell: callbacks besides.
        **more: for ``fit``.

    Raises:
        ConfigError: there is no such schedule.
        KeyboardInterrupt: a signal ended it; it can go on.
    """
    if plan.schedule not in SCHEDULES:
        raise ConfigError(f"There is no schedule {plan.schedule!r}; write one of {', '.join(SCHEDULES)}.")
    with until_told(lambda: run.wish() is not None) as ended:
        budget = ProcessorBudget(plan, run.folder, ended)
        if budget.share >= 1:
            load_backup(model, run.folder)
            return
        model.optimizer.build(model.trainable_variables)  # made inside of fit, the step is traced twice
        found = callbacks(budget, [*tell, RunCallback(run)])
        more.update(epochs=plan.epochs, steps_per_epoch=plan.steps, shuffle=False, callbacks=found, verbose=2)
        model.fit(batches(budget), **more)
        if ended() and run.wish() is None:
            raise KeyboardInterrupt


def load_backup(model: keras.Model, run: Path) -> bool:
    """Puts the newest backup into a compiled network, with its moving average where it has one; returns
    whether there is one.
    """
    path = run / BACKUP / "latest.weights.h5"
    if path.exists():
        model.optimizer.build(model.trainable_variables)
        model.load_weights(path)
        model.optimizer.finalize_variable_values(model.trainable_variables)
    return path.exists()


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
