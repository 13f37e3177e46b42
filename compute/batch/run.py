"""Run of a batch: a window of pictures at a time, one file for each.

So it can be stopped anywhere and goes on there.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from compute.base.errors import TaskError
from compute.base.logs import keep_out
from compute.batch.batch import BatchSpec
from compute.batch.files import Row, read_rows, sweep, write_maps
from compute.batch.pictures import Item
from compute.batch.table import common_facts, failure_row, row_of, write_table
from compute.run.cases import Watch
from compute.run.runners import OnProgress, Runner
from compute.work.specs import digest_of
from engine.errors import ModelError, ParamsError, PictureError, StoreError, VitrineError
from engine.images.picture import read_picture

MAPS, TABLE = "maps", "scores.parquet"
PER_WORKER = 2
"""So many pictures are under way for each worker: while one is read or written, another is computed."""

MAX_WINDOW = 512
SAME_FAILURES = 5
"""After so many pictures in a row that fail for the same reason, the reason is not the picture."""

logger = logging.getLogger(__name__)


class Left(Exception):
    """Raised where a batch is waited for that was stopped."""


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes:
        name: of the picture.
        rows: of the table.
        error: why there are no maps, or None.
    """

    name: str
    rows: tuple[Row, ...]
    error: VitrineError | None = None


class Leave:
    """Lets those go who wait for a batch; the runner of a batch with a window is given it as ``tick``."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> None:
        """Raises ``Left`` once ``ask`` was called."""
        if self._asked.is_set():
            raise Left

    def ask(self) -> None:
        """From now on nobody waits any more."""
        self._asked.set()


@dataclass
class Meter:
    """How far the pictures are that are under way; told by several threads."""

    shares: dict[str, float] = field(default_factory=dict)
    on_change: Callable[[], None] = lambda: None

    @property
    def under_way(self) -> float:
        """Pictures' worth of work that is done on unfinished ones."""
        return sum(list(self.shares.values()))

    def watch(self, name: str) -> Watch:
        """Follows the passes of one picture."""

        @contextmanager
        def follow(_runs: int) -> Iterator[OnProgress]:
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
    """A question, the pictures it is asked of, and the folder with the answers.

    What is done is what has a file: nothing else says so, and nothing else has to be kept up to date.

    Attributes:
        spec: the question.
        items: the pictures.
        folder: with the table and, in ``maps``, one NPZ for each picture.
        meter: how far it is.
        leave: ends it, from any thread.
    """

    spec: BatchSpec
    items: tuple[Item, ...]
    folder: Path
    meter: Meter = field(default_factory=Meter)
    leave: Leave = field(default_factory=Leave)
    _found: dict[str, Path | tuple[Row, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = self.spec.key(self.spec.fitting_facts())
        try:
            (self.folder / MAPS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                "The folder {folder} cannot be made: {reason}.", folder=self.folder, reason=error.strerror
            ) from error
        sweep(self.folder)
        sweep(self.folder / MAPS)

    @property
    def table(self) -> Path:
        """The file with the scores."""
        return self.folder / TABLE

    def maps_of(self, item: Item, data: bytes) -> Path:
        """Where the maps of a picture are: the name says question, place and content, so nothing else is ever
        taken for it.
        """
        digest = digest_of(self.key, item.name, hashlib.sha256(data).hexdigest())
        stem = re.sub(r"[^A-Za-z0-9.]+", "-", item.name).strip("-.")[-60:]
        return self.folder / MAPS / f"{stem or 'picture'}-{digest[:16]}.npz"

    def done(self) -> Iterator[Outcome | None]:
        """For each picture what was found out by an earlier call, or None."""
        for item in self.items:
            yield self._done(item)

    def _done(self, item: Item) -> Outcome | None:
        try:
            path = self.maps_of(item, item.read())
        except PictureError:
            return None
        rows = read_rows(path)
        if rows is None:
            return None
        self._found[item.name] = path
        return Outcome(item.name, tuple(rows))

    @property
    def missing(self) -> tuple[Item, ...]:
        """Pictures without maps, as far as is known."""
        return tuple(item for item in self.items if not isinstance(self._found.get(item.name), Path))

    def run(self, runner: Runner, window: Callable[[], int] | None = None) -> Iterator[Outcome]:
        """Explain what is missing; what becomes of each picture, as it comes.

        Args:
            runner: who computes; with a window it is asked from several threads, and has ``leave`` for its
                tick.
            window: how many pictures may be under way now; one at a time, in this thread, if None.

        Raises:
            VitrineError: the reason lies not with a picture: the model cannot be loaded, the disk is full,
                the cluster is gone.
            Left: it was left.
        """
        one = partial(self._explain, runner)
        outcomes = map(one, self.missing) if window is None else self._spread(one, window)
        streak: list[str] = []
        for outcome in outcomes:
            self._found.setdefault(outcome.name, outcome.rows)
            yield outcome
            _refuse_streak(streak, outcome)

    def _spread(self, one: Callable[[Item], Outcome], window: Callable[[], int]) -> Iterator[Outcome]:
        """So many at a time; pictures are taken and outcomes given as they come."""
        pool = ThreadPoolExecutor(MAX_WINDOW, thread_name_prefix="batch")
        pending: set[Future[Outcome]] = set()
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
            self.leave.ask()
            pool.shutdown(wait=True, cancel_futures=True)

    def write_table(self) -> None:
        """Write the table of all pictures that are known about.

        Raises:
            StoreError: it cannot be written.
        """
        known = (self._found[item.name] for item in self.items if item.name in self._found)
        write_table(
            self.table,
            self.key,
            (read_rows(found) or () if isinstance(found, Path) else found for found in known),
        )

    def _explain(self, runner: Runner, item: Item) -> Outcome:
        common = common_facts(self.spec, self.key)
        sha256 = None
        try:
            data = item.read()
            picture = read_picture(data, item.name)
            sha256 = picture.sha256
            prediction = runner.predict(self.spec.ref, picture)
            answered = list(self.spec.case(prediction, picture).explain(runner, self.meter.watch(item.name)))
            if not answered:
                raise ParamsError("The method gave no map.")
            path = self.maps_of(item, data)
            of_file = {"maps": path.relative_to(self.folder).as_posix(), "error": None}
            rows = tuple(
                common | row_of(prediction, picture, wanted, found) | of_file for wanted, found in answered
            )
            write_maps(path, [found for _, found in answered], rows)
            self._found[item.name] = path
            return Outcome(item.name, rows)
        except (Left, StoreError, ModelError):
            raise
        except VitrineError as error:
            failure = error
        except Exception:
            keep_out(item.name, item.name.rpartition("/")[2])
            logger.exception("a picture of the batch was not explained")
            failure = TaskError()
        finally:
            self.meter.drop(item.name)
        return Outcome(item.name, (common | failure_row(item.name, sha256, failure),), failure)


def _refuse_streak(streak: list[str], outcome: Outcome) -> None:
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
