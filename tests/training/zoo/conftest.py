"""A tiny data set for networks of the zoo, and a very small training on it."""

from pathlib import Path
from typing import Any

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


def _toy(_key: str, inputs: Any, _weights: str) -> Any:
    import keras

    outputs = inputs
    for level in range(1, 6):
        outputs = keras.layers.Conv2D(8, 3, 2, "same", activation="relu", name=f"toy{level}")(outputs)
    return keras.Model(inputs, outputs)


@pytest.fixture
def toy_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row `toy` in the table of backbones: five convolutions, quickly built."""
    from training import backbones
    from training.zoo import taps

    row = backbones.Backbone("toy", "raw", tuple(f"toy{level}" for level in range(1, 6)), build=_toy)
    monkeypatch.setattr(taps, "BACKBONES", {**backbones.BACKBONES, "toy": row})


def tiny_zoo(**changes: object) -> ZooConfig:
    """A training of two epochs of two steps."""
    entries = {
        "backbone": "toy", "weights": "none", "width": 8, "size_hw": (32, 64), "batch": 2, "steps": 2,
        "epochs": 2, "augmentation": "none",
    }  # fmt: skip
    shape = ZooShape(**{**entries, **changes})  # type: ignore[arg-type]
    return ZooConfig(
        "tiny", "Tiny", (DataSource("tiny", "folder", "tiny", report=("b_*",), select=("c_*",)),), zoo=shape
    )
