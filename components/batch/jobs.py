"""The batch of a session: one at a time, with a temporary folder that goes when nobody has it any more."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from components.jobs.queues import is_private
from components.session.guard import attempt
from components.session.keys import BATCH, BATCH_REFUSED, recall, remember
from components.session.resources import job_queue
from compute.batch.pictures import BatchItem
from engine.errors import StoreError, VitrineError
from engine.images.picture import Picture

if TYPE_CHECKING:
    from compute.batch.explain import ExplainEach
    from compute.batch.job import BatchJob


MEMORY = Path("/dev/shm")
"""A folder that is in memory, where there is one."""


@dataclass(frozen=True)
class Chosen:
    """A picture that was chosen.

    Attributes:
        name: no two have the same.
        mark: another content has another one.
        read: gives the bytes of its file.
        look: gives the picture.
        own: whether the person has brought it.
    """

    name: str
    mark: str
    read: Callable[[], bytes] = field(compare=False)
    look: Callable[[], Picture] = field(compare=False)
    own: bool = False


@dataclass(frozen=True, eq=False)
class RunningBatch:
    """A batch that was started.

    Attributes:
        spec: the question.
        pictures: what it is asked of.
        job: how far it is.
        folder: where its files are; those of another question are not there.
        small: data addresses of small maps, by the name of their picture, once they were drawn.
    """

    spec: ExplainEach
    pictures: tuple[Chosen, ...]
    job: BatchJob
    folder: tempfile.TemporaryDirectory[str]
    small: dict[str, list[str | None]] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether a picture of the person's own is among them."""
        return any(picture.own for picture in self.pictures)

    @property
    def goes_on(self) -> bool:
        """Whether it is under way."""
        return self.job.state in ("waiting", "running")

    def is_about(self, spec: ExplainEach, pictures: Sequence[Chosen]) -> bool:
        """Whether a question about some pictures is the one that was started."""
        return (self.spec, self.pictures) == (spec, tuple(pictures))


def running_batch() -> RunningBatch | None:
    """The batch of this session, under way or ended."""
    found: RunningBatch | None = recall(BATCH, None)
    return found


def start_batch(spec: ExplainEach, pictures: Sequence[Chosen]) -> None:
    """Start a batch, or go on with the one before where it asks the same; another one is let go.

    Why it cannot be started is said by the page.
    """
    remember(BATCH_REFUSED, attempt(_start, spec, pictures))


def batch_refused() -> VitrineError | None:
    """Why the last batch could not be started."""
    found: VitrineError | None = recall(BATCH_REFUSED, None)
    return found


def _start(spec: ExplainEach, pictures: Sequence[Chosen]) -> None:
    from compute.batch.job import BatchJob
    from compute.batch.run import Batch

    queue, before = job_queue(), running_batch()
    if queue is None or (before is not None and before.goes_on and before.is_about(spec, pictures)):
        return
    if before is not None:
        before.job.cancel()
    if before is not None and before.spec == spec:
        folder = before.folder
    else:
        folder = _folder(is_private() and any(picture.own for picture in pictures))
    batch = Batch(
        spec, tuple(BatchItem(picture.name, picture.read) for picture in pictures), Path(folder.name)
    )
    remember(BATCH, RunningBatch(spec, tuple(pictures), BatchJob(batch, queue.cluster), folder))


def _folder(private: bool) -> tempfile.TemporaryDirectory[str]:
    """Where a batch writes; in private mode no disk.

    Raises:
        VitrineError: the machine has no folder in its memory, or its disk takes nothing.
    """
    if private and not MEMORY.is_dir():
        raise VitrineError(
            "In private mode, your images are computed in memory, and this server has no {folder}.",
            folder=MEMORY,
        )
    place = MEMORY if private else Path(tempfile.gettempdir())
    try:
        return tempfile.TemporaryDirectory(prefix="vitrine-batch-", dir=place, ignore_cleanup_errors=True)
    except OSError as error:
        raise StoreError(
            "The folder {folder} cannot be made: {reason}.", folder=place, reason=error.strerror or error
        ) from error


def stop_batch() -> None:
    """End the batch where it is; what is done stays."""
    found = running_batch()
    if found is not None:
        found.job.cancel()
