"""The training run: learns, watches, saves, and can stop and go on at any step."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from training.batches import batches, load_pools
from training.checkpoint import Position, resume, save
from training.config import Config, Schedule
from training.learning import Learner, rate
from training.measure import measure
from training.networks import Network, build_network
from training.sources import Sample, all_samples

_LOG_EVERY = 50


@dataclass(frozen=True)
class Places:
    """Folders of a run: the data, the run itself (checkpoint, logs) and the teacher's answers."""

    data: Path
    run: Path
    teacher: Path


def progress(schedule: Schedule, position: Position) -> float:
    """Share of the run that is done, 0-1: of the steps, or of the time where no number of steps is given."""
    done = position.step / schedule.iterations if schedule.iterations else position.seconds / (60 * schedule.minutes)
    return min(1.0, done)


@contextmanager
def averaged(learner: Learner) -> Iterator[None]:
    """While it lasts, the network has the moving average of its weights."""
    variables = [*learner.network.learnt, *learner.network.followed]
    own = [variable.numpy() for variable in variables]
    try:
        for variable, average in zip(variables, learner.average, strict=True):
            variable.assign(average)
        yield
    finally:
        for variable, value in zip(variables, own, strict=True):
            variable.assign(value)


class _Runner:
    """Whole pictures through a network, one traced function for each size."""

    def __init__(self, network: Network) -> None:
        self._call = tf.function(lambda pixels: network.logits(pixels, False))

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits (H/4, W/4, 8) of RGB 0-255 (H, W, 3)."""
        answer: NDArray[np.float32] = self._call(tf.constant(pixels[None])).numpy()[0]
        return answer


class Run:
    """One training run with its logs; call `train`."""

    def __init__(self, config: Config, places: Places) -> None:
        self.config, self.places = config, places
        self.learner = Learner(build_network(config.model, config.seed), config)
        self.runner = _Runner(self.learner.network)
        self.writer = tf.summary.create_file_writer(str(places.run / "logs"))
        self.watched: list[Sample] = all_samples(config, places.data, ["select"])
        self.sums, self.logged = np.zeros(2), 0
        self.stopped = False

    def stop(self, *_: object) -> None:
        """Lets `train` save and return after the step it is at; made to be a signal handler."""
        self.stopped = True

    def train(self) -> Position:
        """Learns until the schedule ends, or a signal to end arrives, from the newest checkpoint if there is one."""
        former = {number: signal.signal(number, self.stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return self._learn()
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _learn(self) -> Position:
        position = resume(self.places.run, self.learner.state)
        self.logged = position.step
        crops = batches(load_pools(self.config, self.places.data, self.places.teacher), self.config, position.step)
        saved = watched = time.monotonic()
        while progress(self.config.schedule, position) < 1 and not self.stopped:
            position = self._step(position, crops)
            now = time.monotonic()
            if now - saved > 60 * self.config.schedule.save_minutes:
                save(self.places.run, self.learner.state, position)
                saved = now
            if now - watched > 60 * self.config.schedule.select_minutes:
                self._watch(position)
                watched = time.monotonic()
        save(self.places.run, self.learner.state, position)
        if not self.stopped:
            self._watch(position)
        return position

    def _step(self, position: Position, crops: Iterator) -> Position:  # type: ignore[type-arg]
        started = time.monotonic()
        speed = rate(self.config.schedule, position.step, progress(self.config.schedule, position))
        self.sums += self.learner.learn(next(crops), position.step, speed)
        after = Position(position.step + 1, position.seconds + time.monotonic() - started)
        if after.step % _LOG_EVERY == 0:
            self._log(after, speed)
        return after

    def _log(self, position: Position, speed: float) -> None:
        hard, soft = self.sums / (position.step - self.logged)
        scalars = {"loss/labels": hard, "loss/teacher": soft, "learning_rate": speed, "minutes": position.seconds / 60}
        with self.writer.as_default(position.step):
            for name, value in scalars.items():
                tf.summary.scalar(name, value)
        print(f"step {position.step} {position.seconds / 60:.1f} min labels {hard:.3f} teacher {soft:.3f} rate {speed:.2e}", flush=True)
        self.sums, self.logged = np.zeros(2), position.step

    def _watch(self, position: Position) -> None:
        if not self.watched:
            return
        with averaged(self.learner):
            figures = measure(self.runner, self.watched)
        with self.writer.as_default(position.step):
            tf.summary.scalar("select/mean_iou", figures.mean_iou)
            for name, value in figures.iou.items():
                tf.summary.scalar(f"select/iou_{name}", value)
        shown = " ".join(f"{name} {value:.3f}" for name, value in figures.iou.items())
        print(f"select mean {figures.mean_iou:.3f} accuracy {figures.pixel_accuracy:.3f} {shown}", flush=True)
