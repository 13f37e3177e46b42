"""The class of each pixel of one image, at the size of its mask: what figures of a data set count."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import URGENT, AnswerSheet, AnswerView, Order, Part
from compute.worker.sources import model_source
from compute.worker.tasks import guarded
from compute.worker.workbench import workbench
from engine.arrays import AnyInts
from engine.errors import ModelError
from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from model_store.catalogue import ModelRef


@dataclass(frozen=True)
class AnswerMaskSpec:
    """What workers are told.

    Attributes:
        ref: a segmentation model.
        size_hw: height and width of the mask in pixels.
    """

    ref: ModelRef
    size_hw: tuple[int, int]


class AnswerMaskView(AnswerView["AnswerMaskOrder", AnyInts]):
    """Class ids uint16 (H, W)."""


@dataclass(frozen=True, eq=False)
class AnswerMaskOrder(Order[AnswerMaskView]):
    """The winning class of each pixel.

    Attributes:
        spec: the model, and the size.
        picture: the image as the model sees it.
    """

    kind: ClassVar[str] = "mask"
    priority: ClassVar[int] = URGENT
    retries: ClassVar[int] = 0

    spec: AnswerMaskSpec
    picture: Picture

    @property
    def key(self) -> str:
        fingerprint = model_source().facts(self.spec.ref).fingerprint
        return f"mask-{digest_of(FORMAT, fingerprint, self.picture.sha256, self.spec.size_hw)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def run(self) -> Callable[..., AnyInts]:
        return answer_mask

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    def view(self, sheet: AnswerSheet) -> AnswerMaskView:
        return AnswerMaskView(self, sheet)


@guarded
def answer_mask(_part: Part, asked: AnswerMaskSpec, picture: Picture) -> AnyInts:
    """Class ids uint16 (H, W), exactly as ``MaskAnswers`` counts them.

    Raises:
        ModelError: the model classifies whole images.
    """
    from compute.measure.masks import winners  # brings what only workers need

    model = workbench().model(asked.ref)
    if model.facts.task != "segmentation":
        raise ModelError("The model {model} has no masks.", model=model.facts.key)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    return winners(model.score_batch(image[None], "logit")[0], asked.size_hw).astype(np.uint16)
