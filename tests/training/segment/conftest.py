"""A tiny data set that the tests of training make themselves: coloured stripes with their labels."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.common.config import Places, Position, Schedule
from training.segment.config import Config, Crops, DataSource, Model

COLOURS = np.array(
    [
        [0, 0, 0],
        [90, 80, 90],
        [150, 110, 80],
        [200, 200, 60],
        [40, 140, 50],
        [120, 170, 230],
        [220, 60, 60],
        [40, 40, 160],
    ]
)
NAMES = [f"{sequence}_{number:03d}" for sequence in ("a", "b", "c") for number in range(2)]


def write_picture(folder: Path, stem: str, labels: np.ndarray) -> None:
    """One picture whose colours follow its labels."""
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    Image.fromarray(COLOURS[labels].astype(np.uint8)).save(folder / "images" / f"{stem}.png")
    Image.fromarray(labels).save(folder / "labels" / f"{stem}.png")


def write_data(folder: Path) -> Path:
    """Six pictures of 64x96 px in `FOLDER/tiny`, three sequences of two."""
    rng = np.random.default_rng(0)
    for stem in NAMES:
        bands = rng.permutation(8)[:4].astype(np.uint8)
        write_picture(folder / "tiny", stem, np.repeat(np.repeat(bands, 16)[:, None], 96, 1))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of a run of a kind of network that has ended, made once for all tests that export it."""
    folder = tmp_path_factory.mktemp("trained")
    data = write_data(folder / "data")

    @cache
    def run_of(kind: str) -> Path:
        train(tiny(kind), data, folder / kind)
        return folder / kind

    return run_of


def train(config: Config, data: Path, run: Path) -> Position:
    """Trains without a teacher."""
    from training.common.recipes import train_recipe
    from training.segment.run import segmentation_lesson

    return train_recipe(segmentation_lesson(config, Places(data, run, data / "no-teacher")), run)


def tiny(kind: str = "unet", watch: bool = False) -> Config:
    """A run of three steps of a very small network; sequence `b` is reported on, and `c` watched if asked
    for.
    """
    models = {
        "unet": Model("unet", (8, 8, 8, 8, 8), (0, 1, 0, 0, 0), 8),
        "segformer": Model("segformer", (8, 8, 16, 16), (1, 1, 1, 1), 8, (1, 1, 2, 2)),
    }
    return Config(
        name="tiny",
        title="A tiny network",
        model=models[kind],
        sources=(DataSource("tiny", "folder", "tiny", report=("b_*",), select=("c_*",) if watch else ()),),
        schedule=Schedule(batch=2, iterations=3, warmup=2),
        crops=Crops(size_hw=(64, 64), base_height=64),
        weights={"object": 5.0},
    )
