"""Temperature scaling: temperatures on paper, honest figures, memory maps and bounds."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from engine.evaluation.resampling import Draws
from engine.evaluation.temperature import fit_temperature

QUICK = Draws(resamples=100)


def drawn(rng, images=3000, classes=5, temperature=1.0, kind=np.float32):
    """Logits of a model that would be calibrated at a temperature, and classes drawn so."""
    logits = (rng.normal(0, 3, (images, classes)) * temperature).astype(kind)
    chances = softmax(logits.astype(np.float64) / temperature, axis=1)
    return logits, (chances.cumsum(1) > rng.random((images, 1))).argmax(1)


def test_on_paper():
    """Logits (ln 9, 0) say 0.9; 4 of 5 are right; so the temperature is ln 9 / ln 4."""
    logits = np.tile(np.log([0.9, 0.1]).astype(np.float32), (1000, 1))
    truth = np.array([0, 0, 0, 0, 1] * 200)
    found = fit_temperature(logits, truth, draws=QUICK)
    assert found.temperature == pytest.approx(np.log(9) / np.log(4), abs=1e-3)
    assert found.likelihood_before == pytest.approx(-0.8 * np.log(0.9) - 0.2 * np.log(0.1), abs=1e-5)
    assert found.likelihood_after == pytest.approx(-0.8 * np.log(0.8) - 0.2 * np.log(0.2), abs=2e-3)
    assert found.before.error.value == pytest.approx(0.1, abs=1e-5) and not found.at_bound
    assert found.images == 1000


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_the_temperature_of_a_model_is_found(rng, temperature, kind):
    logits, truth = drawn(rng, temperature=temperature, kind=kind)
    found = fit_temperature(logits, truth, draws=QUICK)
    assert found.temperature == pytest.approx(temperature, rel=0.1)
    assert found.folds == pytest.approx((temperature, temperature), rel=0.15)
    assert found.likelihood_after <= found.likelihood_before + 1e-3
    assert not found.after.is_miscalibrated
    assert found.before.is_miscalibrated == (temperature != 1)


def test_it_is_the_least_likelihood(rng):
    logits, truth = drawn(rng, images=500, temperature=1.7)
    found = fit_temperature(logits, truth, draws=QUICK).temperature

    def likelihood(temperature):
        return -log_softmax(logits / temperature, axis=1)[np.arange(500), truth].mean()

    assert likelihood(found) < min(likelihood(found * 1.02), likelihood(found / 1.02))


def test_no_image_is_measured_with_its_own_label():
    """Each half has one image, right at once or never, so the temperature of the other is at a bound."""
    logits = np.array([[1, 0], [1, 0]], np.float32)
    found = fit_temperature(logits, np.array([0, 1]), draws=QUICK)
    assert sorted(found.folds) == pytest.approx([np.exp(-3), np.exp(3)])
    assert found.likelihood_after > found.likelihood_before  # fitted on both, it could only fall


def test_memory_maps_are_read_in_blocks(tmp_path, rng, monkeypatch):
    logits, truth = drawn(rng, images=700, temperature=2, kind=np.float16)
    np.save(tmp_path / "logits.npy", logits)
    mapped = np.load(tmp_path / "logits.npy", mmap_mode="r")
    whole = fit_temperature(logits, truth, draws=QUICK)
    monkeypatch.setattr("engine.evaluation.temperature.BLOCK_VALUES", 64)
    blocks = fit_temperature(mapped, truth, draws=QUICK)
    assert blocks.temperature == pytest.approx(whole.temperature, rel=1e-3)
    assert blocks.likelihood_after == pytest.approx(whole.likelihood_after, rel=1e-4)


def test_unknown_classes_are_left_out(rng):
    logits, truth = drawn(rng, images=400)
    more = np.concatenate([np.full((50, 5), np.nan, np.float32), logits])
    found = fit_temperature(more, np.r_[np.full(50, -1), truth], draws=QUICK)
    assert found.images == 400
    assert found.temperature == pytest.approx(fit_temperature(logits, truth, draws=QUICK).temperature)


def test_all_right_is_at_the_bound():
    logits = np.eye(3, dtype=np.float32).repeat(20, axis=0) * 4
    found = fit_temperature(logits, np.arange(3).repeat(20), draws=QUICK)
    assert found.at_bound and found.temperature < 0.06


@pytest.mark.parametrize(
    ("logits", "truth", "words"),
    [
        (np.zeros((3, 2)), np.zeros(2, int), "logits"),
        (np.zeros(3), np.zeros(3, int), "logits"),
        (np.zeros((3, 2)), np.array([0, -1, -1]), "at least two"),
        (np.zeros((3, 2)), np.array([0, 1, 2]), "below 2"),
        (np.array([[0, np.nan], [1, 0]]), np.array([0, 1]), "finite"),
    ],
)
def test_wrong_input_is_refused(logits, truth, words):
    with pytest.raises(ValueError, match=words):
        fit_temperature(logits, truth)
