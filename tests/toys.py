"""Toy models whose explanations are known on paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.model import Backend, LayerGradients, ModelFacts, ReluRule, Space, TargetLayer

FACTS = ModelFacts(
    "toy", "Toy", "segmentation", ("dark", "bright"), ((0, 0, 120), (250, 220, 60)), "CC0", "toy-1"
)
TAPS = (TargetLayer("whole", 1, usual=False), TargetLayer("seen", 2, best=True))
FLOOR = 1e-4


@dataclass
class QuarterSegmenter:
    """Looks only at the top left quarter: every pixel is "bright" with the mean brightness of that quarter.

    A picture whose quarter is half grey has a probability that moves linearly with what is hidden there. The
    layer "whole" is the brightness everywhere, at a quarter of the size; "seen" is what is left of it and of
    the darkness in the quarter, and of these only the brightness is used.
    """

    facts: ModelFacts = FACTS
    target_layers: tuple[TargetLayer, ...] = TAPS
    traits: frozenset[str] = frozenset({"relu"})
    backend: Backend = field(default_factory=Backend)
    gradient_backend: Backend = field(default_factory=Backend)
    batches: list[int] = field(default_factory=list)

    def preload(self) -> None:
        """Nothing needs to be made ahead."""

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return 64, 64

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        self.batches.append(len(pictures))
        count, height, width, _ = pictures.shape
        bright = pictures[:, : height // 2, : width // 2].mean(axis=(1, 2, 3)) / 255.0
        bright = np.clip(bright, FLOOR, 1 - FLOOR)
        scores = np.stack([1 - bright, bright], axis=-1)
        if space == "logit":
            scores = np.log(scores)
        return np.broadcast_to(scores[:, None, None, :], (count, height // 4, width // 4, 2)).astype(
            np.float32
        )

    def layer_gradients(
        self, pictures: np.ndarray, weights: np.ndarray, target_layers: Sequence[str]
    ) -> dict[str, LayerGradients]:
        self.batches.append(len(pictures))
        if set(target_layers) - {target_layer.name for target_layer in self.target_layers}:
            raise ModelError("There is no layer {target_layers}.", target_layers=target_layers)
        count, height, width, _ = pictures.shape
        bright = (
            pictures.reshape(count, height // 4, 4, width // 4, 4, 3).mean(axis=(2, 4, 5))[..., None] / 255
        )
        quarter = np.zeros_like(bright)
        quarter[:, : height // 8, : width // 8] = 1
        mean = np.clip((bright * quarter).sum(axis=(1, 2, 3)) / quarter[0].sum(), FLOOR, 1 - FLOOR)
        dark, light = weights.sum(axis=(1, 2)).T
        slope = quarter * ((light / mean - dark / (1 - mean)) / quarter[0].sum())[:, None, None, None]
        seen = LayerGradients(
            np.concatenate([bright * quarter, (1 - bright) * quarter], axis=-1),
            np.concatenate([slope, 0 * slope], axis=-1),
        )
        found = {"whole": LayerGradients(bright, slope), "seen": seen}
        return {
            target_layer: LayerGradients(
                found[target_layer].activation.astype(np.float32),
                found[target_layer].gradient.astype(np.float32),
            )
            for target_layer in target_layers
        }

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        """There is no ReLU that could block: all rules agree."""
        self.batches.append(len(pictures))
        _, height, width, _ = pictures.shape
        bright = pictures[:, : height // 2, : width // 2].mean(axis=(1, 2, 3)) / 255.0
        mean = np.clip(bright, FLOOR, 1 - FLOOR)
        dark, light = weights.sum(axis=(1, 2)).T
        slope = (
            (light / mean - dark / (1 - mean)) / (255 * 3 * (height // 2) * (width // 2)) * (mean == bright)
        )
        found = np.zeros(pictures.shape, np.float32)
        found[:, : height // 2, : width // 2] = slope[:, None, None, None]
        return found

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")


@dataclass
class PatchClassifier:
    """Softmax of a layer of tanh over the mean colours of 8 x 8 patches: not linear, and no patch is without
    effect.
    """

    gain: float = 1.0

    def score_batch(self, pictures: np.ndarray, space: str) -> np.ndarray:
        rng = np.random.default_rng(5)
        first, second = rng.normal(0, 0.3, (192, 16)), rng.normal(0, 1, (16, 3))
        patches = (
            np.asarray(pictures, np.float64)
            .reshape(-1, 8, 6, 8, 8, 3)
            .mean(axis=(2, 4))
            .reshape(len(pictures), 192)
        )
        logits = self.gain * np.tanh((patches / 127.5 - 1) @ first) @ second
        logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return (logits if space == "logit" else np.exp(logits)).astype(np.float32)
