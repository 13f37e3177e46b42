"""Time limit for looking through a file of a stranger.

Damaged HDF5 can keep its library in a loop that nothing interrupts.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 2.0
"""Processor time for any file; a tenth of a second is usual."""
BYTES_PER_SECOND = 20 * 2**20


def scan_seconds(path: Path) -> float:
    """Processor time that looking through a file or folder may take."""
    files = [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]
    return SECONDS + sum(found.stat().st_size for found in files) / BYTES_PER_SECOND


@contextmanager
def ends_after(seconds: float) -> Iterator[None]:
    """End this process by SIGVTALRM if what is inside takes more processor time; only for processes that are
    there for nothing else. Windows has no such timer: there, whoever started the process ends it.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
