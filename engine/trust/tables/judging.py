"""Fidelity of many maps to the random runs that all maps of an image share: no map was read from them."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats
from engine.errors import GradeError
from engine.trust.fidelity import Fidelity, PaidRuns, fidelity, rank_fidelity
from engine.trust.metric import Grade
from engine.trust.passes import CommonPlan
from engine.trust.tables.columns import FIDELITY


def random_runs(plan: CommonPlan, scores: AnyFloats, size_hw: tuple[int, int]) -> PaidRuns:
    """Those of the shared runs whose masks were drawn by chance: random subsets, and curves of random maps.

    Args:
        plan: of the runs that all maps share.
        scores: (runs,), of all of them.
        size_hw: height and width in pixels at which the model looked.
    """
    return PaidRuns.of(plan, np.where(plan.is_random, scores, np.nan), size_hw)


def shared_fidelity(values: Floats, runs: PaidRuns) -> Fidelity | None:
    """Fidelity of a map to the shared runs, or None where the score never moved.

    Args:
        values: (rows, columns), the map, more where the score depends more.
        runs: as ``random_runs`` gives them.
    """
    try:
        return fidelity(values, runs)
    except GradeError:
        return None


def fidelity_grade(found: Fidelity) -> Grade:
    """Fidelity as a metric's answer."""
    return Grade(FIDELITY, found.value, percentile=found.percentile)


@dataclass(frozen=True)
class Halves:
    """Fidelity of a map to each half of the samples of some runs, -1 to 1.

    Attributes:
        even, odd: to the samples with even and with odd numbers.
    """

    even: float
    odd: float

    @classmethod
    def of(cls, values: Floats, runs: PaidRuns) -> "Halves":
        """Of a map (rows, columns).

        Raises:
            GradeError: the score never moved, or there are too few runs.
        """
        odd = runs.replicate % 2 == 1
        return cls(*(rank_fidelity(values, runs.only(half)) for half in (~odd, odd)))
