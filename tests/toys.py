"""Toy models whose explanations are known on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.model import ModelFacts, Space, Tap

FACTS = ModelFacts("toy", "Toy", "segmentation", ("dark", "bright"), ((0, 0, 120), (250, 220, 60)), "CC0", "toy-1")


@dataclass
class QuarterSegmenter:
    """Looks only at the top left quarter: every pixel is "bright" with the mean brightness of that quarter.

    A picture whose quarter is half grey has a probability that moves linearly with what is hidden there.
    """

    facts: ModelFacts = FACTS
    taps: tuple[Tap, ...] = ()
    batches: list[int] = field(default_factory=list)

    def input_size_hw(self, picture_hw: tuple[int, int]) -> tuple[int, int]:
        return 64, 64

    def score_batch(self, pictures: np.ndarray, space: Space) -> np.ndarray:
        self.batches.append(len(pictures))
        count, height, width, _ = pictures.shape
        bright = pictures[:, : height // 2, : width // 2].mean(axis=(1, 2, 3)) / 255.0
        bright = np.clip(bright, 1e-4, 1 - 1e-4)
        scores = np.stack([1 - bright, bright], axis=-1)
        if space == "logit":
            scores = np.log(scores)
        return np.broadcast_to(scores[:, None, None, :], (count, height // 4, width // 4, 2)).astype(np.float32)

    def logits(self, pictures: Any) -> Any:
        return self.score_batch(pictures, "logit")
