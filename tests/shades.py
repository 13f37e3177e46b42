"""A segmenter that sees dark, middle and bright parts, and knows in an instant."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.model import ModelFacts, ReluRule, Space, TargetLayer
from model_store.base.entries import InputPolicy
from tests.feature_toys import ToyFeatures
from tests.filter_toys import Painter

SHADES = ModelFacts(
    "toy",
    "Toy",
    "segmentation",
    ("dark", "middle", "bright"),
    ((20, 20, 90), (90, 130, 60), (240, 220, 90)),
    "CC0",
    "0" * 64,
)
CENTRES = np.array([0.15, 0.5, 0.85], np.float32)


@dataclass
class BrightnessSegmenter(Painter):
    """The class of a pixel is the nearest of three brightnesses; the brightness of the whole picture shifts
    them a little.
    """

    facts: ModelFacts
    target_layers: tuple[TargetLayer, ...] = ()
    features = ToyFeatures()
    traits: frozenset[str] = frozenset()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return InputPolicy(64, 160, 32).size_hw(picture_hw)

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        logits = -20.0 * np.square(self._from_centres(pictures))
        logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return (logits if space == "logit" else np.exp(logits)).astype(np.float32)

    def _from_centres(self, pictures: np.ndarray) -> np.ndarray:
        """How far each place is from each brightness: (N, h, w, 3)."""
        grey = pictures[:, ::2, ::2].mean(axis=-1) / 255.0
        return (grey + 0.1 * (grey.mean(axis=(1, 2), keepdims=True) - 0.5))[..., None] - CENTRES

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        slopes = -40.0 * self._from_centres(pictures)
        slopes -= (self.score_batch(pictures, "probability") * slopes).sum(axis=-1, keepdims=True)
        pull = (weights * slopes).sum(axis=-1)
        pull += 0.1 * pull.mean(axis=(1, 2), keepdims=True)
        found = np.zeros(pictures.shape, np.float32)
        found[:, ::2, ::2] = pull[..., None] / (3 * 255)
        return found

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")
