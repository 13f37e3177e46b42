"""Ways to make an image fit a network of one shape."""

import numpy as np
import pytest

from engine.images.fit import FITS, GREY, fit_shape
from engine.images.picture import Picture

PIXELS = np.arange(4 * 8 * 3, dtype=np.uint8).reshape(4, 8, 3)
WIDE = Picture(PIXELS, "wide")
TALL = Picture(PIXELS.transpose(1, 0, 2), "tall")


def test_squeezed_is_the_whole():
    assert fit_shape(WIDE, (224, 224), "squeeze") is WIDE


def test_the_centre_is_cut_out():
    assert np.array_equal(fit_shape(WIDE, (224, 224), "crop").pixels, PIXELS[:, 2:6])
    assert np.array_equal(fit_shape(TALL, (224, 224), "crop").pixels, PIXELS.transpose(1, 0, 2)[2:6])
    assert fit_shape(WIDE, (100, 300), "crop").size_hw == (3, 8)


def test_margins_are_grey():
    padded = fit_shape(WIDE, (224, 224), "pad").pixels
    assert padded.shape == (8, 8, 3)
    assert np.array_equal(padded[2:6], PIXELS)
    assert (padded[:2] == GREY).all() and (padded[6:] == GREY).all()
    assert fit_shape(TALL, (10, 10), "pad").size_hw == (8, 8)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size_hw", [(1, 1000), (1000, 1), (1, 1), (4, 8), (400, 801)])
def test_any_shape_gives_an_image_and_what_fits_stays(fit, size_hw):
    once = fit_shape(WIDE, size_hw, fit)
    assert min(once.size_hw) >= 1
    assert fit_shape(once, once.size_hw, fit) is once
    assert fit_shape(WIDE, (400, 801), fit) is WIDE
