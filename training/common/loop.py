"""A training run: learns, watches, saves, and can stop and go on at any step."""

import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from training.common.checkpoint import Position, resume, save
from training.common.config import Schedule
from training.common.optimiser import Optimiser, rate

_LOG_EVERY = 50
_PAUSE_S = 60.0  # a step that took longer was interrupted, e.g. the computer slept


@dataclass(frozen=True)
class Places:
    """Folders of a run: the data, the run itself (checkpoint, logs) and the teacher's answers."""

    data: Path
    run: Path
    teacher: Path


def progress(schedule: Schedule, position: Position) -> float:
    """Share of the run that is done, 0-1: of the steps, or of the time where no number of steps is given."""
    done = (
        position.step / schedule.iterations
        if schedule.iterations
        else position.seconds / (60 * schedule.minutes)
    )
    return min(1.0, done)


class Learning(Protocol):
    """What learns: one step on a batch, and the state that makes it go on after a stop."""

    optimiser: Optimiser

    def learn(self, batch: Any, step: int, learning_rate: float) -> tuple[float, float]:
        """One step; the loss on the labels and the loss on the teacher before it."""
        ...


class Loop(ABC):
    """One training run with its logs; call `train`."""

    def __init__(self, schedule: Schedule, places: Places, learner: Learning) -> None:
        self.schedule, self.places, self.learner = schedule, places, learner
        self.writer = tf.summary.create_file_writer(str(places.run / "logs"))
        self.sums, self.logged = np.zeros(2), 0
        self.stopped = False
        self.position = Position()

    @abstractmethod
    def batches(self, first: int) -> Iterator[Any]:
        """Endless batches from number `first` on."""

    @abstractmethod
    def watch(self) -> Mapping[str, float]:
        """Figures of the network, as it is, on the selection pictures; empty without any."""

    def stop(self, *_: object) -> None:
        """Lets `train` save and return after the step it is at; made to be a signal handler."""
        self.stopped = True

    def train(self) -> Position:
        """Learns until the schedule ends, or a signal to end arrives, from the newest checkpoint if there is
        one.
        """
        former = {number: signal.signal(number, self.stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return self._learn()
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _learn(self) -> Position:
        self.position = resume(self.places.run, self.learner.optimiser.state)
        self.logged = self.position.step
        crops = self.batches(self.position.step)
        saved = watched = time.monotonic()
        while progress(self.schedule, self.position) < 1 and not self.stopped:
            self._step(crops)
            now = time.monotonic()
            if now - saved > 60 * self.schedule.save_minutes:
                save(self.places.run, self.learner.optimiser.state, self.position)
                saved = now
            if now - watched > 60 * self.schedule.select_minutes:
                self._watch()
                watched = time.monotonic()
        save(self.places.run, self.learner.optimiser.state, self.position)
        if not self.stopped:
            self._watch()
        return self.position

    def _step(self, crops: Iterator[Any]) -> None:
        started = time.monotonic()
        before = self.position
        speed = rate(self.schedule, before.step, progress(self.schedule, before))
        self.sums += self.learner.learn(next(crops), before.step, speed)
        spent = min(time.monotonic() - started, _PAUSE_S)
        self.position = Position(before.step + 1, before.seconds + spent)
        if self.position.step % _LOG_EVERY == 0:
            self._log(speed)

    def _log(self, speed: float) -> None:
        step, minutes = self.position.step, self.position.seconds / 60
        hard, soft = self.sums / (step - self.logged)
        self._write({"loss/labels": hard, "loss/teacher": soft, "learning_rate": speed, "minutes": minutes})
        print(
            f"step {step} {minutes:.1f} min labels {hard:.3f} teacher {soft:.3f} rate {speed:.2e}", flush=True
        )
        self.sums, self.logged = np.zeros(2), step

    def _watch(self) -> None:
        with self.learner.optimiser.averaged():
            figures = self.watch()
        self._write({f"select/{name}": value for name, value in figures.items()})
        if figures:
            print("select " + " ".join(f"{name} {value:.3f}" for name, value in figures.items()), flush=True)

    def _write(self, scalars: Mapping[str, float]) -> None:
        with self.writer.as_default(self.position.step):
            for name, value in scalars.items():
                tf.summary.scalar(name, value)
