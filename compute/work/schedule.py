"""Schedule of runs: which were done together, as far as last digits and replays depend on it.

Sums inside a network come out differently in their last digits where it looks at another number of pictures
at once, with TensorFlow, and a sum of gradients where it is added up in other chunks. So each explanation
says how it was cut.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from compute.work.maps import Recorded
from engine.arrays import Bools
from engine.target_sets import TargetIndex

Stretch = list[int]
"""First run, runs of a batch, how many such batches follow each other: plain numbers, ready for JSON."""

RUNS_AT_ONCE = 64
"""About so many recorded runs are one part."""


def stretches(known: Bools, firsts: Bools) -> list[Stretch]:
    """The batches of a pass.

    Args:
        known: bool (runs,), which runs are there.
        firsts: bool (runs,), whether a run was the first of its batch.
    """
    runs = np.flatnonzero(known)
    cuts = np.ones(len(runs), bool)
    cuts[1:] = (np.diff(runs) > 1) | firsts[runs[1:]]
    places = np.flatnonzero(cuts)
    sizes = np.diff([*places, len(runs)])
    found: list[Stretch] = []
    for first, size in zip(runs[places].tolist(), sizes.tolist(), strict=True):
        if found and found[-1][1] == size and found[-1][0] + size * found[-1][2] == first:
            found[-1][2] += 1
        else:
            found.append([first, size, 1])
    return found


def schedule_of(wanted: Sequence[TargetIndex], place: int) -> dict[str, Any]:
    """What was asked at once, and the place of one target among it.

    Args:
        wanted: indices in ``prediction.targets``, or pairs of classes.
        place: of the target.
    """
    return {"targets": [list(one) if isinstance(one, tuple) else one for one in wanted], "place": place}


def recorded_stretches(recorded: Recorded, runs: int) -> list[Stretch]:
    """The batches that were done, if they fit the number of all runs; else all that were read as one."""
    batches = recorded.schedule.get("batches")
    if _is_schedule(batches, runs):
        return cast(list[Stretch], batches)
    return [[0, min(max(recorded.forwards, 1), runs), 1]]


def _is_schedule(found: Any, runs: int) -> bool:
    """Whether these are stretches of a pass of so many runs, one after the other."""
    if not isinstance(found, list) or not found:
        return False
    end = 0
    for stretch in found:
        if not (isinstance(stretch, list) and len(stretch) == 3 and all(type(n) is int for n in stretch)):
            return False
        first, size, count = stretch
        if first < end or size < 1 or count < 1:
            return False
        end = first + size * count
    return end <= runs


def pieces_of(batches: list[Stretch]) -> Iterator[tuple[int, int, int]]:
    """First run, the one after the last, and runs of a batch: the same batches, a few at a time."""
    for first, size, count in batches:
        step = max(RUNS_AT_ONCE // size, 1)
        for done in range(0, count, step):
            start = first + done * size
            yield start, start + size * min(step, count - done), size
