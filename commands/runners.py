"""Runners of the command line: this process, or a Dask cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from commands.terminal import tamed
from compute.base.store import ResultStore
from compute.cluster.cluster import start_cluster
from compute.run.runners import ClusterRunner, LocalRunner, OnProgress, Runner
from compute.scheduling.queue import JobQueue
from compute.work.contract import Price, View


def error_bar(text: str, **options: Any) -> Bar:
    """A bar on the error stream."""
    columns = TextColumn(text, markup=False), BarColumn(), TimeRemainingColumn()
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


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """A bar that follows an order."""
    with error_bar("{task.completed:,.0f} of {task.total:,.0f} model evaluations") as bar:
        task = bar.add_task("", total=1)

        def follow(view: View[Any, Any]) -> None:
            progress = view.progress()
            bar.update(task, completed=progress.done_runs, total=progress.total_runs)

        yield follow


@contextmanager
def steps_bar(layer: str) -> Iterator[OnProgress]:
    """A bar that follows the drawing of a layer."""
    with error_bar("{task.description}: {task.percentage:.0f} %") as bar:
        task = bar.add_task(tamed(layer), total=1.0)
        yield lambda view: bar.update(task, completed=view.sheet.share)


def price_text(price: Price) -> str:
    """A price in words."""
    gradients = f", {price.gradients:,} gradients" if price.gradients else ""
    layers = f", {price.layers:,} layers" if price.layers else ""
    return f"{price.runs:,} model evaluations{gradients}{layers}, about {price.seconds:.0f} s"
