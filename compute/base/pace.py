"""Estimate of the time that is left, from how chunks came in."""

from collections.abc import Sequence
from time import monotonic

Arrival = tuple[float, int]
"""When a chunk came, in seconds of ``monotonic``, and how many runs it had."""

RECENT = 16
"""Chunks whose pace is taken."""


def seconds_left(arrivals: Sequence[Arrival], missing: int, seconds_per_run: float) -> float:
    """Seconds until the last run at the pace of the last chunks, which includes other work and more workers.

    Args:
        arrivals: of all chunks, or of the last ones.
        missing: runs that are still to come.
        seconds_per_run: the pace before there are two chunks.
    """
    recent = arrivals[-RECENT:]
    if len(recent) < 2 or missing == 0:
        return missing * seconds_per_run
    elapsed = recent[-1][0] - recent[0][0]
    pace = elapsed / sum(runs for _, runs in recent[1:])
    under_way = min(monotonic() - recent[-1][0], elapsed / (len(recent) - 1))
    return max(missing * pace - under_way, 0.0)
