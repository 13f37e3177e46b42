"""Models for the pages: they see bright, middle and dark parts, and know in an instant."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.model import LayerGradients, ModelFacts, ReluRule, Space, TargetLayer
from model_store.catalogue import CATALOGUE, ModelRef
from tests.feature_toys import ToyFeatures
from tests.filter_toys import Painter
from tests.pages.strange_models import (
    REFUSED,
    STRANGE,
    WORDS,
    StrangeFeatures,
    strange,
    strange_facts,
)
from tests.shades import SHADES, BrightnessSegmenter

SLOW_SECONDS = 0.01
"""Of one picture, in the slow models."""


@dataclass
class CornerClassifier(Painter):
    """Names the brightness of the top left quarter; its layers are the brightness of the picture in coarse
    cells.
    """

    facts: ModelFacts
    target_layers: tuple[TargetLayer, ...] = (
        TargetLayer("early", 2),
        TargetLayer("middle", 2, usual=False),
        TargetLayer("late", 2, best=True),
    )
    traits: frozenset[str] = frozenset()
    cells = {"early": 16, "middle": 8, "late": 4}
    features = ToyFeatures()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return 64, 64

    def maps(self, pictures: np.ndarray, cells: int) -> np.ndarray:
        """How bright and how dark each cell is: (N, cells, cells, 2)."""
        size = pictures.shape[1] // cells
        bright = pictures.reshape(len(pictures), cells, size, cells, size, 3).mean(axis=(2, 4, 5)) / 255.0
        return np.stack([bright, 1 - bright], axis=-1)

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        corner = self.maps(pictures, 4)[:, :2, :2].mean(axis=(1, 2))
        logits = 4.0 * np.stack([corner[:, 1], np.full(len(pictures), 0.5), corner[:, 0]], axis=-1)
        if space == "probability":
            logits = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        return logits.astype(np.float32)

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")

    def layer_gradients(
        self, pictures: np.ndarray, weights: np.ndarray, target_layers: Any
    ) -> dict[str, LayerGradients]:
        seen = {}
        for target_layer in target_layers:
            activation = self.maps(pictures, self.cells[target_layer]).astype(np.float32)
            gradient = np.zeros_like(activation)
            half = self.cells[target_layer] // 2
            gradient[:, :half, :half] = 4.0 / half**2 * weights[:, None, None, [2, 0]]
            seen[target_layer] = LayerGradients(activation, gradient)
        return seen

    def activations(self, pictures: np.ndarray, layer: str) -> np.ndarray:
        return self.maps(pictures, self.cells[layer]).astype(np.float32)

    def answers_from(self, picture: np.ndarray, layer: str, maps: np.ndarray, space: Space) -> np.ndarray:
        half = self.cells[layer] // 2
        corner = maps[:, :half, :half].mean(axis=(1, 2))
        return 4.0 * np.stack([corner[:, 1], np.full(len(maps), 0.5), corner[:, 0]], axis=-1)

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        found = np.zeros(pictures.shape, np.float32)
        found[:, :32, :32] = 4.0 / (255 * 3 * 32 * 32) * (weights[:, 2] - weights[:, 0])[:, None, None, None]
        return found


class StrangeSegmenter(BrightnessSegmenter):
    """Its layers have strange names."""

    features = StrangeFeatures()


class StrangeClassifier(CornerClassifier):
    """As the strange segmenter."""

    features = StrangeFeatures()
    cells = {strange(name): cells for name, cells in CornerClassifier.cells.items()}

    def __init__(self, facts: ModelFacts) -> None:
        super().__init__(facts)
        self.target_layers = tuple(replace(layer, name=strange(layer.name)) for layer in self.target_layers)


class LayeredSegmenter(BrightnessSegmenter):
    """Has a layer: brightness and darkness of coarse cells."""

    target_layers = (TargetLayer("coarse", 8, best=True),)
    cell = 8

    def __init__(self, facts: ModelFacts) -> None:
        super().__init__(facts, self.target_layers)

    def layer_gradients(
        self, pictures: np.ndarray, weights: np.ndarray, target_layers: Any
    ) -> dict[str, LayerGradients]:
        seen = self.activations(pictures, self.target_layers[0].name)
        pull = self._in_cells((weights * -40.0 * self._from_centres(pictures)).sum(axis=-1), self.cell // 2)
        found = LayerGradients(seen, np.stack([pull, 0 * pull], axis=-1).astype(np.float32))
        return dict.fromkeys(target_layers, found)

    def activations(self, pictures: np.ndarray, layer: str) -> np.ndarray:
        bright = self._in_cells(pictures.mean(axis=-1) / 255.0) / self.cell**2
        return np.stack([bright, 1 - bright], axis=-1).astype(np.float32)

    def _in_cells(self, values: np.ndarray, size: int = cell) -> np.ndarray:
        """Sums of (N, h, w) over cells."""
        n, h, w = values.shape
        return values.reshape(n, h // size, size, w // size, size).sum(axis=(2, 4))


class SlowSegmenter(BrightnessSegmenter):
    """Keeps a core busy, so that there is something to stop; waiting would not count as time of the model."""

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        spend(SLOW_SECONDS * len(pictures))
        return super().score_batch(pictures, space)


class SlowClassifier(CornerClassifier):
    """As the slow segmenter, also for gradients."""

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        spend(SLOW_SECONDS * len(pictures))
        return super().score_batch(pictures, space)

    def input_gradients(self, pictures: np.ndarray, weights: np.ndarray, rule: ReluRule) -> np.ndarray:
        spend(6 * SLOW_SECONDS * len(pictures))
        return super().input_gradients(pictures, weights, rule)


def spend(seconds: float) -> None:
    """Time of the processor."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


class PagesSource:
    """Every model of the catalogue is a toy, but one that does not load."""

    broken = "streets-unet"
    special = {
        "inceptionv3-imagenet": SlowClassifier,
        "segformer-b0-cityscapes": SlowSegmenter,
        "segformer-b2-cityscapes": LayeredSegmenter,
    }
    labels = {"segformer-b2-cityscapes": ("flat", "nature", "sky")}

    def facts(self, ref: ModelRef) -> ModelFacts:
        if ref.key not in CATALOGUE:
            raise ModelError("There is no model called {key}.", key=ref.key)
        found = replace(
            SHADES,
            task=CATALOGUE[ref.key].task,
            key=str(ref),
            fingerprint=str(ref).encode().hex().ljust(64, "0"),
            labels=self.labels.get(ref.key, SHADES.labels),
        )
        return strange_facts(found) if ref.key in STRANGE else found

    def get(self, ref: ModelRef) -> Any:
        if ref.key == self.broken:
            raise ModelError("The file {file} is missing. Please put it back.", file="weights.safetensors")
        if ref.key == REFUSED:
            raise ModelError("The file {file} is missing. Please put it back.", file=WORDS)
        facts = self.facts(ref)
        if ref.key in STRANGE:
            return (StrangeClassifier if facts.task == "classification" else StrangeSegmenter)(facts)
        usual = CornerClassifier if facts.task == "classification" else BrightnessSegmenter
        return self.special.get(ref.key, usual)(facts)
