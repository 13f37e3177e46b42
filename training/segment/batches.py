"""Training pictures in memory and the batches drawn from them.

Batch number `n` is the same in every run with the same seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Bytes, Ints, Pixels
from model_store.base.label_maps import CATEGORY_NAMES
from training.segment.augment import Frame, crop
from training.segment.config import Config, Crops, DataSource
from training.segment.sources import LabelledPicture, find_labelled, learnt_labels, read_pixels
from training.segment.teacher import read_targets

_MOST_RARE = 4000


@dataclass(frozen=True)
class Pool:
    """The frames of one source and the share of crops that is drawn from it."""

    frames: Sequence[Frame]
    draw: float


def _rare_pixels(labels: Bytes, crops: Crops) -> Ints:
    """Positions (N, 2) of pixels of the rare categories, thinned out evenly to a few thousand."""
    rare = [CATEGORY_NAMES.index(name) for name in crops.rare_categories]
    found = np.argwhere(np.isin(labels, rare)).astype(np.int32)
    return found[:: max(1, len(found) // _MOST_RARE)]


def load_frame(sample: LabelledPicture, crops: Crops, soft: Bytes | None) -> Frame:
    """Reads one picture with its labels."""
    pixels, labels = read_pixels(sample), learnt_labels(sample)
    height, width = labels.shape
    size = (round(width * crops.base_height / height), crops.base_height)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return Frame(pixels, small, labels, _rare_pixels(labels, crops), soft)


def load_pool(source: DataSource, config: Config, data: Path, teacher_folder: Path) -> Pool:
    """All training pictures of one source."""
    targets = read_targets(teacher_folder, source) if config.teacher.file else {}
    samples = [sample for sample in find_labelled(source, data) if sample.part == "train"]
    return Pool(
        [load_frame(sample, config.crops, targets.get(sample.stem)) for sample in samples], source.draw
    )


def load_pools(config: Config, data: Path, teacher_folder: Path) -> list[Pool]:
    """The training pictures of every source that has any."""
    pools = [load_pool(source, config, data, teacher_folder) for source in config.sources]
    return [pool for pool in pools if pool.frames]


def draw_batch(pools: Sequence[Pool], config: Config, number: int) -> tuple[Pixels, Bytes, Bytes]:
    """Batch of a number: pixels (B, h, w, 3), labels (B, h/2, w/2) and teacher (B, h/4, w/4, 8), all uint8.

    It depends on the seed and the number only, so a resumed run goes on exactly where it stopped.
    """
    rng = np.random.default_rng([config.seed, number])
    shares = np.array([pool.draw for pool in pools])
    crops = []
    for _ in range(config.schedule.batch):
        frames = pools[int(rng.choice(len(pools), p=shares / shares.sum()))].frames
        crops.append(crop(frames[int(rng.integers(len(frames)))], config.crops, rng))
    pixels, labels, soft = (np.stack(parts) for parts in zip(*crops, strict=True))
    return pixels, labels, soft
