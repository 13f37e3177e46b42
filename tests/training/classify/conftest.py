"""Two tiny breeds and one more, made by the tests: each has its colour."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.classify.config import BodyShape, ClassifierConfig, PictureFolders, TrainingStage
from training.common.config import Schedule

COLOURS = {"red_dog": (200, 40, 40), "blue_dog": (40, 40, 200), "n03": (40, 200, 40)}
NAMES = {"red_dog": "n01", "blue_dog": "n02"}
PER_CLASS = 12


def paint(path: Path, name: str, number: int, size: int) -> None:
    """One picture of a class: its colour under a little noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng([number, size]).integers(-30, 30, (size, size, 3))
    Image.fromarray((np.array(COLOURS[name]) + noise).clip(0, 255).astype(np.uint8)).save(path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """`DATA/dogs` with two classes of 48 px, and `DATA/more.tar` with the same pictures at 32 px and a third
    class.
    """
    folder, more = tmp_path / "data", tmp_path / "more"
    for name in COLOURS:
        code = NAMES.get(name, name)
        for number in range(PER_CLASS):
            stem = f"{code}_{number}"
            if name in NAMES:
                paint(folder / "dogs" / name / f"{stem}.png", name, number, 48)
            paint(more / code / f"{stem}.png", name, number, 32)
    with tarfile.open(folder / "more.tar", "w") as archive:
        archive.add(more, "more")
    return folder


def tiny(kind: str = "vgg", iterations: int = 4) -> ClassifierConfig:
    """A run of a few steps of a very small network without a teacher."""
    bodies = {"vgg": BodyShape("vgg", (8, 8, 8, 8, 8)), "inception": BodyShape("inception", factor=0.01)}
    return ClassifierConfig(
        name="tiny",
        title="A tiny classifier",
        body=bodies[kind],
        pictures=PictureFolders("dogs", "more.tar", more_size=32, size=48, select_share=0.15),
        stages=(TrainingStage(0.5, 32, own=0.5), TrainingStage(1.0, 48, own=0.8, narrow=True)),
        input_size=48,
        names=NAMES,
        schedule=Schedule(batch=6, iterations=iterations, warmup=2),
    )
