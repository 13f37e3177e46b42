"""Timing of work on a machine that may have other work."""

import os
from collections.abc import Callable
from time import perf_counter, process_time

import psutil

CROWD = 1.5
"""Programs that want to run for each core, on average over a minute, from which on measured times are
doubtful.
"""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_busy() -> bool:
    """Whether other programs make times that are measured on this machine doubtful."""
    return psutil.getloadavg()[0] > CROWD * cores()


def time_of(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that some work takes, and seconds of processor time of all threads."""
    started, spent = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - spent
