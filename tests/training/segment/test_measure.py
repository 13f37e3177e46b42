"""Whole pictures: the size they are run at, and figures of a network that is always right."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.segment.conftest import COLOURS, tiny
from training.segment.measure import measure_segmentation, predict_categories, resized, run_size
from training.segment.sources import all_labelled


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        ((360, 480), (256, 352)),
        ((227, 320), (256, 352)),
        ((1024, 2048), (256, 512)),
        ((480, 360), (352, 256)),
        ((10, 10), (256, 256)),
    ],
)
def test_short_side_is_256_and_both_are_multiples_of_32(
    picture: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert run_size(picture) == wanted


def test_resizing_averages_where_it_shrinks() -> None:
    stripes = np.tile(np.array([0, 200], np.uint8)[None, :, None], (64, 32, 3))
    assert np.abs(resized(stripes, (16, 16))[:, 1:-1].astype(int) - 100).max() <= 5


def nearest_colour(pixels: np.ndarray) -> np.ndarray:
    """A network that knows the colours of the tiny data set; logits at a quarter of the size."""
    distance = np.abs(pixels[2::4, 2::4, None, :].astype(float) - COLOURS).sum(-1)
    return -distance.astype(np.float32)


def test_prediction_has_the_size_of_the_picture() -> None:
    assert predict_categories(nearest_colour, np.zeros((50, 70, 3), np.uint8)).shape == (50, 70)


def test_a_network_that_is_right_has_good_figures(data: Path) -> None:
    figures = measure_segmentation(nearest_colour, all_labelled(tiny(), data))
    assert figures.pixel_accuracy > 0.9
    assert "void" not in figures.iou
