"""Rows of perturbation methods: the plan of runs that one asks for, and the estimate that it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from engine.arrays import Bools, Floats, Indices
from engine.method import Family, Method
from engine.params import Params, param
from engine.perturbation.designs.cells import Cells

if TYPE_CHECKING:
    from engine.explanation import Parts

FILL_CHOICES = {"black": "black", "mean": "mean colour", "blur": "blurred image", "noise": "noise"}
IMPUTED = "imputed"
"""The fill that depends on what else is hidden."""
HIDING_CHOICES = {**FILL_CHOICES, IMPUTED: "guessed from the surroundings"}


HALVES = "Rank correlation between two halves of the model evaluations"
PAIRS_OF_SEEDS = "Mean rank correlation over the pairs of seeds"
"""What a stability is."""


@dataclass(frozen=True)
class PerturbationParams(Params):
    """Parameters that every perturbation method has."""

    fill: str = param(
        "mean",
        "Fill",
        "What replaces a hidden cell.",
        choices=HIDING_CHOICES,
    )
    space: str = param(
        "probability",
        "Score",
        "Probabilities are easy to read; logits still change where a probability saturates at 0 or 1.",
        choices={"probability": "probability", "logit": "logit"},
    )
    seed: int = param(
        0,
        "Seed",
        "Same seed, same model evaluations, same map. Another seed shows how much is due to chance.",
        low=0,
        high=9999,
        step=1,
    )


class Plan(Protocol):
    """The runs of a pass, in the order in which they are worth most.

    Attributes:
        runs: how many there are.
        cells: what they hide.
        replicate: (runs,), the independent sample of masks that each run belongs to, counted from 0; all 0
            where the runs cannot be split into samples.
    """

    @property
    def runs(self) -> int: ...

    @property
    def cells(self) -> Cells: ...

    @property
    def replicate(self) -> Indices: ...

    def masks(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, cells): 1 keeps a cell, 0 hides it, values between blend."""
        ...


P_contra = TypeVar("P_contra", bound=PerturbationParams, contravariant=True)
"""Parameters of a method."""

L = TypeVar("L", bound=Plan)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A map of one target, read off the runs so far.

    Attributes:
        values: float32 (rows, columns) on the native grid of the cells, raw.
        lower, upper: ends of a 95 % band, or None while it cannot be told.
        stability: rank correlation between maps of independent parts of the runs, or None.
        runs: how many runs were used.
        warnings: in plain words.
        figures: numbers that belong to the map, by name.
        parts: the superpixels, for a method that has them.
        signed: True if negative values mean "speaks against"; None if it is as the method's row says.
        sure: bool (rows, columns), cells surely above the average cell, at most one map in twenty having one
            that is not; None where that cannot be told.
    """

    values: Floats
    lower: Floats | None
    upper: Floats | None
    stability: float | None
    runs: int
    warnings: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    parts: Parts | None = None
    signed: bool | None = None
    sure: Bools | None = None


class PerturbationFunctions(Protocol[P_contra, L]):
    """The two functions of a perturbation method."""

    def plan(self, params: P_contra, image: Floats) -> L:
        """The runs that the method wants on a picture.

        Args:
            params: of the method; those that only change how runs are read are left alone.
            image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.
        """
        ...

    def estimate(self, plan: L, params: P_contra, scores: Floats) -> Estimate | None:
        """Read a map off the scores (runs,) of one target, NaN where a run is still missing; None if it is
        too early.
        """
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class PerturbationMethod(Method, Generic[P_contra, L]):
    """A method that is read off the perturbation pass.

    Attributes:
        functions: gives the module that has them; it is imported when it is called.
    """

    functions: Callable[[], PerturbationFunctions[P_contra, L]]
    params: type[P_contra]
    runs: Callable[[P_contra], int]
    work: str = "perturbation"
    family: Family = "hidden"
    gradients: bool = False
    agreement: str = HALVES

    def plan(self, params: P_contra, image: Floats) -> L:
        """See ``PerturbationFunctions.plan``."""
        return self.functions().plan(params, image)

    def estimate(self, plan: L, params: P_contra, scores: Floats) -> Estimate | None:
        """See ``PerturbationFunctions.estimate``."""
        return self.functions().estimate(plan, params, scores)
