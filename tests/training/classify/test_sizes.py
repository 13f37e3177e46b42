"""Sizes are compared on the selection pictures, with an answer known on paper."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import Pixels
from tests.training.classify.conftest import tiny
from training.classify.pictures import find_pictures
from training.classify.sizes import measure_sizes, size_table
from training.common.config import ConfigError


def by_colour(pixels: Pixels) -> np.ndarray:
    """Logits of `blue_dog` and `red_dog`; pictures below 48 px are all called red."""
    red, _, blue = np.moveaxis(pixels.mean(axis=(1, 2)), -1, 0)
    bonus = 1000 if pixels.shape[1] < 48 else 0
    return np.stack([blue, red + bonus], axis=-1).astype(np.float32)


def test_each_size_is_measured_once_on_the_selection_pictures_alone(data: Path) -> None:
    config = tiny()
    watched = find_pictures(config, data, ["select"])
    reds = sum(sample.group == "red_dog" for sample in watched) / len(watched)
    found = measure_sizes(by_colour, config, data, [48, 32, 48])
    assert list(found) == [32, 48] and 0 < reds < 1
    assert found[48].top1 == 1 and found[32].top1 == pytest.approx(reds)
    assert size_table(found).splitlines()[2].split() == ["48", str(len(watched)), "1.000", "1.000"]


def test_without_selection_pictures_there_is_nothing_to_choose_by(data: Path) -> None:
    config = tiny()
    with pytest.raises(ConfigError, match="set select_share"):
        measure_sizes(
            by_colour, replace(config, pictures=replace(config.pictures, select_share=0.0)), data, [48]
        )
