"""`batch`: one question asked of all pictures of a folder; stopped anywhere, it goes on there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from commands.explain import ExplainQuestion
from commands.runners import error_bar
from compute.batch.explain import ExplainEach
from compute.batch.keeping import MAPS
from compute.batch.pictures import Listing, list_pictures
from compute.batch.run import Batch, PictureOutcome, window_of
from compute.cluster.cluster import start_cluster
from compute.run.runners import ClusterRunner, LocalRunner
from compute.scheduling.queue import JobQueue
from model_store.catalogue import ModelRef

Show = Callable[[float], None]
SAID = 20
"""So many skipped files are named; a folder may have thousands."""


class Stopped(Exception):
    """A person stopped the batch; the text says how to go on."""


@dataclass(frozen=True)
class BatchQuestion:
    """What is asked on the command line, as it was typed.

    Attributes:
        model: key in the catalogue.
        images: folder of pictures.
        method: key in the table of methods.
        settings: NAME=VALUE texts.
        top: so many best classes or largest zones, or None.
        scheduler: address of a Dask cluster, or None.
        graded: grade each map by all metrics.
    """

    model: str
    images: Path
    method: str
    settings: tuple[str, ...] = ()
    top: int | None = None
    scheduler: str | None = None
    graded: bool = False

    def spec(self) -> ExplainEach:
        """What is asked of each picture.

        Raises:
            ParamsError: unknown method or parameter, or a bad value.
        """
        params = ExplainQuestion(self.model, self.images, self.method, self.settings).params()
        return ExplainEach(ModelRef.parse(self.model), self.method, params, self.top, self.graded)


def explain_folder(question: BatchQuestion, out: Path, say: Callable[[str], None]) -> None:
    """Explain the pictures that have no maps yet, write the table, and say what happens line by line.

    Raises:
        VitrineError: the question cannot be answered for any picture.
        Stopped: Ctrl-C; what is done is kept.
    """
    spec, listing = question.spec(), list_pictures(question.images, spare=(out, out / MAPS))
    batch = Batch(spec, listing.items, out)
    _say_skipped(listing, say)
    try:
        with _open_bar(batch) as show:
            found = _count_done(batch, show)
            say(
                f"{len(listing.items):,} pictures, {found:,} of them done before; runs for each "
                f"other one: {'at most ' if spec.about.fewer else ''}{spec.about.runs(spec.params):,}"
            )
            said = _explain_missing(batch, question.scheduler, say, show)
    except KeyboardInterrupt as stop:
        done = len(listing.items) - len(batch.missing)
        raise Stopped(
            f"Stopped: {done:,} of {len(listing.items):,} pictures are done. The same command "
            "goes on with the others."
        ) from stop
    say(f"{said}, {found:,} done before -> {batch.table}")


def _say_skipped(listing: Listing, say: Callable[[str], None]) -> None:
    for sentence in listing.skipped[:SAID]:
        say(sentence)
    if len(listing.skipped) > SAID:
        say(f"{len(listing.skipped) - SAID:,} more files are skipped.")


def _count_done(batch: Batch, show: Show) -> int:
    found = 0
    for outcome in batch.done():
        found += outcome is not None
        show(found)
    return found


def _explain_missing(batch: Batch, scheduler: str | None, say: Callable[[str], None], show: Show) -> str:
    """What became of the pictures, in words; the table is written however it ends."""
    began, failed, missing = monotonic(), 0, len(batch.missing)
    before = len(batch.items) - missing
    batch.meter.on_change = lambda: show(
        len(batch.items) - len(batch.missing) + failed + batch.meter.under_way
    )
    try:
        for ended, outcome in enumerate(_run(batch, scheduler), before + 1):
            show(ended + batch.meter.under_way)
            if outcome.error is not None:
                failed += 1
                say(f"{outcome.name}: {outcome.error}")
    finally:
        batch.write_table()
    return f"{missing - failed:,} pictures explained in {monotonic() - began:.0f} s, {failed:,} failed"


def _run(batch: Batch, scheduler: str | None) -> Iterator[PictureOutcome]:
    """In this process one picture after the other; on a cluster as many as keep its workers busy."""
    if scheduler is None:
        yield from batch.run(LocalRunner())
        return
    cluster = start_cluster(scheduler=scheduler, warm=None)
    try:
        runner = ClusterRunner(JobQueue(cluster), tick=batch.leave)
        yield from batch.run(runner, window_of(cluster.client()))
    finally:
        cluster.close()


@contextmanager
def _open_bar(batch: Batch) -> Iterator[Show]:
    """A bar; lines that are said meanwhile stand above it."""
    text = "{task.completed:,.1f} of {task.total:,.0f} pictures"
    with error_bar(text, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=len(batch.items))
        yield lambda done: bar.update(task, completed=done)
