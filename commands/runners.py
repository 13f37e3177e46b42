"""Runners of the command line: this process, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from compute.cluster.cluster import start_cluster
from compute.run.local import OnSteps
from compute.run.runners import ClusterRunner, LocalRunner, OnProgress, Runner
from compute.scheduling.desk import Desk

__all__ = ["Runner", "open_runner", "progress_bar", "steps_bar"]


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
    columns = (
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} runs"),
        BarColumn(),
        TimeRemainingColumn(),
    )
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
