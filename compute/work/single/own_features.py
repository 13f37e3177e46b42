"""Features of one image at a layer, to place it among those of a data set."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import URGENT, AnswerSheet, AnswerView, Order, Part
from compute.worker.sources import model_source
from compute.worker.tasks import guarded
from compute.worker.workbench import workbench
from engine.arrays import Floats
from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class OwnFeaturesSpec:
    """What workers are told.

    Attributes:
        ref: the model.
        layer: name of a target layer.
    """

    ref: ModelRef
    layer: str


@dataclass(frozen=True, eq=False)
class OwnFeaturesOrder(Order[AnswerView[Any, Floats]]):
    """The means of a layer's channels, (K,), as ``LayerFeatures`` has them.

    Attributes:
        spec: the model, and the layer.
        picture: the image as the model sees it.
    """

    kind: ClassVar[str] = "own-features"
    priority: ClassVar[int] = URGENT

    spec: OwnFeaturesSpec
    picture: Picture

    @property
    def key(self) -> str:
        fingerprint = model_source().facts(self.spec.ref).fingerprint
        return f"own-features-{digest_of(FORMAT, fingerprint, self.picture.sha256, self.spec.layer)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def run(self) -> Callable[..., Floats]:
        return own_features

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, Floats]:
        return AnswerView(self, sheet)


@guarded
def own_features(_part: Part, asked: OwnFeaturesSpec, picture: Picture) -> Floats:
    """Means float32 (K,) of the channels.

    Raises:
        ModelError: there is no such layer.
    """
    from compute.measure.features import layer_means  # what draws pages need not know it

    model = workbench().model(asked.ref)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return layer_means(model, image[None], asked.layer)[0]
