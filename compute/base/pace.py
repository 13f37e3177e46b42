"""Estimate of the time that is left, from how chunks came in, and how far it is from what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

Arrival = tuple[float, int]
"""When a chunk came, in seconds of ``monotonic``, and how many runs it had."""

RECENT = 16
"""Chunks whose pace is taken."""
LEAST_GAPS, LEAST_SECONDS = 2, 2.0
"""A pace is told apart from the expected one only after so many gaps between chunks, and so long."""


@dataclass(frozen=True)
class Pace:
    """How fast runs come in.

    Attributes:
        seconds_per_run: of the last chunks, which includes other work and more workers; as expected before
            there are two.
        slowdown: how many times as long as expected a run takes; None before that is measured.
        last: when the last chunk came, in seconds of ``monotonic``; None before there are two.
        gap: seconds between two chunks.
    """

    seconds_per_run: float
    slowdown: float | None = None
    last: float | None = None
    gap: float = 0.0

    def seconds_left(self, missing: int) -> float:
        """Seconds until the last of some runs."""
        if missing == 0 or self.last is None:
            return missing * self.seconds_per_run
        under_way = min(monotonic() - self.last, self.gap)
        return max(missing * self.seconds_per_run - under_way, 0.0)


def pace_of(arrivals: Sequence[Arrival], expected: float, waiting: bool = True) -> Pace:
    """The pace at which chunks came; a chunk that is late by now counts, too.

    Args:
        arrivals: of all chunks, or of the last ones.
        expected: seconds of a run, measured before the start, on a machine that did nothing else.
        waiting: whether another chunk is to come.
    """
    recent = arrivals[-RECENT:]
    if len(recent) < 2:
        return Pace(expected)
    elapsed, gaps = recent[-1][0] - recent[0][0], len(recent) - 1
    runs = sum(count for _, count in recent[1:])
    if waiting:
        since = monotonic() - recent[0][0]
        late = since * gaps / (gaps + 1)
        elapsed = max(elapsed, late)
    pace = elapsed / runs
    told = gaps >= LEAST_GAPS and elapsed >= LEAST_SECONDS and expected > 0
    return Pace(pace, pace / expected if told else None, recent[-1][0], elapsed / gaps)
