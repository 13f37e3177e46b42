"""What a perturbation method asks of the pass, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.params import Params, param

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PerturbationParams(Params):
    """Parameters that every perturbation method has."""

    grid: int = param(
        8,
        "Grid",
        "The picture is cut into this many rows and columns of cells; each cell gets one value.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )
    fill: str = param(
        "mean",
        "Fill",
        "What a hidden cell shows instead of the picture.",
        choices={"black": "black", "mean": "mean colour", "blur": "blurred picture", "noise": "noise"},
    )
    space: str = param(
        "probability",
        "Score",
        "Probabilities are easy to read; logits still move where a probability is stuck at 0 or 1.",
        choices={"probability": "probability", "logit": "logit"},
    )
    seed: int = param(
        0, "Seed", "Same seed, same runs, same map. Another seed shows how much chance is in the map.", low=0, high=9999, step=1
    )


class Plan(Protocol):
    """The runs of a pass, in the order in which they are worth most.

    Attributes:
        runs: how many there are.
    """

    @property
    def runs(self) -> int: ...

    def masks(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, rows, columns): 1 keeps a cell, 0 hides it, values between blend."""
        ...


@dataclass(frozen=True)
class Estimate:
    """What the runs so far say about one target.

    Attributes:
        values: float32 (rows, columns), raw.
        lower, upper: ends of a 95 % band, or None while it cannot be told.
        stability: rank correlation between the maps of two independent halves of the runs, or None.
        runs: how many runs were used.
        warnings: in plain words.
    """

    values: Floats
    lower: Floats | None
    upper: Floats | None
    stability: float | None
    runs: int
    warnings: tuple[str, ...] = ()


class PerturbationMethod(Protocol):
    """The functions that the module of a perturbation method has."""

    def plan(self, params: Any) -> Plan:
        """The runs that the method wants."""
        ...

    def estimate(self, params: Any, scores: Floats) -> Estimate | None:
        """Read a map off the scores (runs,) of one target, NaN where a run is still missing; None if it is too early."""
        ...
