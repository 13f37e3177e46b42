"""Two classes of generated pictures, and a search that takes seconds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from training.tune.settings import TuneSettings


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`red_thing` and `blue_thing`, eight pictures each, of different sizes and formats."""
    root, rng = tmp_path_factory.mktemp("classes"), np.random.default_rng(0)
    for name, colour in (("red_thing", (200, 30, 30)), ("blue_thing", (30, 30, 200))):
        (root / name).mkdir()
        for number in range(8):
            pixels = np.array(colour) + rng.integers(-30, 30, (30 + number, 40, 3))
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
                root / name / f"{name}_{number}.{('png', 'jpg')[number % 2]}"
            )
    return root


def _toy(_key: str, colours: Any, _weights: str) -> Any:
    import keras

    outputs = keras.layers.Conv2D(8, 5, 4, activation="relu", name="toy1")(colours)
    return keras.Model(colours, keras.layers.Conv2D(8, 3, 2, activation="relu", name="toy2")(outputs))


@pytest.fixture(scope="package", autouse=True)
def toy_backbone() -> Iterator[None]:
    """A row `toy` in the table of backbones: two convolutions, so that a search takes seconds."""
    from training.backbones import Backbone
    from training.tune import network

    row = Backbone("toy", "raw", build=_toy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "BACKBONES", {**network.BACKBONES, "toy": row})
        yield


def tiny(folder: Path, out: Path) -> TuneSettings:
    """A small backbone, random weights, 32 px, two passes, one trial."""
    return TuneSettings(folder, out, "toy", "none", size=32, batch=4, epochs=2, factor=3)
