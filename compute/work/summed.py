"""The summed pass as it is asked of workers: what is ordered, and what one chunk of runs answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from compute.work.specs import (
    FORMAT,
    MAX_TARGETS,
    PLAN_LIBRARIES,
    Prediction,
    Span,
    digest_of,
    params_of_runs,
    refuse_misfit,
)
from engine.errors import ParamsError
from engine.gradients.taps import choose_taps
from engine.images.picture import Picture
from engine.methods import Method, get_method
from engine.params import Params
from engine.summed.plan import SummedMethod, Sums, SumSource
from engine.target_sets import Wanted
from engine.targets import Target
from model_store.catalogue import ModelRef

GRADIENT_RUNS = 3
"""A gradient takes about as long as so many pictures that only go forward."""


@dataclass(frozen=True)
class SummedSpec:
    """A summed method asked of a model about some targets: they share its pictures.

    Attributes:
        ref: the model.
        method: key in the table of methods.
        params: of the method's own type.
        wanted: indices in ``prediction.targets``, or pairs of classes, "the first rather than the second".
    """

    ref: ModelRef
    method: str
    params: Params
    wanted: tuple[Wanted, ...]

    def __post_init__(self) -> None:
        refuse_misfit(self.method, "summed", self.params)

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.method)

    @property
    def source(self) -> SumSource[Any]:
        """Where the sums come from."""
        return get_method(self.method, SummedMethod).source

    @property
    def runs_key(self) -> str:
        """Hex digest: equal keys add up the same, whatever is read off it."""
        return digest_of(self.source.key, params_of_runs(self.params))


@dataclass(frozen=True, eq=False)
class ChunkSums:
    """What some consecutive runs add.

    Attributes:
        start, stop: the runs.
        sums: arrays by name; the first axis are the targets.
        seconds: time they took.
    """

    start: int
    stop: int
    sums: Sums
    seconds: float


@dataclass(frozen=True, eq=False)
class SummedOrder:
    """A summed pass on one picture.

    Attributes:
        spec: what is asked.
        prediction: of the same model on the same picture.
        picture: the picture.
    """

    spec: SummedSpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture, self.spec.about)
        if not 1 <= len(self.targets) <= MAX_TARGETS:
            raise ParamsError("A summed pass is about one to {most} targets.", most=MAX_TARGETS)
        if self.runs < 1:  # reading it also finds out whether there is such a layer
            raise ParamsError("There is nothing to run.")

    @cached_property
    def resolved(self) -> SummedSpec:
        """The spec with the layer's own name, for a method that has one."""
        params: Any = self.spec.params
        if not hasattr(params, "layer"):
            return self.spec
        layers = choose_taps(self.prediction.taps, [params.layer])
        if len(layers) != 1:
            raise ParamsError(
                "{method} reads one layer at a time; {layer!r} are several.",
                method=self.spec.about.title,
                layer=params.layer,
            )
        return replace(self.spec, params=replace(params, layer=layers[0]))

    @cached_property
    def targets(self) -> Sequence[Target]:
        """What is explained, in the order of ``spec.wanted``."""
        return self.prediction.explained(self.spec.wanted)

    @cached_property
    def runs(self) -> int:
        """Pictures that the pass runs, each for all targets."""
        return self.spec.source.count(self.resolved.params, self.prediction.taps)

    @property
    def gradients(self) -> int:
        """Gradients that it takes, over all targets."""
        return self.spec.source.gradients(self.runs) * len(self.targets)

    @property
    def seconds(self) -> float:
        """About how long it takes on one worker."""
        forwards = self.runs - self.spec.source.gradients(self.runs)
        return self.prediction.seconds_per_run * (forwards + GRADIENT_RUNS * self.gradients)

    @property
    def seconds_per_run(self) -> float:
        """The mean over its runs."""
        return self.seconds / self.runs

    @cached_property
    def key(self) -> str:
        """Hex digest: equal keys give equal sums."""
        prediction = self.prediction
        asked = (self.resolved.runs_key, [target.digest for target in self.targets], prediction.output_shape)
        makers = [prediction.versions.get(name) for name in PLAN_LIBRARIES]
        return digest_of(FORMAT, "sums", prediction.facts.fingerprint, self.picture.sha256, *asked, makers)

    def chunks(self, runs: int) -> Sequence[Span]:
        """Start and stop of each chunk of so many runs."""
        return [(start, min(start + runs, self.runs)) for start in range(0, self.runs, runs)]
