"""Patches that activate a channel most, and sheets of pictures."""

import numpy as np
import pytest

from engine.images.picture import Picture
from engine.visualise.patches import best_patches, channel_peaks
from engine.visualise.sheets import beside, filter_sheet, fit

FIELD = (0.125, 0.125, 0.125, 0.125)


def picture(name, number):
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[16:32, 96:128] = number  # the cell in row 1, column 3 of a grid 4 x 4
    return Picture(pixels, name)


def peaks(value, field=FIELD):
    activation = np.zeros((4, 4, 2), np.float32)
    activation[1, 3, 0] = value
    return channel_peaks(activation, field)


def test_a_patch_is_what_the_strongest_cell_sees():
    found = peaks(5.0)
    assert found.values.tolist() == [5, 0] and found.places[0].tolist() == [1, 3]
    assert found.box(0) == (0.25, 0.75, 0.5, 1.0)
    (patch,) = best_patches([(picture("one", 200), found)], 0)
    assert (
        patch.pixels.shape == (16, 32, 3)
        and (patch.pixels == 200).all()
        and patch.activation == 5
        and not patch.whole
    )


def test_a_patch_ends_with_the_picture_and_may_be_all_of_it():
    assert peaks(5.0, (0.25, 0.5, 0.25, 0.5)).box(0) == pytest.approx((0.125, 0.375, 0.625, 1.0))
    (patch,) = best_patches([(picture("one", 200), peaks(5.0, (1.0, 1.0, 1.0, 1.0)))], 0)
    assert patch.whole and patch.pixels.shape == (64, 128, 3)


def test_the_four_strongest_pictures_come_first_and_silence_is_left_out():
    found = [(picture(str(value), value), peaks(float(value))) for value in (3, 9, 1, 7, 5)]
    assert [patch.name for patch in best_patches(found, 0)] == ["9", "7", "5", "3"]
    assert best_patches(found, 1) == []
    assert [
        patch.name
        for patch in best_patches(
            [(picture("low", 1), channel_peaks(np.full((2, 2, 1), -1, np.float32), FIELD))], 0
        )
    ] == ["low"]


def test_sheets_hold_every_picture_unchanged():
    pictures = {channel: np.full((32, 32, 3), channel, np.uint8) for channel in range(20, 31)}
    sheet = filter_sheet(pictures, 4)
    assert all((sheet == channel).all(axis=2).sum() == 32 * 32 for channel in pictures)
    both = beside(pictures[20], [pictures[25], pictures[26][:, :10]])
    assert (
        both.shape == (32, 68, 4)
        and (both[:, :32, :3] == 20).all()
        and (both[..., :3] == 25).all(axis=2).sum() == 15 * 15
    )
    assert fit(pictures[26][:, :16], 64).shape == (64, 32, 3) and not both[0, -1, 3]
