"""Questions about a model's inside on one image: layers, maps, attention of a cell, strongest places."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import BRIEF, AnswerSheet, AnswerView, Order, Part
from compute.worker.sources import model_source
from compute.worker.tasks import guarded
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import FirstKernels, LayerFacts, LayerMaps
from engine.filters import OUTPUT
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from engine.visualise.patches import Peaks, channel_peaks
from model_store.catalogue import ModelRef

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class FeatureSpec(ABC, Generic[Answer]):
    """A question about the inside of a model.

    Attributes:
        name: of the kind of question.
        ref: the model.
    """

    name: ClassVar[str]
    ref: ModelRef

    @property
    def asked(self) -> tuple[Any, ...]:
        """Plain values: equal ones are the same question."""
        return self.name, *(getattr(self, field.name) for field in fields(self)[1:])

    @abstractmethod
    def read(self, model: LoadedModel, image: Floats) -> Answer:
        """The answer, of a picture float32 (H, W, 3) at the size at which the model looks."""


@dataclass(frozen=True, eq=False)
class LayerList:
    """What there is to look at.

    Attributes:
        layers: from input to output, with their sizes for the picture.
        kernels: of the first convolution, or None.
        no_kernels: why there are none.
    """

    layers: tuple[LayerFacts, ...]
    kernels: FirstKernels | None
    no_kernels: ModelError | None = None


@dataclass(frozen=True)
class LayersSpec(FeatureSpec[LayerList]):
    """Which layers there are."""

    name: ClassVar[str] = "layers"

    def read(self, model: LoadedModel, image: Floats) -> LayerList:
        height, width, _ = image.shape
        layers = model.features.layers((height, width))
        try:
            return LayerList(layers, model.features.kernels())
        except ModelError as error:
            return LayerList(layers, None, error)


@dataclass(frozen=True)
class MapsSpec(FeatureSpec[LayerMaps]):
    """The maps of a layer, before and after its activation.

    Attributes:
        layer: its name.
    """

    name: ClassVar[str] = "maps"
    layer: str

    def read(self, model: LoadedModel, image: Floats) -> LayerMaps:
        return model.features.layer_maps(image, self.layer)


@dataclass(frozen=True)
class AttentionSpec(FeatureSpec[Floats]):
    """What one cell attends to: float32 (heads, h, w).

    Attributes:
        layer: name of an attention block.
        query_rc: row and column of the cell on the block's grid.
    """

    name: ClassVar[str] = "attention"
    layer: str
    query_rc: tuple[int, int]

    def read(self, model: LoadedModel, image: Floats) -> Floats:
        return model.features.attention(image, self.layer, self.query_rc)


@dataclass(frozen=True)
class PeaksSpec(FeatureSpec[Peaks]):
    """Where each channel of a layer answers most.

    Attributes:
        layer: name of a target layer, or ``OUTPUT`` for classes.
    """

    name: ClassVar[str] = "peaks"
    layer: str

    def read(self, model: LoadedModel, image: Floats) -> Peaks:
        height, width, _ = image.shape
        if self.layer == OUTPUT:
            logits = model.score_batch(image[None], "logit")[0]
            activation = logits if logits.ndim == 3 else logits[None, None]
        else:
            activation = model.features.layer_maps(image, self.layer).after
        return channel_peaks(
            np.asarray(activation, np.float32), model.receptive_field(self.layer, (height, width))
        )


@dataclass(frozen=True, eq=False)
class FeatureOrder(Order[AnswerView[Any, Answer]], Generic[Answer]):
    """A question about the inside of a model on one image.

    Attributes:
        spec: the question.
        picture: the image.
    """

    kind: ClassVar[str] = "features"
    priority: ClassVar[int] = BRIEF

    spec: FeatureSpec[Answer]
    picture: Picture

    @property
    def key(self) -> str:
        facts = model_source().facts(self.spec.ref)
        digest = digest_of(FORMAT, "features", facts.fingerprint, self.picture.sha256, *self.spec.asked)
        return f"features-{digest}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def run(self) -> Callable[..., Answer]:
        return inspect_layers

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, Answer]:
        return AnswerView(self, sheet)


@guarded
def inspect_layers(_part: Part, asked: FeatureSpec[Answer], picture: Picture) -> Answer:
    """Answer a question about the inside of a model."""
    model = workbench().model(asked.ref)
    return asked.read(model, fit_picture(picture, model.input_size_hw(picture.size_hw)))
