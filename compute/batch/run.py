"""Batch under way: a window of images at a time, each kept when it is done.

So it can be stopped anywhere and goes on there.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from compute.base.errors import TaskError
from compute.base.logs import redact_names
from compute.batch.each import EachImage, TableRow, failure_row
from compute.batch.keeping import keeping_of
from compute.batch.pictures import BatchItem
from compute.batch.table import write_table
from compute.run.runners import OnProgress, Runner, Watch
from engine.errors import ModelError, PictureError, SettingError, StoreError, VitrineError
from engine.images.picture import read_picture
from model_store.catalogue import as_seen

TABLE = "scores.parquet"
PER_WORKER = 2
"""So many pictures are under way for each worker: while one is read or written, another is computed."""

MAX_WINDOW = 512
SAME_FAILURES = 5
"""After so many pictures in a row that fail for the same reason, the reason is not the picture."""

logger = logging.getLogger(__name__)


class BatchCancelled(Exception):
    """Raised where a batch is waited for that was stopped."""


@dataclass(frozen=True)
class PictureOutcome:
    """What became of one picture.

    Attributes:
        name: of the picture.
        rows: of the table.
        error: why there are no maps, or None.
    """

    name: str
    rows: tuple[TableRow, ...]
    error: VitrineError | None = None


class CancelToken:
    """Lets those go who wait for a batch; the runner of a batch with a window is given it as ``tick``."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> None:
        """Raises ``BatchCancelled`` once ``ask`` was called."""
        if self._asked.is_set():
            raise BatchCancelled

    def raise_if_cancelled(self) -> None:
        """From now on nobody waits any more."""
        self._asked.set()


@dataclass
class ProgressTracker:
    """How far the pictures are that are under way; told by several threads."""

    shares: dict[str, float] = field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None

    @property
    def under_way(self) -> float:
        """Pictures' worth of work that is done on unfinished ones."""
        return sum(list(self.shares.values()))

    def follow(self, name: str) -> Watch:
        """Follows the passes of one picture."""

        @contextmanager
        def follow() -> Iterator[OnProgress]:
            yield lambda view: self.tell(name, view.progress().share)

        return follow

    def tell(self, name: str, share: float) -> None:
        """One picture is so far."""
        self.shares[name] = share
        self.on_change()

    def drop(self, name: str) -> None:
        """One picture is no longer under way."""
        self.shares.pop(name, None)


@dataclass(eq=False)
class Batch:
    """A question, the images it is asked of, and the folder with the answers.

    What is done is what is kept: nothing else says so, and nothing else has to be kept up to date.

    Attributes:
        spec: the question.
        items: the images.
        folder: with the table and what is kept until it is written.
        meter: how far it is.
        leave: ends it, from any thread.
    """

    spec: EachImage
    items: tuple[BatchItem, ...]
    folder: Path
    meter: ProgressTracker = field(default_factory=ProgressTracker)
    leave: CancelToken = field(default_factory=CancelToken)
    _failed: dict[str, tuple[TableRow, ...]] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.key = self.spec.key(self.spec.fitting_facts())
        self.keeping = keeping_of(self.spec, self.folder, self.key)

    @property
    def table(self) -> Path:
        """The file with the scores."""
        return self.folder / TABLE

    def done(self) -> Iterator[PictureOutcome | None]:
        """For each image what was found out by an earlier call, or None."""
        for item in self.items:
            yield self._done(item)

    def _done(self, item: BatchItem) -> PictureOutcome | None:
        try:
            rows = self.keeping.find(item, item.read())
        except PictureError:
            return None
        if rows is None:
            return None
        self._kept.add(item.name)
        return PictureOutcome(item.name, tuple(rows))

    @property
    def missing(self) -> tuple[BatchItem, ...]:
        """Images without answers, as far as is known."""
        return tuple(item for item in self.items if item.name not in self._kept)

    def run(self, runner: Runner, window: Callable[[], int] | None = None) -> Iterator[PictureOutcome]:
        """Answer for what is missing; what becomes of each image, as it comes.

        Args:
            runner: who computes; with a window it is asked from several threads, and has ``leave`` for its
                tick.
            window: how many images may be under way now; one at a time, in this thread, if None.

        Raises:
            VitrineError: the reason lies not with an image: the model cannot be loaded, the disk is full,
                the cluster is gone.
            Left: it was left.
        """
        one = partial(self._answer, runner)
        outcomes = map(one, self.missing) if window is None else self._spread(one, window)
        streak: list[str] = []
        for outcome in outcomes:
            yield outcome
            _refuse_streak(streak, outcome)

    def _spread(
        self, one: Callable[[BatchItem], PictureOutcome], window: Callable[[], int]
    ) -> Iterator[PictureOutcome]:
        """So many at a time; images are taken and outcomes given as they come."""
        pool = ThreadPoolExecutor(MAX_WINDOW, thread_name_prefix="batch")
        pending: set[Future[PictureOutcome]] = set()
        try:
            for item in self.missing:
                while len(pending) >= min(window(), MAX_WINDOW):
                    finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in finished)
                pending.add(pool.submit(one, item))
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in finished)
        finally:
            self.leave.raise_if_cancelled()
            pool.shutdown(wait=True, cancel_futures=True)

    def write_table(self) -> None:
        """Write the table of all images that are known about.

        Raises:
            StoreError: it cannot be written.
        """
        self.keeping.flush()
        rows = (
            self.keeping.rows(item.name) if item.name in self._kept else self._failed.get(item.name, ())
            for item in self.items
        )
        write_table(self.table, self.spec.schema, self.key, rows)

    def _answer(self, runner: Runner, item: BatchItem) -> PictureOutcome:
        common = self.spec.common() | {"batch": self.key}
        sha256 = None
        try:
            data = item.read()
            picture = as_seen(self.spec.ref, read_picture(data, item.name))
            sha256 = picture.sha256
            answers = self.spec.answer(picture, runner, self.meter.follow(item.name))
            rows = self.keeping.keep(item, data, answers, common)
            self._kept.add(item.name)
            return PictureOutcome(item.name, rows)
        except (BatchCancelled, StoreError, ModelError, SettingError):
            raise
        except VitrineError as error:
            failure = error
        except Exception:
            redact_names(item.name, item.name.rpartition("/")[2])
            logger.exception("an image of the batch was not answered for")
            failure = TaskError()
        finally:
            self.meter.drop(item.name)
        rows = (common | failure_row(item.name, sha256, failure),)
        self._failed[item.name] = rows
        return PictureOutcome(item.name, rows, failure)


def _refuse_streak(streak: list[str], outcome: PictureOutcome) -> None:
    """Not thousands of pictures fail for the same reason."""
    if outcome.error is None or isinstance(outcome.error, PictureError):
        streak.clear()
        return
    streak[:] = [text for text in streak if text == str(outcome.error)] + [str(outcome.error)]
    if len(streak) >= SAME_FAILURES:
        raise outcome.error


def window_of(client: Any) -> Callable[[], int]:
    """How many pictures may be under way on a cluster, with all workers that it has now."""
    return lambda: PER_WORKER * max(sum(client.nthreads().values()), 1)
