"""Perturbation pass: images with parts hidden, scored under every target of a prediction at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar, Self, cast

import numpy as np

from compute.base.keys import digest_of
from compute.base.prepared import prepared
from compute.base.store import ResultStore
from compute.work.contract import Part, Price
from compute.work.maps import MapOrder, MapRequest, MapView, MethodSpec, Recorded, refuse_misfit
from compute.work.predict import Prediction
from compute.work.schedule import pieces_of, recorded_stretches
from compute.work.score_reading import read_scores
from compute.work.score_sheet import ChunkScores, ScoreSheet, chunk_runs, find_scores, keep_scores
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.batches import batch_size
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import Space
from engine.params import describe_params
from engine.perturbation.plan import PerturbationMethod, PerturbationParams, Plan
from engine.perturbation.run import PerturbationPass, Perturber, fit_picture
from engine.perturbation.stopping import enough, may_end
from engine.phrase import later
from engine.target_sets import TargetIndex, TargetSet


@dataclass(frozen=True)
class PerturbationSpec(MethodSpec):
    """A perturbation method asked of a model."""

    params: PerturbationParams

    def __post_init__(self) -> None:
        refuse_misfit(self.method, PerturbationOrder, self.params)

    @property
    def runs(self) -> int:
        """Forwards that the pass costs."""
        return self.about.runs(self.params)

    @property
    def space(self) -> Space:
        """Scale of the scores."""
        return cast(Space, self.params.space)

    def series_params(self) -> dict[str, Any]:
        """Parameters that change the runs, without those that only say how many of them there are."""
        extending = {info.name for info in describe_params(type(self.params)) if info.extends}
        return {name: value for name, value in self.run_params().items() if name not in extending}


class PerturbationView(MapView["PerturbationOrder", ScoreSheet]):
    """Maps of all targets as far as the runs go."""

    def scores(self) -> Floats:
        """float32 (runs, T), NaN where a run is missing."""
        return self.sheet.snapshot().scores

    def explain(self, wanted: TargetIndex, method: str = "", params: Any = None) -> Explanation | None:
        spec = self.order.spec
        if params is not None and params != spec.params:
            spec = PerturbationSpec(spec.ref, spec.method, params)
        return read_scores(self.order, spec, wanted, self.sheet.snapshot())

    def enough(self, wanted: Sequence[TargetIndex]) -> bool:
        if not may_end(self.order.spec.params):
            return False
        maps = (self.explain(one) for one in wanted)
        return all(explanation is not None and enough(explanation) for explanation in maps)


@dataclass(frozen=True, eq=False)
class PerturbationOrder(MapOrder[PerturbationView]):
    """A perturbation pass on one image: all that says which runs to do and what to call them.

    Attributes:
        spec: the method.
        prediction: of the same model on the same image.
        picture: the image.
        pieces: chunks of runs that are done again as they were before: first run, the one after the last, and
            runs of each batch. All runs, cut as suits the workers, if empty.
    """

    kind: ClassVar[str] = "perturbation"
    misfit: ClassVar[str] = later("{method} does not use perturbed images.")
    costs: ClassVar[str] = "{runs:,} runs of the model at the default parameters."
    chunked: ClassVar[bool] = True
    most_targets: ClassVar[int | None] = None

    spec: PerturbationSpec
    prediction: Prediction
    picture: Picture
    pieces: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture, self.spec.about)

    @classmethod
    def of(cls, request: MapRequest) -> Sequence[Self]:
        spec = PerturbationSpec(request.ref, request.method.key, cast(Any, request.params))
        return [cls(spec, request.prediction, request.picture)]

    @classmethod
    def again(cls, request: MapRequest, recorded: Recorded) -> Self:
        (order,) = cls.of(request)
        pieces = tuple(pieces_of(recorded_stretches(recorded, order.runs)))
        return cls(order.spec, order.prediction, order.picture, pieces)

    @cached_property
    def series(self) -> str:
        asked = (self.spec.method, self.spec.series_params(), self.prediction.targets.digest)
        digest = self.digest("series", *asked, self.makers)
        return digest_of(digest, self.pieces) if self.pieces else digest

    @cached_property
    def runs(self) -> int:
        """Runs of the pass on this image: fewer than its parameters say where the plan has fewer."""
        if not self.spec.about.fewer:
            return self.spec.runs
        try:
            return self.plan().runs
        except VitrineError:
            return self.spec.runs  # the first chunk fails with the same sentence

    @cached_property
    def key(self) -> str:
        return f"chunk-{digest_of(self.series, self.spec.runs)}"

    @property
    def price(self) -> Price:
        return Price(self.runs, 0, self.prediction.seconds_per_run * self.runs)

    @property
    def run(self) -> Callable[..., ChunkScores]:
        return score_chunk

    def targets_of(self, request: MapRequest) -> Sequence[TargetIndex]:
        return request.wanted

    def plan(self) -> Plan:
        """The runs.

        Raises:
            ParamsError: the method finds nothing to hide in this image.
        """
        return plan_of(self.spec, self.picture, self.prediction.input_hw)

    def sheet(self) -> ScoreSheet:
        return ScoreSheet(self)

    def view(self, sheet: ScoreSheet) -> PerturbationView:
        return PerturbationView(self, sheet)

    def find(self, store: ResultStore | None) -> ScoreSheet:
        return find_scores(store, self)

    def keep(self, store: ResultStore | None, sheet: ScoreSheet) -> None:
        if store is not None and sheet.is_due():
            keep_scores(store, self, sheet)

    def prepare(self) -> None:
        """What reads the map is imported, and the plan made."""
        try:
            self.plan()
        except VitrineError:
            return  # the first chunk fails with the same sentence


def plan_of(spec: PerturbationSpec, picture: Picture, size_hw: tuple[int, int]) -> Plan:
    """The runs of a pass on an image, remembered: workers need them for the runs, the server to read them.

    Args:
        spec: the method; parameters that only change how runs are read make no difference.
        picture: the image.
        size_hw: height and width in pixels at which the model looks at it.

    Raises:
        ParamsError: the method finds nothing to hide in this image.
    """
    key = (spec.method, *sorted(spec.run_params().items()), picture.sha256, size_hw)
    method = get_method(spec.method, PerturbationMethod)
    return prepared("plan", key, lambda: method.plan(spec.params, fit_picture(picture, size_hw)))


def prepared_pass(spec: PerturbationSpec, targets: TargetSet, picture: Picture) -> PerturbationPass:
    """The pass of a spec on an image, ready to score runs; the model stays in the hands of its cache."""
    bench = workbench()
    model = bench.model(spec.ref)
    size_hw = model.input_size_hw(picture.size_hw)
    plan = plan_of(spec, picture, size_hw)
    perturber = prepared(
        Perturber,
        (size_hw, spec, picture.sha256),
        lambda: Perturber.of(fit_picture(picture, size_hw), plan.cells, spec.params),
    )
    return PerturbationPass(model, perturber, plan, bench.scorer(targets), spec.space)


@guarded
def score_chunk(part: Part, asked: PerturbationSpec, targets: TargetSet, picture: Picture) -> ChunkScores:
    """Score the runs of a pass from a first one to before a last one under every target.

    On a machine that is busier than when it was measured, the chunk is cut into batches of about a second,
    and is left between two of them if nobody wants it any more; unless the part says how many runs a batch
    has.
    """
    began = perf_counter()
    ready = prepared_pass(asked, targets, picture)
    (start, stop), size = part[:2], part[2] if len(part) > 2 else 0
    step = size or batch_size(ready.perturber.fill.shape[:2])
    scores: list[Floats] = []
    while start < stop:
        leave_if_unwanted()
        batch_began, end = perf_counter(), min(start + step, stop)
        scores.append(ready.scores(start, end))
        step = size or min(step, chunk_runs((perf_counter() - batch_began) / (end - start)))
        start = end
    return ChunkScores(np.concatenate(scores), perf_counter() - began, tuple(map(len, scores)))
