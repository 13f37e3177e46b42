"""A model for the pages: it sees bright, middle and dark parts, and knows in an instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.model import ModelFacts, Space
from model_store.catalogue import CATALOGUE, ModelRef
from model_store.entries import InputPolicy

FACTS = ModelFacts(
    "toy", "Toy", "segmentation", ("dark", "middle", "bright"), ((20, 20, 90), (90, 130, 60), (240, 220, 90)), "CC0", "0" * 64
)
CENTRES = np.array([0.15, 0.5, 0.85], np.float32)


@dataclass
class BrightnessSegmenter:
    """The class of a pixel is the nearest of three brightnesses; the brightness of the whole picture shifts them a little."""

    facts: ModelFacts
    taps: tuple[str, ...] = ()

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return InputPolicy(64, 160, 32).size_hw(picture_hw)

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        grey = pictures[:, ::2, ::2].mean(axis=-1) / 255.0
        shift = 0.1 * (grey.mean(axis=(1, 2), keepdims=True) - 0.5)
        logits = -20.0 * np.square(grey[..., None] + shift[..., None] - CENTRES)
        logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return (logits if space == "logit" else np.exp(logits)).astype(np.float32)

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")


class PagesSource:
    """Every model of the catalogue is the toy, but one that does not load."""

    broken = "streets-unet"

    def facts(self, ref: ModelRef) -> ModelFacts:
        if ref.key not in CATALOGUE:
            raise ModelError("There is no model called {key}.", key=ref.key)
        return replace(FACTS, key=str(ref), fingerprint=str(ref).encode().hex().ljust(64, "0"))

    def get(self, ref: ModelRef) -> BrightnessSegmenter:
        if ref.key == self.broken:
            raise ModelError("The file {file} is missing. Please put it back.", file="weights.safetensors")
        return BrightnessSegmenter(self.facts(ref))
