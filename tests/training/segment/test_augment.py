"""The label and the teacher stay on the picture through every cut."""

import cv2
import numpy as np
import pytest

from training.segment.augment import Frame, Placement, colour_crop, crop, cut_crop, place
from training.segment.config import Crops

CROPS = Crops(size_hw=(96, 128))


def painted_frame(with_soft: bool = True) -> Frame:
    """A picture whose red channel is 30 times its label, in blobs a few pixels wide, and a teacher that says
    the same.
    """
    rng = np.random.default_rng(5)
    labels = cv2.resize(
        rng.integers(0, 8, (9, 12)).astype(np.uint8), (480, 360), interpolation=cv2.INTER_NEAREST
    )
    pixels = np.repeat((labels * 30)[..., None], 3, 2)
    soft = (np.eye(8, dtype=np.uint8) * 255)[
        cv2.resize(labels, (129, 129), interpolation=cv2.INTER_NEAREST_EXACT)
    ]
    small = cv2.resize(pixels, (341, 256), interpolation=cv2.INTER_AREA)
    return Frame(
        pixels, small, labels, np.argwhere(labels == 6).astype(np.int32), soft if with_soft else None
    )


@pytest.mark.parametrize("seed", range(12))
def test_labels_and_teacher_lie_on_the_pixels(seed: int) -> None:
    frame = painted_frame()
    where = place(frame, CROPS, np.random.default_rng(seed))
    pixels, labels, soft = cut_crop(frame, where, CROPS.size_hw)
    seen = cv2.resize(pixels[..., 0], (64, 48), interpolation=cv2.INTER_AREA).astype(float) / 30
    inside = labels != 255
    assert inside.mean() > 0.3
    assert (np.abs(seen - labels)[inside] < 0.5).mean() > 0.85
    heard = soft.max(-1) > 200
    quarter = labels[::2, ::2]
    assert (soft.argmax(-1) == quarter)[heard & (quarter != 255)].mean() > 0.9


def test_identity_cut_copies_the_picture() -> None:
    frame = painted_frame()
    pixels, labels, _ = cut_crop(frame, Placement((1.0, 1.0), (0.0, 0.0)), (360, 480))
    np.testing.assert_array_equal(pixels, frame.pixels)
    assert (labels == frame.labels[::2, ::2]).mean() > 0.95


def test_mirrored_cut_mirrors_both() -> None:
    frame = painted_frame()
    pixels, labels, _ = cut_crop(frame, Placement((-1.0, 1.0), (480.0, 0.0)), (360, 480))
    np.testing.assert_array_equal(pixels, frame.pixels[:, ::-1])
    assert (labels == frame.labels[::2, ::-2]).mean() > 0.9


def test_outside_the_picture_nothing_is_learnt() -> None:
    frame = painted_frame()
    _, labels, soft = cut_crop(frame, Placement((0.2, 0.2), (0.0, 0.0)), (96, 128))
    assert (labels[40:] == 255).all() and (soft[20:] == 0).all()


def test_a_picture_without_a_teacher_has_a_silent_one() -> None:
    assert not crop(painted_frame(with_soft=False), CROPS, np.random.default_rng(0))[2].any()


def test_rare_categories_are_sought() -> None:
    frame, always = painted_frame(), Crops(size_hw=(64, 64), rare=1.0, scale=(1.6, 1.7))
    with_rare = [
        6 in cut_crop(frame, place(frame, always, np.random.default_rng(seed)), (64, 64))[1]
        for seed in range(20)
    ]
    assert np.mean(with_rare) > 0.9


def test_colour_changes_light_but_not_shape_or_input() -> None:
    frame = painted_frame()
    before = frame.pixels.copy()
    coloured = colour_crop(frame.pixels, Crops(dusk=1.0, spoil=1.0), np.random.default_rng(1))
    assert coloured.shape == frame.pixels.shape and coloured.dtype == np.uint8
    assert not np.array_equal(coloured, frame.pixels)
    np.testing.assert_array_equal(frame.pixels, before)


def test_same_seed_same_crop() -> None:
    first, second = (crop(painted_frame(), CROPS, np.random.default_rng(9)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
