"""Figures along borders: squares on paper, Cheng's own steps, ignored pixels, thin and empty masks."""

import cv2
import numpy as np
import pytest

from engine.evaluation.boundaries import boundary_counts, boundary_width, near_border
from engine.evaluation.confusion import confusion_matrix


def square(size=(12, 12), first=3, last=9):
    mask = np.zeros(size, np.uint8)
    mask[first:last, first:last] = 1
    return mask


def chengs_boundary(mask, width):
    """Mask minus its erosion in steps of 3 x 3, border padded with 0, as in the paper."""
    padded = np.pad(mask.astype(np.uint8), 1)
    eroded = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=width)[1:-1, 1:-1]
    return mask & (eroded == 0)


@pytest.mark.parametrize("size", [(40, 40), (31, 57), (90, 20)])
@pytest.mark.parametrize("ratio", [0.005, 0.02, 0.07])
def test_as_the_paper_has_it(rng, size, ratio):
    coarse = rng.integers(0, 4, (2, 6, 6)).astype(np.uint8)
    truth, predicted = (cv2.resize(one, size[::-1], interpolation=cv2.INTER_NEAREST) for one in coarse)
    width = boundary_width(size, ratio)
    found = boundary_counts(truth, predicted, 4, [ratio])
    for index in range(4):
        one, two = (chengs_boundary(mask == index, width) for mask in (truth, predicted))
        assert found.intersection[0, index] == (one & two).sum()
        assert found.union[0, index] == (one | two).sum()


def test_widths_on_paper():
    assert boundary_width((512, 1024), 0.005) == 6 and boundary_width((512, 1024), 0.02) == 23
    assert boundary_width((3, 4), 0.5) == 2  # 2.5 is rounded to the even one, as the paper's code does
    assert boundary_width((3, 4), 0.01) == 1


def test_a_square_on_paper():
    """A ring of one pixel around 6 x 6 has 20 pixels; beside it, 1 pixel to the right, half of it is left."""
    found = boundary_counts(square(), square(), 2, [0.05])
    assert found.intersection[0, 1] == found.union[0, 1] == 20
    moved = boundary_counts(square(), np.roll(square(), 1, axis=1), 2, [0.05])
    assert moved.intersection[0, 1] == 10 and moved.union[0, 1] == 30


def test_the_frame_is_a_boundary_but_no_true_border():
    found = boundary_counts(np.zeros((10, 10), np.uint8), np.zeros((10, 10), np.uint8), 1, [0.01])
    assert found.union[0, 0] == 36 and found.band[0, 0] == 0


def test_a_band_around_true_borders_on_paper():
    truth, predicted = np.zeros((6, 10), np.uint8), np.zeros((6, 10), np.uint8)
    truth[:, 5:], predicted[:, 6:] = 1, 1  # the border is one column late
    found = boundary_counts(truth, predicted, 2, [0.01, 0.17])  # 1 and 2 pixels
    assert found.band.tolist() == [[6, 6], [12, 12]]
    assert found.band_right.tolist() == [[6, 0], [12, 6]]


def test_a_thin_thing_has_its_iou():
    truth, predicted = np.zeros((40, 40), np.uint8), np.zeros((40, 40), np.uint8)
    truth[20:22], predicted[21:23] = 1, 1  # two rows each, one of them common
    found, matrix = boundary_counts(truth, predicted, 2, [0.05]), confusion_matrix(truth, predicted, 2)
    assert found.intersection[0, 1] == matrix[1, 1] == 40
    assert found.union[0, 1] == matrix[1].sum() + matrix[:, 1].sum() - matrix[1, 1] == 120


def test_ignored_pixels_are_no_border_and_count_nowhere():
    truth = np.zeros((20, 20), np.uint8)
    truth[:, 10:] = 255
    found = boundary_counts(truth, np.zeros((20, 20), np.uint8), 2, [0.01])
    assert found.band.sum() == 0
    assert found.union[0].tolist() == [20 + 9 + 9, 0]  # the frame, but not where it meets ignored pixels
    predicted = np.zeros((20, 20), np.uint8)
    predicted[:, 10:] = 7  # what is answered there does not matter
    other = boundary_counts(truth, predicted, 2, [0.01])
    assert (other.union == found.union).all() and (other.intersection == found.intersection).all()
    nothing = boundary_counts(np.full((5, 5), 255, np.uint8), np.full((5, 5), 255, np.uint8), 2)
    assert nothing.union.sum() == nothing.band.sum() == 0


def test_counts_add_up_over_images():
    one = boundary_counts(square(), np.roll(square(), 1, axis=0), 2)
    both = one + boundary_counts(square(), square(), 2)
    assert both.union[0, 1] == one.union[0, 1] + 20
    with pytest.raises(ValueError, match="Widths"):
        one + boundary_counts(square(), square(), 2, [0.1])


def test_one_pixel_and_narrow_images():
    one = boundary_counts(np.ones((1, 1), np.uint8), np.ones((1, 1), np.uint8), 2)
    assert one.union.tolist() == one.intersection.tolist() == [[0, 1], [0, 1]]
    assert boundary_counts(np.zeros((2, 9), int), np.zeros((2, 9), int), 1).union.tolist() == [[18], [18]]


def test_class_254_is_near_another_one():
    mask = np.full((3, 4), 254, np.uint8)
    mask[:, 2:] = 0
    assert near_border(mask, 1)[0].tolist() == [False, True, True, False]


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="one size"):
        boundary_counts(square(), square()[1:], 2)
    with pytest.raises(ValueError, match="At most 255"):
        boundary_counts(square(), square(), 256)
    with pytest.raises(ValueError, match=r"0\.\.0"):
        boundary_counts(square() * 0, square(), 1)
