"""How the score of a zone or a boundary of one image changes with what layers make of it."""

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
from engine.targets import Target
from engine.tcav.cells import POOLED
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class OwnGradientsSpec:
    """What workers are told.

    Attributes:
        ref: a segmentation model.
        layers: names of target layers.
        target: a zone, its boundary, or a shared boundary of the image.
        side: cells of the coarse grid on a side.
    """

    ref: ModelRef
    layers: tuple[str, ...]
    target: Target
    side: int = POOLED


@dataclass(frozen=True, eq=False)
class OwnGradientsOrder(Order[AnswerView[Any, tuple[Floats, ...]]]):
    """For each layer derivatives (1, F), in columns as ``TargetGradients`` has them.

    Attributes:
        spec: the model, the layers and the target.
        picture: the image as the model sees it.
    """

    kind: ClassVar[str] = "own-gradients"
    priority: ClassVar[int] = URGENT

    spec: OwnGradientsSpec
    picture: Picture

    @property
    def key(self) -> str:
        fingerprint = model_source().facts(self.spec.ref).fingerprint
        asked = list(self.spec.layers), self.spec.target.digest, self.spec.side
        return f"own-gradients-{digest_of(FORMAT, fingerprint, self.picture.sha256, *asked)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def run(self) -> Callable[..., tuple[Floats, ...]]:
        return own_gradients

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    def view(self, sheet: AnswerSheet) -> AnswerView[Any, tuple[Floats, ...]]:
        return AnswerView(self, sheet)


@guarded
def own_gradients(_part: Part, asked: OwnGradientsSpec, picture: Picture) -> tuple[Floats, ...]:
    """Derivatives by each layer.

    Raises:
        VitrineError: there is no such layer, or the target does not fit.
    """
    from engine.tcav.zones import target_gradients  # what draws pages need not know it

    model = workbench().model(asked.ref)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return target_gradients(model, image, asked.target, asked.layers, asked.side)
