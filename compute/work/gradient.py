"""Gradient pass: one forward and one backward, read as maps of every layer by every gradient method."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar, Self, cast

from compute.work.alarms.map_alarms import with_alarms
from compute.work.contract import BRIEF, AnswerSheet, Part, Price
from compute.work.maps import (
    GRADIENT_RUNS,
    MAX_TARGETS,
    Answered,
    MapOrder,
    MapRequest,
    MapView,
    Recorded,
    recorded_together,
    refuse_misfit,
    refuse_unordered,
)
from compute.work.predict import Prediction
from compute.work.schedule import schedule_of
from compute.worker.tasks import guarded
from compute.worker.workbench import workbench
from engine.errors import ParamsError
from engine.explanation import Cost, Explanation
from engine.gradients.params import CamParams, Direction
from engine.gradients.plan import positive_part
from engine.gradients.run import Evidence, dense_weights, run_gradients
from engine.gradients.target_layers import BEST, USUAL, choose_target_layers
from engine.images.picture import Picture
from engine.model import Backend
from engine.perturbation.run import fit_picture
from engine.phrase import later
from engine.target_sets import TargetIndex, TargetSet, column
from engine.targets import Target
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class GradientSpec:
    """Layers of a model asked about targets: one pass answers all methods, both directions and all layers.

    Attributes:
        ref: the model.
        wanted: indices in ``prediction.targets``, or pairs of classes, "the first rather than the second".
        layers: names of target layers, or ``BEST``, ``USUAL``, ``ALL``.
    """

    ref: ModelRef
    wanted: tuple[TargetIndex, ...]
    layers: tuple[str, ...] = (BEST,)


@dataclass(frozen=True, eq=False)
class GradientMaps:
    """What a worker answers.

    Attributes:
        evidence: of each target at each layer.
        seconds: time that the pass took.
        backend: what computed the gradients.
    """

    evidence: Evidence
    seconds: float
    backend: str = Backend.name


class GradientView(MapView["GradientOrder", AnswerSheet]):
    """Maps of all layers that were ordered."""

    def explain(self, wanted: TargetIndex, method: str = "", params: Any = None) -> Explanation | None:
        """The map of a target at a layer, or None if it is too early.

        Args:
            wanted: one of those ordered.
            method: key of a gradient method.
            params: a layer that was ordered, and the direction; the best layer if None.

        Raises:
            VitrineError: it is no gradient method, or the target or the layer was not ordered.
        """
        params = params or CamParams()
        params = replace(params, layer=self._target_layer(params.layer))
        place = refuse_unordered(wanted, self.order.spec.wanted)
        refuse_misfit(method, GradientOrder, params)
        maps: GradientMaps | None = self.sheet.answer
        return None if maps is None else self._assemble(maps, method, place, params)

    def explain_layers(
        self, wanted: TargetIndex, method: str, params: CamParams | None = None
    ) -> dict[str, Explanation]:
        """Maps of a target by layer, from input to output, all that were ordered; empty if it is too early.

        Args:
            wanted: one of those ordered.
            method: key of a gradient method.
            params: the direction; its layer does not matter.
        """
        params = params or CamParams()
        layers = self.order.target_layers
        maps = {layer: self.explain(wanted, method, replace(params, layer=layer)) for layer in layers}
        return {layer: explanation for layer, explanation in maps.items() if explanation is not None}

    def maps(self, request: MapRequest) -> Iterator[Answered]:
        """What was ordered of a question, target by target, and layer by layer where it asks for several."""
        params = cast(CamParams, request.params)
        layers = choose_target_layers(self.order.prediction.target_layers, [params.layer])
        for wanted in self.order.targets_of(request):
            maps = self.explain_layers(wanted, request.method.key, params)
            yield from ((wanted, maps[layer]) for layer in layers if layer in maps)

    def _target_layer(self, layer: str) -> str:
        (target_layer,) = choose_target_layers(self.order.prediction.target_layers, [layer])
        if target_layer not in self.order.target_layers:
            raise ParamsError(
                "The layer {layer} was not requested. Please start again with it.", layer=target_layer
            )
        return target_layer

    def _assemble(self, maps: GradientMaps, method: str, place: int, params: CamParams) -> Explanation:
        prediction, spec = self.order.prediction, self.order.spec
        direction = cast(Direction, params.direction)
        cam = positive_part(maps.evidence.of(place, params.layer, method, direction), direction)
        explanation = Explanation(
            values=cam.values,
            signed=False,
            target=self.order.targets[place],
            method=method,
            params=params.as_dict(),
            score=float(column(prediction.base["logit"], spec.wanted[place])),
            cost=Cost(forwards=1, backwards=1, seconds=maps.seconds / len(spec.wanted)),
            provenance=prediction.provenance(
                self.order.picture, schedule_of(spec.wanted, place), maps.backend
            ),
            warnings=cam.warnings,
            figures=cam.figures,
        )
        return with_alarms(explanation, prediction, self.order.picture, spec.wanted[place])


@dataclass(frozen=True, eq=False)
class GradientOrder(MapOrder[GradientView]):
    """A gradient pass on one image.

    Attributes:
        spec: what is asked.
        prediction: of the same model on the same image.
        picture: the image.
    """

    kind: ClassVar[str] = "gradient"
    misfit: ClassVar[str] = later("{method} does not use gradients.")
    costs: ClassVar[str] = "one run and one gradient, for all layers and all methods of this kind together."
    priority: ClassVar[int] = BRIEF
    by_layer: ClassVar[bool] = True

    spec: GradientSpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture)
        if not (self.target_layers and 1 <= len(self.targets) <= MAX_TARGETS):
            raise ParamsError(
                "A gradient pass needs at least one layer, and one to {most} targets.", most=MAX_TARGETS
            )

    @classmethod
    def of(cls, request: MapRequest) -> Sequence[Self]:
        layer = cast(CamParams, request.params).layer
        prediction = request.prediction
        usual = choose_target_layers(prediction.target_layers, [BEST, USUAL]) if request.shared else ()
        layers = (USUAL,) if request.shared and layer in (BEST, *usual) else (layer,)
        return [
            cls(GradientSpec(request.ref, some, layers), prediction, request.picture)
            for some in request.some(MAX_TARGETS)
        ]

    @classmethod
    def again(cls, request: MapRequest, recorded: Recorded) -> Self:
        layers = (cast(CamParams, request.params).layer,)
        spec = GradientSpec(request.ref, recorded_together(request, recorded), layers)
        return cls(spec, request.prediction, request.picture)

    @cached_property
    def target_layers(self) -> tuple[str, ...]:
        """Names of the layers, from input to output."""
        return choose_target_layers(self.prediction.target_layers, self.spec.layers)

    @cached_property
    def targets(self) -> Sequence[Target]:
        """What is explained, in the order of ``spec.wanted``."""
        return self.prediction.explained(self.spec.wanted)

    @cached_property
    def key(self) -> str:
        asked = (self.prediction.output_shape, [target.digest for target in self.targets], self.target_layers)
        return f"gradients-{self.digest('gradients', *asked)}"

    @property
    def price(self) -> Price:
        count = len(self.spec.wanted)
        seconds = count * GRADIENT_RUNS * self.prediction.seconds_per_run
        return Price(count, count, seconds, len(self.target_layers))

    @property
    def run(self) -> Callable[..., GradientMaps]:
        return differentiate

    @property
    def asked(self) -> GradientSpec:
        return replace(self.spec, layers=self.target_layers)

    def view(self, sheet: AnswerSheet) -> GradientView:
        return GradientView(self, sheet)


@guarded
def differentiate(_part: Part, asked: GradientSpec, targets: TargetSet, picture: Picture) -> GradientMaps:
    """What layers, by their own names, say about some targets, by one forward and one backward of each."""
    model = workbench().model(asked.ref)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    began = perf_counter()
    weights = dense_weights([targets.wanted(wanted) for wanted in asked.wanted], targets.output_shape)
    evidence = run_gradients(model, image, weights, asked.layers)
    return GradientMaps(evidence, perf_counter() - began, model.gradient_backend.name)
