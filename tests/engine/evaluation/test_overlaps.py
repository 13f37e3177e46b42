"""IoU and Dice of data sets and of two models: on paper, absent classes, bands."""

import numpy as np
import pytest

from engine.evaluation.boundaries import boundary_counts
from engine.evaluation.confusion import class_dice, class_iou, segmentation_metrics
from engine.evaluation.overlaps import (
    OverlapCounts,
    compare_overlaps,
    overlap_counts,
    overlap_counts_of_boundaries,
    overlap_counts_of_cells,
    overlap_figures,
    share_figures,
)
from engine.evaluation.resampling import Draws

NAMES = ("road", "sky", "human")
MATRICES = np.array(
    [
        [[8, 2, 0], [0, 10, 0], [0, 0, 0]],  # no human
        [[60, 0, 0], [30, 10, 0], [0, 0, 0]],
    ]
)


def test_counts_on_paper():
    found = overlap_counts(MATRICES)
    assert found.hits.tolist() == [[8, 10, 0], [60, 10, 0]]
    assert found.truth.tolist() == [[10, 10, 0], [60, 40, 0]]  # sums of rows
    assert found.predicted.tolist() == [[8, 12, 0], [90, 10, 0]]
    assert len(found.of_images(np.array([1]))) == 1


def test_cells_give_the_same():
    places = np.argwhere(MATRICES)
    cells = np.concatenate([places, MATRICES[tuple(places.T)][:, None]], axis=1)
    found, whole = overlap_counts_of_cells(cells, 2, 3), overlap_counts(MATRICES)
    assert all(
        (getattr(found, name) == getattr(whole, name)).all() for name in ("hits", "truth", "predicted")
    )
    assert not overlap_counts_of_cells(np.zeros((0, 4), np.int64), 2, 3).truth.any()
    with pytest.raises(ValueError, match="2 images"):
        overlap_counts_of_cells(np.array([[2, 0, 0, 1]]), 2, 3)


def test_summed_and_mean_over_images_differ():
    found = overlap_figures(overlap_counts(MATRICES), NAMES)
    np.testing.assert_allclose(found.summed.values, [68 / 100, 20 / 52, np.nan])
    np.testing.assert_allclose(
        found.of_images.values, [(8 / 10 + 60 / 90) / 2, (10 / 12 + 10 / 40) / 2, np.nan]
    )
    assert found.of_images.counts.tolist() == [2, 2, 0] and found.summed.counts.tolist() == [70, 50, 0]
    assert found.mean.value == pytest.approx((68 / 100 + 20 / 52) / 2)
    first, second = (8 / 10 + 10 / 12) / 2, (60 / 90 + 10 / 40) / 2
    assert found.mean_of_images.value == pytest.approx((first + second) / 2)


@pytest.mark.parametrize(("figure", "read"), [("iou", class_iou), ("dice", class_dice)])
def test_as_the_confusion_matrix_has_it(rng, figure, read):
    matrices = rng.integers(1, 90, (7, 3, 3))
    found = overlap_figures(overlap_counts(matrices), NAMES, figure)
    np.testing.assert_allclose(found.summed.values, read(matrices.sum(0)))
    metrics = segmentation_metrics(matrices.sum(0), NAMES)
    assert found.mean.value == pytest.approx({"iou": metrics.mean_iou, "dice": metrics.mean_dice}[figure])


def test_a_class_that_is_predicted_only_is_nan():
    found = overlap_figures(overlap_counts(np.array([[[3, 1], [0, 0]]] * 2)), NAMES[:2])
    assert np.isnan(found.summed.values[1]) and np.isnan(found.of_images.values[1])
    assert found.mean.value == pytest.approx(3 / 4)


def test_two_images_one_and_none_have_no_band():
    for images in (0, 1, 2):
        found = overlap_figures(overlap_counts(MATRICES[:images]), NAMES)
        assert np.isnan(found.mean.interval).all() and np.isnan(found.summed.intervals).all()
        assert np.isnan(found.mean.value) == (images == 0)


def shaky(rng, skill, images=40):
    """Images of 100 pixels of two classes; some are harder than others."""
    share = rng.beta(skill * 12, (1 - skill) * 12, (images, 2))
    right = (50 * share).round().astype(int)
    return np.stack(
        [np.stack([right[:, 0], 50 - right[:, 0]], 1), np.stack([50 - right[:, 1], right[:, 1]], 1)], 1
    )


@pytest.mark.slow
def test_bands_hold_the_truth():
    rng = np.random.default_rng(9)
    real = overlap_figures(overlap_counts(shaky(rng, 0.8, 100_000)), NAMES[:2], draws=Draws(resamples=1))
    held = []
    for _ in range(400):
        found = overlap_figures(overlap_counts(shaky(rng, 0.8)), NAMES[:2], draws=Draws(resamples=300))
        held.append(
            [
                found.mean.interval[0] <= real.mean.value <= found.mean.interval[1],
                found.summed.intervals[0, 0] <= real.summed.values[0] <= found.summed.intervals[0, 1],
                found.mean_of_images.interval[0]
                <= real.mean_of_images.value
                <= found.mean_of_images.interval[1],
            ]
        )
    assert (np.mean(held, axis=0) >= 0.93).all(), np.mean(held, axis=0)


def test_two_models_on_paper():
    other = MATRICES.copy()
    other[1] = [[60, 0, 0], [0, 40, 0], [0, 0, 0]]  # the second image is all right
    pair = overlap_counts(other), overlap_counts(MATRICES)
    found = compare_overlaps(pair, NAMES)
    road = found.classes["road"]
    assert road.first == pytest.approx(68 / 70) and road.second == pytest.approx(68 / 100)
    assert road.value == pytest.approx(68 / 70 - 68 / 100) and road.images == 2
    assert np.isnan(found.classes["human"].value) and not found.classes["human"].is_significant
    turned = compare_overlaps(pair[::-1], NAMES)
    assert turned.mean.value == pytest.approx(-found.mean.value)


def test_paired_bands_hold_the_truth_and_groups_count(rng):
    held = 0
    for _ in range(300):
        base = rng.integers(20, 40, 30)
        better = base + rng.integers(-2, 5, 30)  # one pixel better on average
        one, two = (
            overlap_counts(np.stack([[[right, 50 - right], [0, 50]] for right in rights]))
            for rights in (better, base)
        )
        found = compare_overlaps((one, two), NAMES[:2], draws=Draws(resamples=400)).classes["road"]
        held += found.interval[0] <= 1 / 50 <= found.interval[1]
    assert held >= 0.92 * 300
    wide = compare_overlaps((one, two), NAMES[:2], draws=Draws(np.arange(30) // 3)).classes["road"]
    assert np.ptp(wide.interval) > 0 and wide.interval != found.interval and wide.images == 30


def test_boundary_figures_add_up():
    truth = np.zeros((6, 30, 30), np.uint8)
    truth[:, 5:20, 5:20] = 1
    predicted = truth.copy()
    predicted[0, 5:7] = 0
    predicted[1, 0:3, 0:3] = 2  # in no truth
    counts = [boundary_counts(one, two, 3, [0.05]) for one, two in zip(truth, predicted, strict=True)]
    parts, wholes, there = (
        np.stack([getattr(one, name)[0] for one in counts]) for name in ("intersection", "union", "truth")
    )
    found, total = share_figures(parts, wholes, there, NAMES), sum(counts[1:], counts[0])
    assert found.summed.values[1] == pytest.approx(total.intersection[0, 1] / total.union[0, 1])
    assert found.summed.counts[1] == total.truth[0, 1] == 6 * (15**2 - 11**2)
    assert found.of_images.values[1] == pytest.approx((parts[:, 1] / wholes[:, 1]).mean())
    assert wholes[1, 2] > 0 and np.isnan([found.summed.values[2], found.of_images.values[2]]).all()
    assert found.summed.intervals[1, 0] < found.summed.values[1] < found.summed.intervals[1, 1]
    same = overlap_figures(overlap_counts_of_boundaries(parts, wholes, there), NAMES)
    np.testing.assert_allclose(same.summed.values, found.summed.values)
    near = share_figures(*(np.stack([getattr(one, name)[0] for one in counts]) for name in NEAR), NAMES)
    assert near.summed.values[1] == pytest.approx(total.band_right[0, 1] / total.band[0, 1])


NEAR = ("band_right", "band", "band")


def test_wrong_input_is_refused():
    counts = overlap_counts(MATRICES)
    with pytest.raises(ValueError, match="2 classes"):
        overlap_figures(counts, NAMES[:2])
    with pytest.raises(ValueError, match="2 classes"):
        compare_overlaps((counts, counts), NAMES[:2])
    with pytest.raises(ValueError, match="three arrays"):
        share_figures(counts.hits, counts.truth[:1], counts.truth, NAMES)
    with pytest.raises(ValueError, match="same masks"):
        compare_overlaps((counts, overlap_counts(MATRICES.transpose(0, 2, 1))), NAMES)
    with pytest.raises(ValueError, match="same masks"):
        compare_overlaps((counts, counts.of_images(np.array([0]))), NAMES)
    with pytest.raises(ValueError, match="one shape"):
        OverlapCounts(counts.hits, counts.truth, counts.predicted[:1])
