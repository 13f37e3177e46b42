"""Answers of a model when its layer holds concepts alone, some of them weakened."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compute.worker.tasks import leave_if_unwanted
from engine.arrays import AnyInts, Floats
from engine.batches import batch_size
from engine.concepts.design import weakened
from engine.concepts.factors import ConceptBasis
from engine.model import LoadedModel
from engine.targets import Scorer

BATCH_BYTES, MOST_BATCH = 32 * 2**20, 128
"""Of the activations that are answered together by a network that names classes."""


@dataclass(frozen=True, eq=False)
class ConceptDecoder:
    """One image, of whose layer only concepts are left.

    Attributes:
        model: the model.
        image: float32 (H, W, 3) at the size at which it looks.
        layer: name of a target layer.
        basis: the concepts.
        activation: float32 (h, w, K), what the layer makes of the image.
        coefficients: float32 (h, w, k), how much of each concept is in each place.
    """

    model: LoadedModel
    image: Floats
    layer: str
    basis: ConceptBasis
    activation: Floats
    coefficients: Floats

    @classmethod
    def of(cls, model: LoadedModel, image: Floats, layer: str, basis: ConceptBasis) -> "ConceptDecoder":
        """The decoder of an image.

        Raises:
            ModelError: there is no such layer.
        """
        activation = model.activations(image[None], layer)[0]
        return cls(model, image, layer, basis, activation, basis.coefficients(activation))

    def answers(self, masks: Floats, regions: AnyInts | None = None) -> Iterator[Floats]:
        """Logits under masks (N, k, R), some at a time; see ``weakened``."""
        step = self._at_once()
        for start in range(0, len(masks), step):
            leave_if_unwanted()
            left = weakened(self.coefficients, masks[start : start + step], regions)
            yield self.model.answers_from(self.image, self.layer, self.basis.rebuilt(left), "logit")

    def scores(self, masks: Floats, scorer: Scorer, regions: AnyInts | None = None) -> Floats:
        """float32 (N, T): scores of all targets under masks (N, k, R)."""
        return np.concatenate([scorer.score(some) for some in self.answers(masks, regions)])

    def whole(self) -> Floats:
        """The logits with all concepts."""
        return next(self.answers(np.ones((1, len(self.basis), 1), np.float32)))[0]

    def own(self) -> Floats:
        """The logits of the network itself, by the way that the others take."""
        return self.model.answers_from(self.image, self.layer, self.activation[None], "logit")[0]

    def _at_once(self) -> int:
        height, width, _ = self.image.shape
        if self.model.facts.task == "segmentation":
            return batch_size((height, width))
        return int(np.clip(BATCH_BYTES // max(self.activation.nbytes, 1), 1, MOST_BATCH))
