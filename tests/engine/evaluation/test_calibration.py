"""Calibration: cases on paper, what chance alone shows, and how often the band holds the truth."""

import numpy as np
import pytest

from engine.evaluation.calibration import reliability
from engine.evaluation.resampling import Draws

QUICK = Draws(resamples=300)


def sure(confidence, right, images=10):
    """Images of one confidence of which so many are right."""
    return np.full(images, confidence), np.arange(images) < right


def joined(*parts):
    return tuple(np.concatenate(both) for both in zip(*parts, strict=True))


def test_on_paper():
    found = reliability(*joined(sure(0.6, 7), sure(0.8, 8), sure(0.9, 5)), draws=QUICK)
    assert found.counts.tolist() == [10, 10, 10]
    np.testing.assert_allclose(found.confidence, [0.6, 0.8, 0.9])
    np.testing.assert_allclose(found.accuracy, [0.7, 0.8, 0.5])
    assert found.error.value == pytest.approx((0.1 + 0 + 0.4) / 3)
    assert found.intervals[1].tolist() == pytest.approx([0.490, 0.943], abs=1e-3)


def test_bins_have_about_as_many_images_each(rng):
    confidence = rng.beta(8, 1, 1000)  # nearly all are sure
    found = reliability(confidence, rng.random(1000) < confidence, bins=10, draws=QUICK)
    assert found.counts.tolist() == [100] * 10 and (np.diff(found.confidence) > 0).all()


def test_the_order_of_images_and_ties_do_not_matter(rng):
    confidence = np.round(rng.uniform(0.3, 1, 400), 1)
    right = rng.random(400) < 0.5
    order = rng.permutation(400)
    one, two = (
        reliability(confidence, right, draws=QUICK),
        reliability(confidence[order], right[order], draws=QUICK),
    )
    assert one.counts.tolist() == two.counts.tolist() and len(one.counts) == len(np.unique(confidence))
    assert one.error.value == pytest.approx(two.error.value)


def test_bins_and_errors_of_the_square():
    """Two bins: residuals of 0.1 and -0.1 in one bin cancel, in two they do not."""
    confidence, right = joined(sure(0.4, 5), sure(0.8, 7))
    assert reliability(confidence, right, bins=2, draws=QUICK).error.value == pytest.approx(0.1)
    assert reliability(confidence, right, bins=1, draws=QUICK).error.value == pytest.approx(0)


def test_noise_of_one_bin_by_hand():
    """The mean of |k - n p| of a binomial is near the root of 2 n p (1 - p) / pi."""
    found = reliability(*sure(0.5, 50, images=100), draws=Draws(resamples=4000))
    assert found.noise == pytest.approx(np.sqrt(2 * 0.25 / np.pi / 100), rel=0.03)
    assert found.noise_high == pytest.approx(1.96 * 0.05, rel=0.08)
    assert found.chance == 1 and found.excess == 0 and not found.is_miscalibrated


def test_a_small_calibrated_set_is_not_called_miscalibrated():
    rng, called = np.random.default_rng(2), []
    for _ in range(300):
        confidence = rng.uniform(0.3, 1, 150)
        found = reliability(confidence, rng.random(150) < confidence, draws=QUICK)
        called.append((found.is_miscalibrated, found.error.interval[0] > 0, found.error.value > 0.04))
    miscalibrated, without_zero, looks_bad = np.mean(called, axis=0)
    assert miscalibrated < 0.09 and without_zero < 0.07 and looks_bad > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "shift", [lambda c: 0.05 + 0 * c, lambda c: 0.3 * (c - 0.7), lambda c: 0.3 * (c > 0.95)]
)
def test_the_band_holds_the_truth(shift):
    rng, held = np.random.default_rng(4), 0
    for _ in range(300):
        confidence = rng.uniform(0.4, 1, 400)
        found = reliability(confidence, rng.random(400) < confidence - shift(confidence), draws=QUICK)
        ends = np.cumsum(found.counts)[:-1]
        parts = np.split(shift(np.sort(confidence)), ends)
        truth = sum(abs(part.sum()) for part in parts) / 400
        held += found.error.interval[0] <= truth <= found.error.interval[1]
    assert held >= 0.93 * 300


def test_a_model_that_is_too_sure_is_found():
    found = reliability(*sure(0.99, 700, images=1000), draws=QUICK)
    assert found.is_miscalibrated and found.error.interval[0] > 0.2
    assert found.excess == pytest.approx(0.29 - found.noise)


def test_no_image_and_one():
    nothing = reliability(np.zeros(0), np.zeros(0, bool))
    assert not len(nothing.counts) and np.isnan([nothing.error.value, nothing.noise, nothing.excess]).all()
    assert not nothing.is_miscalibrated
    one = reliability(np.array([0.7]), np.array([True]), draws=QUICK)
    assert one.error.value == pytest.approx(0.3) and not one.is_miscalibrated


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="two arrays"):
        reliability(np.zeros(3), np.zeros(2, bool))
    for wrong in (1.5, -0.1, np.nan):
        with pytest.raises(ValueError, match="0 to 1"):
            reliability(np.array([0.5, wrong]), np.array([True, False]))
