"""Limits of the process that examines a model: kept by the system, or by a watch where it keeps none.

Linux bounds all of them, macOS all but memory, Windows none: where memory is not bounded a thread watches it,
and where time is not, whoever started the process ends it.
"""

import sys
import threading
import time
from collections.abc import Callable

import psutil

if sys.platform != "win32":
    import resource

LARGEST_FILE = 64 * 2**20
"""Bytes of a file that the process may write."""
WATCH_SECONDS = 0.05


def limit(memory_mb: int, cpu_seconds: int, on_excess: Callable[[], None]) -> None:
    """Limit this process for the rest of its life.

    Args:
        memory_mb: address space on Linux, where more is a MemoryError; resident memory elsewhere.
        cpu_seconds: processor time of all its threads.
        on_excess: called where a watch finds that it has more memory.
    """
    if sys.platform != "win32":
        _limit_by_system(cpu_seconds)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, memory_mb << 20)
    else:
        threading.Thread(target=watch_memory, args=(memory_mb, on_excess), daemon=True).start()


def watch_memory(most_mb: int, on_excess: Callable[[], None]) -> None:
    """Wait until this process has more resident memory, then say so."""
    process = psutil.Process()
    while process.memory_info().rss >> 20 <= most_mb:
        time.sleep(WATCH_SECONDS)
    on_excess()


def peak_memory_mb() -> int:
    """The most resident memory that this process has had so far, in MB."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset) >> 20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> (20 if sys.platform == "darwin" else 10)  # macOS counts bytes, Linux kilobytes


def _limit_by_system(cpu_seconds: int) -> None:
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    _lower(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
