"""The perturbation pass: masks and a fill make perturbed pictures, the model scores them against every target
at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.arrays import Floats
from engine.batches import batch_size
from engine.images.picture import Picture
from engine.model import LoadedModel, Space
from engine.perturbation.designs.cells import Cells
from engine.perturbation.designs.fills import make_fill
from engine.perturbation.designs.imputing import NOISE, impute
from engine.perturbation.plan import IMPUTED, PerturbationParams, Plan
from engine.targets import Scorer

HALF = 0.5
"""A cell of which less is kept counts as hidden."""


def fit_picture(picture: Picture, size_hw: tuple[int, int]) -> Floats:
    """float32 (H, W, 3), RGB 0-255: the picture at the size a model looks at, bilinear."""
    resized = Image.fromarray(picture.pixels).resize((size_hw[1], size_hw[0]), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32)


@dataclass(frozen=True, eq=False)
class Perturber:
    """Blends a picture with its fill.

    Attributes:
        fill: float32 (H, W, 3).
        difference: float32 (H, W, 3), picture minus fill.
        cells: what a mask has one value for.
    """

    fill: Floats
    difference: Floats
    cells: Cells

    @staticmethod
    def of(image: Floats, cells: Cells, params: PerturbationParams) -> Perturber:
        """From a picture float32 (H, W, 3) at the model's size."""
        if params.fill == IMPUTED:
            noise = np.random.default_rng(params.seed).normal(0, NOISE, image.shape).astype(np.float32)
            return Imputer(noise, image - noise, cells)
        fill = make_fill(params.fill, image, cells, params.seed)
        return Perturber(fill, image - fill, cells)

    def __call__(self, masks: Floats) -> Floats:
        """float32 (N, H, W, 3): mask * picture + (1 - mask) * fill, for masks (N, cells)."""
        return self.cells.blend(masks, self.fill, self.difference)


@dataclass(frozen=True, eq=False)
class Imputer(Perturber):
    """Hides cells behind what their surroundings make of them; of each mask anew, so it takes longer.

    Attributes:
        fill: float32 (H, W, 3), the noise that guesses have.
        difference: float32 (H, W, 3), picture minus noise.
        cells: what a mask has one value for; below a half it hides.
    """

    def __call__(self, masks: Floats) -> Floats:
        return np.concatenate([self._hidden(mask[None]) for mask in masks])

    def _hidden(self, mask: Floats) -> Floats:
        image = self.fill + self.difference
        kept = self.cells.blend(mask, np.zeros_like(image), np.ones_like(image))
        guess = impute(image, kept[0, ..., 0] < HALF) + self.fill
        return np.asarray(np.clip(guess + kept * (image - guess), 0, 255))


@dataclass(frozen=True, eq=False)
class PerturbationPass:
    """Everything that scoring a run needs.

    Attributes:
        model: the model.
        perturber: picture and fill at the model's size.
        plan: the runs.
        scorer: the targets.
        space: probabilities or logits.
    """

    model: LoadedModel
    perturber: Perturber
    plan: Plan
    scorer: Scorer
    space: Space

    def scores(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, T): scores of some runs under every target.

        Outputs are reduced to scores batch by batch and never kept.
        """
        step = batch_size(self.perturber.fill.shape[:2])
        parts = [self._batch(first, min(first + step, stop)) for first in range(start, stop, step)]
        return np.concatenate(parts)

    def _batch(self, start: int, stop: int) -> Floats:
        pictures = self.perturber(self.plan.masks(start, stop))
        return self.scorer.score(self.model.score_batch(pictures, self.space))
