"""Who does what is asked and waits for it: this process, or a cluster. For whoever has nothing to show
meanwhile but progress.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, cast

from compute.base.store import ResultStore
from compute.results.sum_sheet import SummedView
from compute.run.local import (
    OnSteps,
    predict_locally,
    run_features_locally,
    run_filters_locally,
    run_gradients_locally,
    run_pass_locally,
    run_summed_locally,
)
from compute.scheduling.desk import BRIEF, FOREGROUND, Desk, Handle, PassView
from compute.scheduling.filter_jobs import FilterView
from compute.work.filters import FilterOrder, keep_drawings
from compute.work.gradients import GradientSpec, GradientView
from compute.work.specs import PassSpec, Prediction
from compute.work.summed import SummedSpec
from compute.worker.features import FeatureSpec, Found
from engine.errors import VitrineError
from engine.images.picture import Picture
from model_store.catalogue import ModelRef

POLL_SECONDS = 0.1
OnProgress = Callable[[PassView | SummedView], None]


class Runner(Protocol):
    """Something that predicts and runs passes, and waits for them."""

    def predict(self, ref: ModelRef, picture: Picture) -> Prediction:
        """What a model answers."""
        ...

    def run(
        self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> PassView:
        """A finished pass."""
        ...

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        ...

    def add_up(
        self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> SummedView:
        """A finished summed pass."""
        ...

    def look(self, spec: FeatureSpec[Found], picture: Picture) -> Found:
        """The answer to a question about the inside of a model."""
        ...

    def draw(self, order: FilterOrder, on_progress: OnSteps) -> FilterView:
        """Finished pictures, which the store then has."""
        ...


class LocalRunner:
    """Runs in this process."""

    def predict(self, ref: ModelRef, picture: Picture) -> Prediction:
        """What a model answers."""
        return predict_locally(ref, picture)

    def run(
        self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> PassView:
        """A finished pass."""
        return run_pass_locally(spec, prediction, picture, on_progress=on_progress)

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        return run_gradients_locally(spec, prediction, picture)

    def add_up(
        self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> SummedView:
        """A finished summed pass."""
        return run_summed_locally(spec, prediction, picture, on_progress)

    def look(self, spec: FeatureSpec[Found], picture: Picture) -> Found:
        """The answer to a question about the inside of a model."""
        return run_features_locally(spec, picture)

    def draw(self, order: FilterOrder, on_progress: OnSteps) -> FilterView:
        """Finished pictures, which the store then has."""
        return run_filters_locally(order, ResultStore(), on_progress)


def _go_on() -> None:
    """Nothing ends the waiting."""


class ClusterRunner:
    """Runs on a cluster and waits; what it no longer waits for is left.

    Args:
        desk: where work is ordered.
        priority: of passes; gradients, which take a second, come before them unless these wait for others,
            too.
        tick: called while it waits; what it raises ends the waiting.
    """

    def __init__(self, desk: Desk, priority: int = FOREGROUND, tick: Callable[[], None] = _go_on) -> None:
        self._desk = desk
        self._priority = priority
        self._tick = tick

    def predict(self, ref: ModelRef, picture: Picture) -> Prediction:
        """What a model answers."""
        job = self._desk.predict(ref, picture)
        self._wait(job)
        prediction = job.result()
        if prediction is None:
            raise VitrineError("The prediction was cancelled. Please start it again.")
        return prediction

    def run(
        self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> PassView:
        """A finished pass."""
        job = self._desk.start_pass(spec, prediction, picture, self._priority)
        self._wait(job, lambda: on_progress(job))
        return job

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        priority = BRIEF if self._priority >= FOREGROUND else self._priority
        job = self._desk.start_gradients(spec, prediction, picture, priority)
        self._wait(job)
        return job

    def add_up(
        self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress
    ) -> SummedView:
        """A finished summed pass."""
        job = self._desk.start_summed(spec, prediction, picture, self._priority)
        self._wait(job, lambda: on_progress(job))
        return job

    def look(self, spec: FeatureSpec[Found], picture: Picture) -> Found:
        """The answer to a question about the inside of a model."""
        job = self._desk.start_features(spec, picture)
        self._wait(job)
        return cast(Found, job.result())

    def draw(self, order: FilterOrder, on_progress: OnSteps) -> FilterView:
        """Finished pictures, which the store then has."""
        job = self._desk.start_filters(order)
        self._wait(job, lambda: on_progress(job))
        keep_drawings(ResultStore(), job.sheet, order.spec.channels)
        return job

    def _wait(self, job: Handle, tick: Callable[[], None] = _go_on) -> None:
        try:
            while not job.finished:
                self._tick()
                tick()
                time.sleep(POLL_SECONDS)
        finally:
            job.cancel()
        if job.error is not None:
            raise job.error
