"""Summed pass: gradients or masked images of which only the sums travel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar, Self

from compute.base.keys import digest_of
from compute.base.prepared import prepared
from compute.work.alarms.map_alarms import with_alarms
from compute.work.contract import Part, Price
from compute.work.maps import (
    GRADIENT_RUNS,
    MAX_TARGETS,
    MapOrder,
    MapRequest,
    MapView,
    MethodSpec,
    Recorded,
    recorded_together,
    refuse_misfit,
    refuse_unordered,
)
from compute.work.predict import Prediction
from compute.work.schedule import schedule_of
from compute.work.sum_sheet import ChunkSums, SumSheet, SumsSoFar
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.errors import ParamsError
from engine.explanation import Cost, Explanation
from engine.gradients.run import dense_weights
from engine.gradients.target_layers import choose_target_layers
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from engine.phrase import later
from engine.summed.plan import Attribution, PassInput, Runs, SummedMethod, SumSource, TargetSums
from engine.summed.run import run_summed
from engine.target_sets import TargetIndex, TargetSet, column
from engine.targets import Target


@dataclass(frozen=True)
class SummedSpec(MethodSpec):
    """A summed method asked of a model about some targets: they share its images.

    Attributes:
        wanted: indices in ``prediction.targets``, or pairs of classes, "the first rather than the second".
    """

    wanted: tuple[TargetIndex, ...]

    def __post_init__(self) -> None:
        refuse_misfit(self.method, SummedOrder, self.params)

    @property
    def source(self) -> SumSource[Any]:
        """Where the sums come from."""
        return get_method(self.method, SummedMethod).source

    @property
    def runs_key(self) -> str:
        """Hex digest: equal keys add up the same, whatever is read off it."""
        return digest_of(self.source.key, self.run_params())


class SummedView(MapView["SummedOrder", SumSheet]):
    """Maps of the targets that were ordered, as far as the sums can be read."""

    def explain(self, wanted: TargetIndex, method: str = "", params: Any = None) -> Explanation | None:
        order, now = self.order, self.sheet.now
        place = refuse_unordered(wanted, order.spec.wanted)
        needed = order.spec.source.readable_after
        if not now.done[: len(now.done) if needed is None else needed].all():
            return None
        image = fit_picture(order.picture, order.prediction.input_hw)
        sums = {name: array[place] for name, array in now.sums.items()}
        score = float(column(order.prediction.base[order.spec.source.space], wanted))
        seen = TargetSums(sums, int(now.done.sum()), image, score)
        reading = get_method(order.spec.method, SummedMethod).read(seen, order.asked.params)
        return self._assemble(place, seen, reading, now)

    def _assemble(self, place: int, seen: TargetSums, reading: Attribution, now: SumsSoFar) -> Explanation:
        prediction, spec = self.order.prediction, self.order.asked
        schedule = schedule_of(spec.wanted, place) | {"chunk": self.sheet.step}
        explanation = Explanation(
            values=reading.values,
            signed=spec.about.signed,
            target=self.order.targets[place],
            method=spec.method,
            params=spec.params.as_dict(),
            score=seen.score,
            cost=Cost(seen.runs, spec.source.gradients(seen.runs), now.seconds / len(spec.wanted)),
            provenance=prediction.provenance(
                self.order.picture, schedule, " and ".join(sorted(now.backends))
            ),
            warnings=reading.warnings,
            figures=reading.figures,
        )
        return with_alarms(explanation, prediction, self.order.picture, spec.wanted[place])


@dataclass(frozen=True, eq=False)
class SummedOrder(MapOrder[SummedView]):
    """A summed pass on one image.

    Attributes:
        spec: what is asked.
        prediction: of the same model on the same image.
        picture: the image.
        step: runs of a chunk; as many as take about a second if 0.
        most_runs: so many runs are enough; all if 0.
    """

    kind: ClassVar[str] = "summed"
    misfit: ClassVar[str] = later("{method} does not use sums.")
    costs: ClassVar[str] = (
        "{runs:,} runs and as many gradients for each target at the default parameters; Score-CAM "
        "needs no gradients."
    )
    chunked: ClassVar[bool] = True

    spec: SummedSpec
    prediction: Prediction
    picture: Picture
    step: int = 0
    most_runs: int = 0

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture, self.spec.about)
        if not 1 <= len(self.targets) <= MAX_TARGETS:
            raise ParamsError("A summed pass needs one to {most} targets.", most=MAX_TARGETS)
        if self.runs < 1:  # reading it also finds out whether there is such a layer
            raise ParamsError("There is nothing to run.")

    @classmethod
    def of(cls, request: MapRequest) -> Sequence[Self]:
        return [
            cls(
                SummedSpec(request.ref, request.method.key, request.params, some),
                request.prediction,
                request.picture,
            )
            for some in request.some(MAX_TARGETS)
        ]

    @classmethod
    def again(cls, request: MapRequest, recorded: Recorded) -> Self:
        together = recorded_together(request, recorded)
        spec = SummedSpec(request.ref, request.method.key, request.params, together)
        chunk = recorded.schedule.get("chunk")
        step = chunk if type(chunk) is int and chunk > 0 else 0
        return cls(spec, request.prediction, request.picture, step, max(recorded.forwards, 1))

    @cached_property
    def asked(self) -> SummedSpec:
        """The spec with the layer's own name, for a method that has one."""
        params: Any = self.spec.params
        if not hasattr(params, "layer"):
            return self.spec
        layers = choose_target_layers(self.prediction.target_layers, [params.layer])
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
        """Images that the pass runs, each for all targets."""
        return self.spec.source.count(self.asked.params, self.prediction.target_layers)

    @property
    def enough_runs(self) -> int:
        """Runs that are done before it is complete."""
        return min(self.most_runs or self.runs, self.runs)

    @cached_property
    def key(self) -> str:
        targets = [target.digest for target in self.targets]
        digest = self.digest("sums", self.asked.runs_key, targets, self.prediction.output_shape, self.makers)
        again = digest_of(digest, self.step, self.most_runs) if self.step or self.most_runs else digest
        return f"sums-{again}"

    @cached_property
    def price(self) -> Price:
        backwards = self.spec.source.gradients(self.runs)
        gradients = backwards * len(self.targets)
        forwards = self.runs - backwards
        seconds = self.prediction.seconds_per_run * (forwards + GRADIENT_RUNS * gradients)
        return Price(self.runs, gradients, seconds)

    @property
    def run(self) -> Callable[..., ChunkSums]:
        return sum_chunk

    def sheet(self) -> SumSheet:
        return SumSheet(self)

    def view(self, sheet: SumSheet) -> SummedView:
        return SummedView(self, sheet)


def runs_of(model: LoadedModel, spec: SummedSpec, targets: TargetSet, picture: Picture) -> Runs:
    """The runs of a pass on an image, remembered in a worker from one chunk to the next.

    Args:
        model: the model; it is not kept.
        spec: what is asked, with the layer's own name.
        targets: of the prediction.
        picture: the image.

    Raises:
        VitrineError: a target or the layer does not fit.
    """
    wanted = [targets.wanted(one) for one in spec.wanted]
    size_hw = model.input_size_hw(picture.size_hw)

    def make() -> Runs:
        scene = PassInput(fit_picture(picture, size_hw), dense_weights(wanted, targets.output_shape))
        return spec.source.prepare(model, scene, spec.params)

    digests = tuple(target.digest for target in wanted)
    key = (model.facts.fingerprint, spec.runs_key, digests, targets.output_shape, picture.sha256, size_hw)
    return prepared("runs", key, make)


@guarded
def sum_chunk(part: Part, asked: SummedSpec, targets: TargetSet, picture: Picture) -> ChunkSums:
    """What the runs from a first one to before a last one add; the layer goes by its own name here."""
    began = perf_counter()
    model = workbench().model(asked.ref)
    runs = runs_of(model, asked, targets, picture)
    sums = run_summed(model, runs, (part[0], part[1]), leave_if_unwanted)
    backend = model.gradient_backend.name if asked.source.gradients(part[1]) else ""
    return ChunkSums(sums, perf_counter() - began, backend)
