"""Batches that a classifier learns from, each by the seed, its number and the stage only."""

from pathlib import Path

import numpy as np

from engine.arrays import Floats, Pixels
from training.classify.augment import colour_picture, cut_square
from training.classify.config import ClassifierConfig, TrainingStage
from training.classify.memory import Material, PictureSet, load_material
from training.classify.teacher import read_answers, sharpened

CLOSED = -1.0
"""In place of a probability: the class is out of the question."""


def narrowed(probabilities: Floats, own: np.ndarray) -> Floats:
    """Probabilities (K,) with those of the classes `own` only, which then sum to 1."""
    kept = np.zeros_like(probabilities)
    kept[own] = np.maximum(probabilities[own], 1e-8)
    return kept / kept.sum()


def label_target(label: int, open_classes: np.ndarray, classes: int, smoothing: float) -> Floats:
    """Probabilities (K,): a share `smoothing` is spread evenly over the open classes, the rest is the
    label's.
    """
    target = np.zeros(classes, np.float32)
    target[open_classes] = smoothing / len(open_classes)
    target[label] += 1 - smoothing
    return target


class BatchSampler:
    """Draws batches from the pictures in memory."""

    def __init__(self, config: ClassifierConfig, material: Material, answers: list[Floats] | None) -> None:
        self.config, self.material = config, material
        self.answers = [sharpened(each, config.tutor.temperature) for each in answers] if answers else None
        self._all = np.arange(len(material.classes.names))

    def draw(self, number: int, stage: TrainingStage) -> tuple[Pixels, Floats]:
        """The batch of a number in a stage: RGB 0-255, uint8 (B, size, size, 3), and probabilities float32
        (B, K), of the label and of the teacher by its weight; `CLOSED` for classes that do not count.
        """
        rng = np.random.default_rng([self.config.seed, number])
        rows = [self._row(stage, rng) for _ in range(self.config.schedule.batch)]
        pixels, targets = (np.stack(parts) for parts in zip(*rows, strict=True))
        return pixels, targets

    def _row(self, stage: TrainingStage, rng: np.random.Generator) -> tuple[Pixels, Floats]:
        part = 0 if rng.random() < stage.own or not self.material.parts[1].stems else 1
        kept: PictureSet = self.material.parts[part]
        place = int(rng.integers(len(kept.stems)))
        narrow = stage.narrow and part == 0
        among = self.material.classes.own if narrow else self._all
        target = label_target(int(kept.labels[place]), among, len(self._all), self.config.smoothing)
        if self.answers is not None:
            taught, weight = self.answers[part][place], self.config.tutor.weight
            target = (1 - weight) * target + weight * (narrowed(taught, among) if narrow else taught)
        pixels = colour_picture(cut_square(kept.pixels[place], stage, rng), self.config.colours, rng)
        return pixels, self._only(target, among)

    def _only(self, target: Floats, among: np.ndarray) -> Floats:
        """The target with the classes closed that it is not among."""
        closed = np.full(len(self._all), CLOSED, np.float32)
        closed[among] = target[among]
        return closed


def load_sampler(config: ClassifierConfig, data: Path, teacher: Path) -> BatchSampler:
    """Reads the pictures and the teacher's answers."""
    material = load_material(config, data)
    return BatchSampler(
        config, material, read_answers(config, teacher, material) if config.tutor.file else None
    )
