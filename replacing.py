"""Files that are there completely or not at all."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from engine.errors import StoreError

WORK = ".work-"
ABANDONED_SECONDS = 3600


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write and read that takes its place when all has gone well, and is removed otherwise.

    Raises:
        StoreError: the disk is full or cannot be written to.
    """
    work = path.with_name(f"{WORK}{uuid4().hex}")
    try:
        with work.open("xb+") as file:
            yield file
        os.replace(work, path)
    except OSError as error:
        raise StoreError(
            "{path} cannot be written: {reason}.", path=path, reason=error.strerror or error
        ) from error
    finally:
        work.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left behind."""
    for work in folder.glob(f"{WORK}*"):
        try:
            if time.time() - work.stat().st_mtime > ABANDONED_SECONDS:
                work.unlink()
        except FileNotFoundError:  # another process was faster
            continue
