"""Opacity follows the value."""

import numpy as np
import pytest

from engine.visualise.colours import colour_table
from engine.visualise.inks import CHECKS, Look, bar_pixels, enlarge, ink, ink_table, lay, opacities
from engine.visualise.render import Scale

PHOTO = np.random.default_rng(5).integers(0, 256, (20, 30, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("scale", "nothing"),
    [
        (Scale(0, 3, False), 0.0),
        (Scale(-3, 3, True), 0.0),
        (Scale(-1, 3, False), 0.0),
        (Scale(0, 3, False, lowest_first=True), 3.0),
        (Scale(0, 3, False, clipped=True), 0.0),
    ],
)
def test_nothing_is_drawn_where_there_is_nothing_and_more_where_there_is_more(scale, nothing):
    assert ink(np.float32(nothing), scale)[3] == 0
    values = np.linspace(scale.low, scale.high, 99, dtype=np.float32)
    order = np.argsort(np.abs(values - nothing), kind="stable")
    alpha = ink(values, scale)[order, 3].astype(int)
    assert (np.diff(alpha) >= -2).all() and alpha[-1] == 255
    assert ink(np.float32(nothing + 0.1 * (scale.low - nothing or scale.high)), scale)[3] < 30


def test_a_map_of_zeros_leaves_the_photo_as_it_is():
    zeros = np.zeros((20, 30), np.float32)
    for scale in (Scale(0, 0, False), Scale(0, 0, True), Scale(0, 1, False)):
        np.testing.assert_array_equal(lay(PHOTO, ink(zeros, scale), Look()), PHOTO)


def test_values_beyond_a_clipped_scale_look_like_its_end():
    scale = Scale(-1, 1, True, clipped=True)
    np.testing.assert_array_equal(ink(np.float32([-9, 9]), scale), ink_table(scale)[[0, 255]])


def test_opacity_is_that_of_the_strongest_values():
    ones = ink(np.ones((20, 30), np.float32), Scale(0, 1, False))
    top = colour_table("warm")[255].astype(float)
    for opacity in (0.0, 0.5, 1.0):
        expected = PHOTO * (1 - opacity) + top * opacity
        np.testing.assert_allclose(lay(PHOTO, ones, Look(opacity)), expected, atol=0.51)


def test_flat_is_equally_opaque_everywhere_over_grey():
    scale = Scale(0, 1, False)
    assert (ink_table(scale, flat=True)[:, 3] == 255).all()
    np.testing.assert_array_equal(ink_table(scale, flat=True)[:, :3], ink_table(scale)[:, :3])
    grey = lay(PHOTO, ink(np.zeros((20, 30), np.float32), scale, flat=True), Look(0.0, flat=True))
    assert (np.ptp(grey.astype(int), axis=-1) == 0).all()


def test_a_bar_shows_the_ground_where_the_map_shows_the_photo():
    bar = bar_pixels(Scale(0, 1, False), Look(1.0), (12, 400))
    assert set(np.unique(bar[:, :2])) == set(CHECKS)
    np.testing.assert_array_equal(bar[:, -1], np.broadcast_to(colour_table("warm")[255], (12, 3)))
    middle = bar_pixels(Scale(-1, 1, True), Look(1.0), (12, 401))[:, 200]
    assert set(np.unique(middle)) == set(CHECKS)
    np.testing.assert_array_equal(opacities(Scale(-1, 1, True))[[0, 255]], [1, 1])


def test_transparent_inks_lend_no_colour_when_they_are_enlarged():
    inks = np.zeros((1, 2, 4), np.uint8)
    inks[0, 1] = (200, 100, 50, 255)
    large = enlarge(inks, (1, 40))
    seen = large[..., 3] > 60
    assert np.ptp(large[seen][:, :3].astype(int), axis=0).max() <= 6
