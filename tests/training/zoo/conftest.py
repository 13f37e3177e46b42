"""A tiny data set for networks of the zoo, and a very small training on it."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.segment.conftest import write_picture
from training.segment.config import DataSource
from training.zoo.config import ZooConfig, ZooShape


@pytest.fixture
def street_data(tmp_path: Path) -> Path:
    """Nine images of 64x96 px in `FOLDER/tiny`: five to learn from, two to watch, two to report on."""
    rng, folder = np.random.default_rng(0), tmp_path / "data"
    for number in range(9):
        bands = rng.permutation(8)[:4].astype(np.uint8)
        stem = f"{'aaaaabbcc'[number]}_{number:03d}"
        write_picture(folder / "tiny", stem, np.repeat(np.repeat(bands, 16)[:, None], 96, 1))
    return folder


def tiny_zoo(**changes: object) -> ZooConfig:
    """A training of two epochs of two steps."""
    entries = {
        "backbone": "small", "weights": "none", "width": 8, "size_hw": (32, 64), "batch": 2, "steps": 2,
        "epochs": 2, "augmentation": "none",
    }  # fmt: skip
    shape = ZooShape(**{**entries, **changes})  # type: ignore[arg-type]
    return ZooConfig(
        "tiny", "Tiny", (DataSource("tiny", "folder", "tiny", report=("b_*",), select=("c_*",)),), zoo=shape
    )
