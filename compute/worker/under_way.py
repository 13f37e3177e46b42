"""Notes of tasks that are under way, by which a new worker knows what ended the one before.

A task that ends its process, for want of memory or by a crash of a library, is begun again by Dask in the
next one. What has ended two processes is refused for a while, in a sentence, instead of ending all others,
and only what was really running is to blame: tasks that waited in the same process go on.

A process that has no memory left ends itself: TensorFlow gives back nothing that it has taken, and OpenVINO
cannot use a model any more for which it got too little. A new one is up in seconds, with all of its memory.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any

import psutil

from compute.base.errors import KILLED, TOO_LARGE, ClusterError

if sys.platform != "win32":
    import resource

TRIES = 2
"""Processes that a task may end: the first may have had other things in memory."""

REFUSED_SECONDS = 600.0
FOLDER = "under-way"
BEGUN, NO_MEMORY = "begun", "no memory"
STARVED_SHARE = 0.95
"""Of the memory that the system allows; with so much taken, whatever a task fails of is want of memory."""

SIGNS = ("ResourceExhaustedError", "bad_alloc", "Failed to allocate", "OOM when allocating")
"""How TensorFlow and OpenVINO say that there is too little memory; neither is imported here."""

logger = logging.getLogger(__name__)


@contextmanager
def under_way(worker: Any, key: Any) -> Iterator[None]:
    """Note that a task of a worker is under way; the note stays only if the process ends with it.

    Raises:
        ClusterError: it has ended two processes lately.
    """
    note = _note_of(worker, key)
    _refuse_what_ends_all(note)
    _write(note, BEGUN)
    try:
        yield
    except Exception as error:
        if wants_memory(error):
            _give_up(worker, note, error)
        raise
    finally:
        with suppress(OSError):
            note.unlink()


def wants_memory(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that there is too little memory, or there is."""
    seen: BaseException | None = error
    while seen is not None:
        said = f"{type(seen).__name__}: {seen}"
        if isinstance(seen, MemoryError) or any(sign in said for sign in SIGNS):
            return True
        seen = seen.__cause__ or seen.__context__
    return _is_starved()


def _is_starved() -> bool:
    """Whether this process has nearly all memory that the system allows it."""
    if sys.platform != "linux":
        return False
    allowed, _ = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        taken = psutil.Process().memory_info().data
    except MemoryError:
        return True
    return allowed != resource.RLIM_INFINITY and taken > STARVED_SHARE * allowed


def _note_of(worker: Any, key: Any) -> Path:
    """Beside the worker's own folder, which goes with it; the key is told apart but for its priority."""
    key = (key[0], *key[2:]) if isinstance(key, tuple) else key
    return Path(worker.local_directory).parent / FOLDER / sha256(repr(key).encode()).hexdigest()


def _refuse_what_ends_all(note: Path) -> None:
    try:
        lines = note.read_text().splitlines()
        fresh = time() - note.stat().st_mtime < REFUSED_SECONDS
        if not fresh:
            note.unlink()
    except OSError:  # nothing is known
        return
    if fresh and lines.count(BEGUN) >= TRIES:
        raise ClusterError(TOO_LARGE) if NO_MEMORY in lines else ClusterError(KILLED, times=TRIES)


def _write(note: Path, line: str) -> None:
    """Add a line; where that cannot be, Dask gives up in the end what ends all workers."""
    with suppress(OSError):
        note.parent.mkdir(exist_ok=True)
        with note.open("a") as file:
            file.write(f"{line}\n")


def _give_up(worker: Any, note: Path, error: BaseException) -> None:
    """End this process if a nanny starts another one; else only the task fails.

    Raises:
        ClusterError: there is no nanny.
    """
    if worker.nanny is None:
        raise ClusterError(TOO_LARGE) from error
    with suppress(MemoryError):
        logger.warning("a task takes more memory than there is, and its process ends", exc_info=error)
        _write(note, NO_MEMORY)
    os._exit(1)
