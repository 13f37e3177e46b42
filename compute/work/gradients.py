"""The gradient pass as it is asked of workers, and the explanations that are read off their answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from compute.work.schedule import schedule_of
from compute.work.specs import FORMAT, MAX_TARGETS, Prediction, digest_of, refuse_misfit
from engine.errors import ParamsError
from engine.explanation import Cost, Explanation
from engine.gradients.params import CamParams, Direction
from engine.gradients.plan import positive_part
from engine.gradients.run import Evidence
from engine.gradients.taps import BEST, choose_taps
from engine.images.picture import Picture
from engine.target_sets import Wanted, column
from engine.targets import Target
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class GradientSpec:
    """Layers of a model asked about targets: one pass answers all methods, both directions and all layers.

    Attributes:
        ref: the model.
        wanted: indices in ``prediction.targets``, or pairs of classes, "the first rather than the second".
        layers: names of taps, or ``BEST``, ``USUAL``, ``ALL``.
    """

    ref: ModelRef
    wanted: tuple[Wanted, ...]
    layers: tuple[str, ...] = (BEST,)


@dataclass(frozen=True, eq=False)
class GradientMaps:
    """What a worker answers.

    Attributes:
        evidence: of each target at each layer.
        seconds: time that the pass took.
    """

    evidence: Evidence
    seconds: float


@dataclass(frozen=True, eq=False)
class GradientOrder:
    """A gradient pass on one picture.

    Attributes:
        spec: what is asked.
        prediction: of the same model on the same picture.
        picture: the picture.
    """

    spec: GradientSpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture)
        if not (self.taps and 1 <= len(self.targets) <= MAX_TARGETS):
            raise ParamsError(
                "A gradient pass is about one layer or more, and one to {most} targets.", most=MAX_TARGETS
            )

    @cached_property
    def taps(self) -> tuple[str, ...]:
        """Names of the layers, from input to output."""
        return choose_taps(self.prediction.taps, self.spec.layers)

    @cached_property
    def targets(self) -> Sequence[Target]:
        """What is explained, in the order of ``spec.wanted``."""
        return self.prediction.explained(self.spec.wanted)

    @property
    def resolved(self) -> GradientSpec:
        """The spec with the layers' own names."""
        return replace(self.spec, layers=self.taps)

    @cached_property
    def key(self) -> str:
        """Hex digest: equal keys give equal maps."""
        asked = ([target.digest for target in self.targets], self.taps)
        return digest_of(
            FORMAT,
            "gradients",
            self.prediction.facts.fingerprint,
            self.picture.sha256,
            self.prediction.output_shape,
            *asked,
        )


class GradientView:
    """What can be read off a gradient pass.

    Args:
        order: what was asked.
        maps: what the worker answered.
    """

    def __init__(self, order: GradientOrder, maps: GradientMaps | None = None) -> None:
        self.order = order
        self._maps = maps

    @property
    def maps(self) -> GradientMaps | None:
        """What the layers say, or None if it is too early."""
        return self._maps

    def explain(self, method: str, wanted: Wanted, params: CamParams | None = None) -> Explanation | None:
        """The map of a target at a layer, or None if it is too early.

        Args:
            method: key of a gradient method.
            wanted: one of those ordered.
            params: a layer that was ordered, and the direction; the best layer if None.

        Raises:
            VitrineError: it is no gradient method, or the target or the layer was not ordered.
        """
        params = params or CamParams()
        params = replace(params, layer=self._tap(params.layer))
        place, maps = self._place(wanted), self.maps
        refuse_misfit(method, "gradient", params)
        return None if maps is None else self._assemble(maps, method, place, params)

    def explain_layers(
        self, method: str, wanted: Wanted, params: CamParams | None = None
    ) -> dict[str, Explanation]:
        """The maps of a target by layer, from input to output, all that were ordered; empty if it is too
        early.

        Args:
            method: key of a gradient method.
            wanted: one of those ordered.
            params: the direction; its layer does not matter.
        """
        params = params or CamParams()
        explained = {tap: self.explain(method, wanted, replace(params, layer=tap)) for tap in self.order.taps}
        return {tap: explanation for tap, explanation in explained.items() if explanation is not None}

    def _tap(self, layer: str) -> str:
        (tap,) = choose_taps(self.order.prediction.taps, [layer])
        if tap not in self.order.taps:
            raise ParamsError("The layer {tap} was not asked for. Please start again with it.", tap=tap)
        return tap

    def _place(self, wanted: Wanted) -> int:
        if wanted not in self.order.spec.wanted:
            raise ParamsError(
                "The target {wanted} was not asked for. Please start again with it.", wanted=wanted
            )
        return self.order.spec.wanted.index(wanted)

    def _assemble(self, maps: GradientMaps, method: str, place: int, params: CamParams) -> Explanation:
        prediction, spec = self.order.prediction, self.order.spec
        direction = cast(Direction, params.direction)
        cam = positive_part(maps.evidence.of(place, params.layer, method, direction), direction)
        return Explanation(
            values=cam.values,
            signed=False,
            target=self.order.targets[place],
            method=method,
            params=params.as_dict(),
            score=float(column(prediction.base["logit"], spec.wanted[place])),
            cost=Cost(forwards=1, backwards=1, seconds=maps.seconds / len(spec.wanted)),
            provenance=prediction.provenance(self.order.picture, schedule_of(spec.wanted, place)),
            warnings=cam.warnings,
            figures=cam.figures,
        )
