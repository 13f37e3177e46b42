"""Crops keep what is in the picture."""

import numpy as np

from training.classify.augment import colour_picture, cut_square
from training.classify.config import ColoursConfig, TrainingStage

RAMP = np.repeat(np.linspace(0, 255, 60).astype(np.uint8)[None, :, None], 40, 0).repeat(3, 2)


def test_whole_picture_or_its_mirror_image() -> None:
    seen = [
        cut_square(RAMP, TrainingStage(1.0, 32, smallest=0.5), np.random.default_rng(seed))[16, :, 0].astype(
            int
        )
        for seed in range(40)
    ]
    rising = [row[-1] > row[0] for row in seen]
    assert 8 < sum(rising) < 32
    assert all((np.diff(row) >= 0).all() or (np.diff(row) <= 0).all() for row in seen)


def test_a_stage_can_forbid_mirrors_and_draws_the_same_crops() -> None:
    for seed in range(20):
        rngs = [np.random.default_rng(seed) for _ in range(2)]
        either, straight = (
            cut_square(RAMP, TrainingStage(1.0, 32, mirror=mirror), rng)
            for mirror, rng in zip((True, False), rngs, strict=True)
        )
        assert straight[16, -1, 0] > straight[16, 0, 0]
        assert np.array_equal(either, straight) or np.array_equal(either[:, ::-1], straight)
        assert rngs[0].random() == rngs[1].random()


def test_crop_shows_at_least_the_smallest_share() -> None:
    spans = [
        np.ptp(
            cut_square(RAMP, TrainingStage(1.0, 32, smallest=0.6), np.random.default_rng(seed))[
                16, :, 0
            ].astype(int)
        )
        for seed in range(40)
    ]
    assert min(spans) > 255 * 0.6 * 0.8 and max(spans) > 205


def test_colour_changes_light_a_little_and_not_its_input() -> None:
    before = RAMP.copy()
    lit = colour_picture(RAMP, ColoursConfig(), np.random.default_rng(3))
    np.testing.assert_array_equal(RAMP, before)
    assert lit.shape == RAMP.shape and lit.dtype == np.uint8
    assert 0 < np.abs(lit.astype(int) - before).mean() < 90


def test_no_colour_change_is_none() -> None:
    lit = colour_picture(RAMP, ColoursConfig(0, 0, 0, 0), np.random.default_rng(3))
    assert np.abs(lit.astype(int) - RAMP).max() <= 1
