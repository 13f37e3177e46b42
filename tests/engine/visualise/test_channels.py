"""Statistics, orders and scales of channels, worked out by hand."""

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.visualise.channels import Channels, channel_csv, distribution_of, joined, kernel_pixels, reduced
from engine.visualise.render import Scale
from engine.visualise.sheets import TILE_GAP, TILE_LINE, tile_sheet

QUARTERS = np.array([[[4, 0, -1, 1], [0, 0, -2, 1]], [[0, 0, 3, 1], [0, 0, -4, 1]]], np.float32)
"""2 x 2 places of four channels: one strong place, nothing, mostly negative, the same everywhere."""


@pytest.fixture
def channels():
    return Channels(QUARTERS)


def test_figures_of_each_channel(channels):
    np.testing.assert_array_equal(channels.mean, [1, 0, -1, 1])
    np.testing.assert_array_equal(channels.maximum, [4, 0, 3, 1])
    np.testing.assert_array_equal(channels.active, [0.25, 0, 0.25, 1])
    np.testing.assert_array_equal(channels.dead, [False, True, False, False])
    assert channels.figures() == {
        **{"channels": 4, "dead channels": 1, "active places": 0.375},
        **{"mean": 0.25, "minimum": -4.0, "maximum": 4.0},
    }


@pytest.mark.parametrize(
    ("by", "order"),
    [("index", [0, 1, 2, 3]), ("mean", [0, 3, 1, 2]), ("maximum", [0, 2, 3, 1]), ("active", [3, 0, 2, 1])],
)
def test_the_greatest_comes_first_and_equal_ones_by_index(channels, by, order):
    assert channels.order(by) == order


def test_another_order_is_refused_in_words(channels):
    with pytest.raises(ParamsError, match="no order 'beauty'; there are index, mean, maximum, active"):
        channels.order("beauty")


def test_scales_of_a_layer_with_values_below_zero_are_signed(channels):
    assert channels.scale == Scale(-4, 4, True) and channels.scale_of(3) == Scale(-1, 1, True)
    positive = Channels(np.abs(QUARTERS))
    assert positive.scale == Scale(0, 4, False) and positive.scale_of(1) == Scale(0, 0, False)


def test_pictures_share_a_scale():
    assert joined([Scale(0, 2, False), Scale(0, 5, False)]) == Scale(0, 5, False)
    assert joined([Scale(0, 2, False), Scale(-1, 1, True)]) == Scale(-2, 2, True)
    assert joined([Scale(-3, 3, True)]) == Scale(-3, 3, True)


def test_the_distribution_counts_every_value_once():
    found = distribution_of(QUARTERS, 8)
    assert found.edges[0] == -4 and found.edges[-1] == 4 and found.shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.shares * 16, [1, 0, 1, 1, 7, 4, 0, 2])


def test_a_layer_of_one_value_has_a_distribution():
    assert Channels(np.zeros((3, 3, 2), np.float32)).distribution.shares.sum() == pytest.approx(1)


def test_the_table_has_a_line_for_each_channel(channels):
    lines = channel_csv(channels).splitlines()
    assert lines[0] == "channel,mean,maximum,active" and lines[1] == "0,1,4,0.25" and len(lines) == 5


def test_a_large_map_is_averaged_over_blocks():
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    np.testing.assert_allclose(reduced(values, 3), [[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]])
    assert reduced(values, 6) is values and reduced(values, 4).shape == (2, 3)


def test_a_kernel_is_grey_where_it_weighs_nothing():
    weights = np.zeros((1, 3, 3), np.float32)
    weights[0, 0, 0], weights[0, 1, 2] = 0.5, -0.25
    assert kernel_pixels(weights).tolist() == [[[255, 128, 128], [128, 128, 64], [128, 128, 128]]]
    assert (kernel_pixels(0 * weights) == 128).all()


def test_a_sheet_has_a_place_for_each_picture():
    red = np.full((10, 20, 3), (255, 0, 0), np.uint8)
    sheet = tile_sheet([red] * 5, [str(number) for number in range(5)], columns=3)
    assert sheet.shape == (TILE_GAP + 2 * (60 + TILE_LINE + TILE_GAP), TILE_GAP + 3 * (120 + TILE_GAP), 3)
    assert (
        sheet[TILE_GAP + TILE_LINE : TILE_GAP + TILE_LINE + 60, TILE_GAP : TILE_GAP + 120] == (255, 0, 0)
    ).all()
    assert (sheet[-40:, -120:] == 255).all(), "the last place is empty"
