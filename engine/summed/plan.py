"""Rows of summed methods: the source of runs that are added up, and the reading of their sums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from engine.arrays import Floats, Reals
from engine.method import Family, Method
from engine.model import LoadedModel, Space, TargetLayer
from engine.params import Params
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.designs.fills import make_fill

Sums = dict[str, Reals]
"""Arrays by name; the first axis are the targets. Double precision: a variance is a small difference of great
sums.
"""

P_contra = TypeVar("P_contra", bound=Params, contravariant=True)
"""Parameters of a method."""


@dataclass(frozen=True, eq=False)
class PassInput:
    """Picture and targets that the runs of a pass are made of.

    Attributes:
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.
        weights: float32 (T, *output) of T targets on the model's outputs.
    """

    image: Floats
    weights: Floats


class Runs(Protocol):
    """The runs of a pass on one picture. They hold no model, so that they may be kept longer than one.

    Attributes:
        step: so many fit into memory at once.
    """

    @property
    def step(self) -> int: ...

    def add(self, model: LoadedModel, start: int, stop: int) -> Sums:
        """What the runs from ``start`` to before ``stop`` add."""
        ...


@dataclass(frozen=True)
class SumSource(Generic[P_contra]):
    """Runs that sums come from; methods with equal sources and equal run parameters share them.

    Attributes:
        key: the same for the same runs.
        space: of the outputs that are looked at.
        prepare: runs of a model, its inputs and parameters.
        count: how many runs there are, from the parameters and the model's target layers.
        backwards: how many of so many first runs take a gradient for each target; None if all do.
        readable_after: the sums can be read when so many first runs are there; None if only all of them tell
            anything.
    """

    key: str
    space: Space
    prepare: Callable[[LoadedModel, PassInput, P_contra], Runs]
    count: Callable[[P_contra, Sequence[TargetLayer]], int]
    backwards: Callable[[int], int] | None = None
    readable_after: int | None = 1

    def gradients(self, runs: int) -> int:
        """Gradients that the first so many runs take of each target."""
        return runs if self.backwards is None else self.backwards(runs)


@dataclass(frozen=True, eq=False)
class TargetSums:
    """Sums of the runs so far, for one target.

    Attributes:
        sums: of this target alone.
        runs: how many runs they are of.
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.
        score: of the target on that picture, in the space of the source.
    """

    sums: Mapping[str, Reals]
    runs: int
    image: Floats
    score: float


@dataclass(frozen=True, eq=False)
class Attribution:
    """An attribution map and what belongs to it.

    Attributes:
        values: float32 (rows, columns), raw.
        figures: numbers that belong to the map, by name.
        warnings: in plain words.
    """

    values: Floats
    figures: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class SummedMethod(Method, Generic[P_contra]):
    """A method that is read off the summed pass.

    Attributes:
        source: where its sums come from.
        read: the map of one target, from its sums.
    """

    source: SumSource[P_contra]
    read: Callable[[TargetSums, P_contra], Attribution]
    params: type[P_contra]
    runs: Callable[[P_contra], int]
    work: str = "summed"
    family: Family = "pixels"


def baseline(fill: str, image: Floats, seed: int) -> Floats:
    """float32 (H, W, 3): what stands for nothing; see ``engine.perturbation.designs.fills``."""
    return make_fill(fill, image, GridCells(1, 1), seed)
