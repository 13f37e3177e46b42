"""Where the command line runs its passes: in this process, or on a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from compute.cluster import start_cluster
from compute.features import FeatureSpec, Found
from compute.filter_jobs import FilterView
from compute.filters import FilterOrder, keep_drawings
from compute.gradients import GradientSpec, GradientView
from compute.jobs import Desk, Handle, PassView
from compute.local import (
    OnSteps,
    predict_locally,
    run_features_locally,
    run_filters_locally,
    run_gradients_locally,
    run_pass_locally,
    run_summed_locally,
)
from compute.specs import PassSpec, Prediction
from compute.store import ResultStore
from compute.sum_sheet import SummedView
from compute.summed import SummedSpec
from engine.errors import VitrineError
from engine.picture import Picture
from model_store.catalogue import ModelRef

POLL_SECONDS = 0.1
OnProgress = Callable[[PassView | SummedView], None]


class Runner(Protocol):
    """Something that predicts and runs passes, and waits for them."""

    def predict(self, ref: ModelRef, picture: Picture) -> Prediction:
        """What a model answers."""
        ...

    def run(self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> PassView:
        """A finished pass."""
        ...

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        ...

    def add_up(self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> SummedView:
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

    def run(self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> PassView:
        """A finished pass."""
        return run_pass_locally(spec, prediction, picture, on_progress=on_progress)

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        return run_gradients_locally(spec, prediction, picture)

    def add_up(self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> SummedView:
        """A finished summed pass."""
        return run_summed_locally(spec, prediction, picture, on_progress)

    def look(self, spec: FeatureSpec[Found], picture: Picture) -> Found:
        """The answer to a question about the inside of a model."""
        return run_features_locally(spec, picture)

    def draw(self, order: FilterOrder, on_progress: OnSteps) -> FilterView:
        """Finished pictures, which the store then has."""
        return run_filters_locally(order, ResultStore(), on_progress)


class ClusterRunner:
    """Runs on a cluster and waits."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def predict(self, ref: ModelRef, picture: Picture) -> Prediction:
        """What a model answers."""
        job = self._desk.predict(ref, picture)
        _wait(job, lambda: None)
        prediction = job.result()
        if prediction is None:
            raise VitrineError("The prediction was cancelled. Please start it again.")
        return prediction

    def run(self, spec: PassSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> PassView:
        """A finished pass."""
        job = self._desk.start_pass(spec, prediction, picture)
        _wait(job, lambda: on_progress(job))
        return job

    def watch(self, spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
        """A finished gradient pass."""
        job = self._desk.start_gradients(spec, prediction, picture)
        _wait(job, lambda: None)
        return job

    def add_up(self, spec: SummedSpec, prediction: Prediction, picture: Picture, on_progress: OnProgress) -> SummedView:
        """A finished summed pass."""
        job = self._desk.start_summed(spec, prediction, picture)
        _wait(job, lambda: on_progress(job))
        return job

    def look(self, spec: FeatureSpec[Found], picture: Picture) -> Found:
        """The answer to a question about the inside of a model."""
        job = self._desk.start_features(spec, picture)
        _wait(job, lambda: None)
        return cast(Found, job.result())

    def draw(self, order: FilterOrder, on_progress: OnSteps) -> FilterView:
        """Finished pictures, which the store then has."""
        job = self._desk.start_filters(order)
        _wait(job, lambda: on_progress(job))
        keep_drawings(ResultStore(), job.sheet, order.spec.channels)
        return job


@contextmanager
def open_runner(scheduler: str | None) -> Iterator[Runner]:
    """A runner on the cluster at an address, or in this process without one.

    Raises:
        VitrineError: the cluster cannot be reached.
    """
    if scheduler is None:
        yield LocalRunner()
        return
    cluster = start_cluster(scheduler=scheduler, warm=None)
    try:
        yield ClusterRunner(Desk(cluster))
    finally:
        cluster.close()


@contextmanager
def progress_bar(runs: int) -> Iterator[OnProgress]:
    """A bar on the error stream that follows a pass."""
    columns = (TextColumn("{task.completed:,.0f} of {task.total:,.0f} runs"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=runs)
        yield lambda view: bar.update(task, completed=view.progress().done_runs)


@contextmanager
def steps_bar(layer: str) -> Iterator[OnSteps]:
    """A bar on the error stream that follows the drawing of a layer."""
    columns = (TextColumn("{task.description}: {task.percentage:.0f} %"), BarColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(layer, total=1.0)
        yield lambda view: bar.update(task, completed=view.sheet.share)


def _wait(job: Handle, tick: Callable[[], None]) -> None:
    while not job.finished:
        tick()
        time.sleep(POLL_SECONDS)
    if job.error is not None:
        raise job.error
