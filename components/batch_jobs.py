"""The batch of a session: one at a time, with a temporary folder that goes when nobody has it any more."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.batch_pictures import Chosen
from components.resources import desk
from components.session import BATCH, keep, recall

if TYPE_CHECKING:
    from compute.batch import BatchSpec
    from compute.batch_job import BatchJob


@dataclass(frozen=True, eq=False)
class Running:
    """A batch that was started.

    Attributes:
        spec: the question.
        pictures: what it is asked of.
        job: how far it is.
        folder: where its files are; those of another question are not there.
    """

    spec: BatchSpec
    pictures: tuple[Chosen, ...]
    job: BatchJob
    folder: tempfile.TemporaryDirectory[str]

    def is_about(self, spec: BatchSpec, pictures: Sequence[Chosen]) -> bool:
        """Whether a question about some pictures is the one that was started."""
        return (self.spec, self.pictures) == (spec, tuple(pictures))


def running() -> Running | None:
    """The batch of this session, under way or ended."""
    found: Running | None = recall(BATCH, None)
    return found


def start(spec: BatchSpec, pictures: Sequence[Chosen]) -> None:
    """Start a batch, or go on with the one before where it asks the same; another one is let go."""
    from compute.batch_job import BatchJob
    from compute.batch_pictures import Item
    from compute.batch_run import Batch

    counter, before = desk(), running()
    if counter is None:
        return
    if before is not None:
        before.job.cancel()
    if before is not None and before.spec == spec:
        folder = before.folder
    else:
        folder = tempfile.TemporaryDirectory(prefix="vitrine-batch-", ignore_cleanup_errors=True)
    batch = Batch(spec, tuple(Item(picture.name, picture.read) for picture in pictures), Path(folder.name))
    keep(BATCH, Running(spec, tuple(pictures), BatchJob(batch, counter.cluster), folder))


def stop() -> None:
    """End the batch where it is; what is done stays."""
    found = running()
    if found is not None:
        found.job.cancel()
