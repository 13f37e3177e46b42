"""Runners of the command line: this process, or a Dask cluster."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from commands.terminal import tamed
from compute.base.store import ResultStore
from compute.cluster.cluster import start_cluster
from compute.run.runners import ClusterRunner, LocalRunner, OnProgress, Runner
from compute.scheduling.queue import JobQueue
from compute.work.contract import Price, Progress, View

FAR_SLOWER = 1.5
"""So many times the estimate is said to be more than the estimate."""
LEAST_SECONDS = 5.0
"""Of a shorter pass nobody wants to know what it took: loading the model takes longer."""


def error_bar(text: str, *more: ProgressColumn, **options: Any) -> Bar:
    """A bar on the error stream."""
    columns = TextColumn(text, markup=False), BarColumn(), TimeRemainingColumn(), *more
    return Bar(*columns, console=Console(stderr=True), transient=True, **options)


@contextmanager
def open_runner(scheduler: str | None, store: ResultStore | None = None) -> Iterator[Runner]:
    """A runner on the cluster at an address, or in this process without one.

    Args:
        scheduler: the address, or None.
        store: where finished work is found and kept, or None.

    Raises:
        VitrineError: the cluster cannot be reached.
    """
    if scheduler is None:
        yield LocalRunner(store)
        return
    cluster = start_cluster(scheduler=scheduler, warm=None)
    try:
        yield ClusterRunner(JobQueue(cluster, store))
    finally:
        cluster.close()


def progress_bar() -> AbstractContextManager[OnProgress]:
    """A bar that follows an order."""
    return _bar_of("model evaluations")


def images_bar() -> AbstractContextManager[OnProgress]:
    """A bar that follows a model through a data set."""
    return _bar_of("images")


def rows_bar() -> AbstractContextManager[OnProgress]:
    """A bar that follows classifiers."""
    return _bar_of("rows")


@contextmanager
def _bar_of(unit: str) -> Iterator[OnProgress]:
    note = TextColumn("{task.fields[note]}", markup=False)
    with error_bar("{task.completed:,.0f} of {task.total:,.0f} " + unit, note) as bar:
        task = bar.add_task("", total=1, note="")

        def follow(view: View[Any, Any]) -> None:
            progress = view.progress()
            done, total = progress.done_runs, progress.total_runs
            bar.update(task, completed=done, total=total, note=slowdown_text(progress))

        yield follow


@contextmanager
def steps_bar(layer: str) -> Iterator[OnProgress]:
    """A bar that follows the drawing of a layer."""
    with error_bar("{task.description}: {task.percentage:.0f} %") as bar:
        task = bar.add_task(tamed(layer), total=1.0)
        yield lambda view: bar.update(task, completed=view.sheet.share)


def slowdown_text(progress: Progress) -> str:
    """What is measured while it runs, where that is far more than the price said."""
    if progress.slowdown is None or progress.slowdown < FAR_SLOWER:
        return ""
    return f"measured: {progress.slowdown:.2g} times the estimate"


def took_text(price: Price, seconds: float) -> str:
    """What a pass took in the end, where that is far more than its price; empty where it is not."""
    if price.seconds < LEAST_SECONDS or seconds < FAR_SLOWER * price.seconds:
        return ""
    return (
        f"It took {seconds:.0f} s and not about {price.seconds:.0f} s: the estimate is for a machine that "
        "does nothing else."
    )


def price_text(price: Price) -> str:
    """A price in words."""
    gradients = f", {price.gradients:,} gradients" if price.gradients else ""
    layers = f", {price.layers:,} layers" if price.layers else ""
    return f"{price.runs:,} model evaluations{gradients}{layers}, about {price.seconds:.0f} s"
