"""A classifier with an answer known on paper, for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.model import LayerGradients, ModelFacts, ReluRule, Space, TargetLayer
from model_store.catalogue import ModelRef
from tests.feature_toys import ToyFeatures
from tests.filter_toys import Painter

SOURCE = f"{__name__}:SideSource"
LABELS = ("left", "right", "Nowhere_at all")
FACTS = ModelFacts("sides", "Sides", "classification", LABELS, ((9, 9, 9),) * 3, "CC0", "sides-1")


@dataclass
class SideClassifier(Painter):
    """Says on which side the picture is bright: the logits are 5 times the mean brightness (0-1) left and
    right, and 0.
    """

    facts: ModelFacts
    target_layers: tuple[TargetLayer, ...] = (
        TargetLayer("fine", 1),
        TargetLayer("coarse/out", 1, best=True),
        TargetLayer("odd", 1, usual=False),
    )
    traits: frozenset[str] = frozenset()

    features = ToyFeatures()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return 32, 32

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        left, right = (
            pictures[:, :, side].mean(axis=(1, 2, 3)) / 51 for side in (slice(16), slice(16, None))
        )
        logits = np.stack([left, right, 0 * left], axis=-1).astype(np.float32)
        powers = np.exp(logits)
        return logits if space == "logit" else powers / powers.sum(axis=-1, keepdims=True)

    def layer_gradients(
        self, pictures: np.ndarray, weights: np.ndarray, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        grids = {"fine": 32, "coarse/out": 8, "odd": 2}
        return {
            target_layer: self._watched(pictures, weights, grids[target_layer])
            for target_layer in target_layers
        }

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        slopes = np.repeat(weights[:, :2] / 51 / (32 * 16 * 3), 16, axis=1)
        return np.broadcast_to(slopes[:, None, :, None], pictures.shape).astype(np.float32)

    def _watched(self, pictures: np.ndarray, weights: np.ndarray, cells: int) -> LayerGradients:
        step = 32 // cells
        activation = pictures.reshape(-1, cells, step, cells, step, 3).mean(axis=(2, 4, 5)).astype(np.float32)
        slopes = weights[:, :2] / 51 / (cells * cells / 2)
        gradient = np.broadcast_to(np.repeat(slopes, cells // 2, axis=1)[:, None], activation.shape).astype(
            np.float32
        )
        return LayerGradients(activation[..., None], gradient[..., None])

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")


class SideSource:
    """One classifier, whatever is asked for."""

    def facts(self, ref: ModelRef) -> ModelFacts:
        return replace(FACTS, key=str(ref))

    def get(self, ref: ModelRef) -> SideClassifier:
        return SideClassifier(self.facts(ref))
