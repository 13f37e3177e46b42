"""Which runs were done together: what the last digits of a result depend on, and what doing it again needs to
know.

Sums inside a network come out differently in their last digits where it looks at another number of pictures
at once, with TensorFlow, and a sum of gradients where it is added up in other chunks. So each explanation
says how it was cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arrays import Bools
from engine.target_sets import Wanted

Stretch = list[int]
"""First run, runs of a batch, how many such batches follow each other: plain numbers, ready for JSON."""


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


def schedule_of(wanted: Sequence[Wanted], place: int) -> dict[str, Any]:
    """What was asked at once, and the place of one target among it.

    Args:
        wanted: indices in ``prediction.targets``, or pairs of classes.
        place: of the target.
    """
    return {"targets": [list(one) if isinstance(one, tuple) else one for one in wanted], "place": place}
