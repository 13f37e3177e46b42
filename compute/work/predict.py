"""Predictions: what a model answers for an image, its zones, and what a run costs."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Protocol

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import URGENT, AnswerSheet, AnswerView, Order, Part
from compute.worker.sources import model_source
from compute.worker.tasks import guarded, task_key
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.errors import ParamsError
from engine.explanation import Provenance
from engine.images.picture import Picture
from engine.method import Method
from engine.model import SPACES, Backend, ModelFacts, Space, TargetLayer
from engine.perturbation.run import fit_picture
from engine.target_sets import TargetIndex, TargetSet
from engine.targets import Target
from engine.zones import Zones, list_zones
from model_store.catalogue import ModelRef

LIBRARIES = (
    "numpy",
    "scipy",
    "scikit-image",
    "scikit-learn",
    "lime",
    "pillow",
    "tensorflow",
    "keras",
    "tf-keras",
    "transformers",
    "openvino",
)
"""Libraries that can change a number."""


@dataclass(frozen=True)
class Making:
    """When and on what something was computed that came with Vitrine.

    Attributes:
        day: such as "2026-11-29".
        machine: processor and what ran the model.
    """

    day: str
    machine: str


class KnownModel(Protocol):
    """What can be asked of a model without one of its outputs; a prediction is one.

    Attributes:
        facts: the model.
        input_hw: height and width in pixels at which it looks at an image.
        seconds_per_run: about the seconds for one more image in its usual batch.
        target_layers: layers that can be looked at, from input to output.
    """

    @property
    def facts(self) -> ModelFacts: ...
    @property
    def input_hw(self) -> tuple[int, int]: ...
    @property
    def seconds_per_run(self) -> float: ...
    @property
    def target_layers(self) -> tuple[TargetLayer, ...]: ...


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model answers for one image.

    Attributes:
        facts: the model.
        picture_sha256: digest of the image.
        input_hw: height and width in pixels at which the model looked at it.
        output_shape: (h, w, C) for segmentation, (C,) for classification.
        zones: connected zones, or None for classification.
        confidence: float32 (h, w), probability of the winning class, 0-1; None for classification.
        class_scores: float32 (C,), probability of each class, for segmentation its mean over the image.
        base: for each space float32 (T,), score of the unperturbed image under each of ``targets``.
        seconds_per_run: about the seconds for one more image in the model's usual batch.
        versions: libraries of the worker, name to version.
        target_layers: layers of the model that can be looked at, from input to output.
        traits: what methods ask of the model; see ``engine.model.LoadedModel.traits``.
        backend: what runs the model forwards.
        made: of one that came with Vitrine, when and on what; None if it was computed here.
        regions: targets that were asked about besides those of the zones.
    """

    facts: ModelFacts
    picture_sha256: str
    input_hw: tuple[int, int]
    output_shape: tuple[int, ...]
    zones: Zones | None
    confidence: Floats | None
    class_scores: Floats
    base: Mapping[Space, Floats]
    seconds_per_run: float
    versions: Mapping[str, str] = field(default_factory=dict)
    target_layers: tuple[TargetLayer, ...] = ()
    traits: frozenset[str] = frozenset()
    backend: Backend = field(default_factory=Backend)
    made: Making | None = None
    regions: tuple[Target, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again from the zones."""
        return {**self.__dict__, "zones": None if self.zones is None else replace(self.zones)}

    @property
    def targets(self) -> TargetSet:
        """Everything that one pass answers: each zone, each border, each shared border, each region that was
        asked about; or each class.
        """
        return TargetSet(self.output_shape, self.facts.labels, self.zones, self.regions)

    def why_not(self, method: Method) -> str | None:
        """The reason why a method does not fit the model, or None if it does."""
        return method.why_not(self.facts, self.traits | ({"layer"} if self.target_layers else set()))

    def refuse_other(self, ref: ModelRef, picture: Picture, method: Method | None = None) -> None:
        """Lets only the model and the image pass that were predicted, and a method that fits.

        Raises:
            ParamsError: it is another one, or the method does not fit the model.
        """
        if (self.facts.key, self.picture_sha256) != (str(ref), picture.sha256):
            raise ParamsError("This prediction belongs to another model or image. Please predict again.")
        reason = self.why_not(method) if method else None
        if reason:
            raise ParamsError(reason)

    def explained(self, wanted: Iterable[TargetIndex]) -> Sequence[Target]:
        """What some indices of ``targets``, or pairs of classes, stand for, in their order.

        Raises:
            TargetError: there is no such target.
        """
        targets = self.targets
        return [targets.wanted(one) for one in wanted]

    def provenance(
        self, picture: Picture, schedule: Mapping[str, Any] | None = None, gradients: str = ""
    ) -> Provenance:
        """Where something comes from that is found out about this prediction.

        Args:
            picture: the image.
            schedule: see ``engine.explanation.Provenance``.
            gradients: what computed them, where there are any.
        """
        by = {"gradient": gradients} if gradients else {}
        return Provenance(
            self.facts.key,
            self.facts.fingerprint,
            picture.name,
            picture.sha256,
            dict(self.versions) | by,
            schedule or {},
        )


@dataclass(frozen=True)
class PredictSpec:
    """What workers are told: the model, and the targets besides those of the zones."""

    ref: ModelRef
    regions: tuple[Target, ...] = ()


class PredictView(AnswerView["PredictOrder", Prediction]):
    """A prediction."""


@dataclass(frozen=True, eq=False)
class PredictOrder(Order[PredictView]):
    """A prediction of one image.

    Attributes:
        spec: the model.
        picture: the image.
        regions: targets that are asked about besides those of the zones; only of a segmentation model.
    """

    kind: ClassVar[str] = "predict"
    priority: ClassVar[int] = URGENT
    retries: ClassVar[int] = 0

    spec: ModelRef
    picture: Picture
    regions: tuple[Target, ...] = ()

    @property
    def key(self) -> str:
        facts = model_source().facts(self.spec)
        besides = [[region.digest for region in self.regions]] if self.regions else []
        return f"predict-{digest_of(FORMAT, facts.fingerprint, self.picture.sha256, *besides)}"

    @property
    def identity(self) -> Hashable:
        return str(self.spec), self.picture.sha256, *self.regions

    @property
    def run(self) -> Callable[..., Prediction]:
        return predict

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    @property
    def asked(self) -> PredictSpec:
        return PredictSpec(self.spec, self.regions)

    def view(self, sheet: AnswerSheet) -> PredictView:
        return PredictView(self, sheet)


@guarded
def predict(_part: Part, asked: PredictSpec, picture: Picture) -> Prediction:
    """What the model answers, its zones, and the base score of each target; in a worker, what gradients need
    is begun for who asks next.
    """
    bench = workbench()
    model = bench.model(asked.ref)
    input_hw = model.input_size_hw(picture.size_hw)
    image = fit_picture(picture, input_hw)
    outputs = {space: model.score_batch(image[None], space)[0] for space in SPACES}
    answer = outputs["probability"]
    segments = answer.ndim == 3
    zones = list_zones(answer, model.facts.labels) if segments else None
    scorer = bench.scorer(TargetSet(answer.shape, model.facts.labels, zones, asked.regions))
    seconds_per_run = bench.seconds_per_run(model, image)
    if task_key() is not None:
        model.preload()
    return Prediction(
        facts=model.facts,
        picture_sha256=picture.sha256,
        input_hw=input_hw,
        output_shape=answer.shape,
        zones=zones,
        confidence=answer.max(axis=-1) if segments else None,
        class_scores=answer.mean(axis=(0, 1)) if segments else answer,
        base={space: scorer.score(output[None])[0] for space, output in outputs.items()},
        seconds_per_run=seconds_per_run,
        versions=_versions() | {"forward": model.backend.name},
        target_layers=model.target_layers,
        traits=model.traits,
        backend=model.backend,
        regions=asked.regions,
    )


def _versions() -> dict[str, str]:
    """Versions of the libraries that can change a number, without importing them."""
    known = {}
    for name in LIBRARIES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            continue
    return known
