import io

import numpy as np
import pytest
from PIL import Image

from engine.visualise.colours import colour_table
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay
from engine.visualise.render import (
    Scale,
    colour_classes,
    colourise,
    own_scale,
    png_bytes,
    scale_of,
    spread,
)

GREY = np.full((20, 30, 3), 128, np.uint8)


def test_unsigned_maps_start_at_zero_and_signed_ones_are_symmetric():
    values = np.array([[0.2, 0.8]], np.float32)
    assert (scale_of(values, False).low, scale_of(values, False).high) == pytest.approx((0.0, 0.8))
    signed = scale_of(np.array([[-0.2, 0.8]], np.float32), True)
    assert (signed.low, signed.high) == pytest.approx((-0.8, 0.8))
    np.testing.assert_array_equal(
        colourise(np.zeros((1, 1), np.float32), signed)[0, 0], colour_table("warm and cold")[128]
    )


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 2)),
        np.full((2, 2), 3.0),
        np.full((2, 2), np.nan),
        -np.ones((2, 2)),
        np.array([[np.nan, 1.0]]),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_constant_nan_and_negative_maps_are_drawn(values, signed):
    values = values.astype(np.float32)
    assert overlay(GREY, values, scale_of(values, signed), Look()).shape == GREY.shape


def test_a_few_pixels_far_beyond_all_others_do_not_darken_the_rest():
    values = np.ones((200, 200), np.float32)
    values[0, 0] = 1000
    assert own_scale(values, False) == Scale(0.0, 1.0, False, clipped=True)
    assert own_scale(-values, True) == Scale(-1.0, 1.0, True, clipped=True)
    assert own_scale(values[:20], False) == scale_of(values[:20], False) == Scale(0.0, 1000.0, False)
    assert own_scale(np.where(values > 1, values, 0), False).high == 1000, "nearly all of it is zero"
    assert own_scale(np.full((200, 200), np.nan, np.float32), False) == Scale(0.0, 0.0, False)


def test_smoothing_never_leaves_the_raw_range(rng):
    values = rng.random((4, 4)).astype(np.float32)
    smooth = spread(values, (40, 60), smooth=True)
    assert smooth.shape == (40, 60) and values.min() <= smooth.min() and smooth.max() <= values.max() + 1e-6
    assert len(np.unique(spread(values, (40, 60), smooth=False))) == 16


def test_classes_get_their_colours():
    classes = np.array([[0, 1]])
    shown = colour_classes(GREY, classes, ((255, 0, 0), (0, 0, 255)), 1.0)
    assert tuple(shown[5, 2]) == (255, 0, 0) and tuple(shown[5, 28]) == (0, 0, 255)


def test_png_holds_the_pixels():
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(GREY)))), GREY)
