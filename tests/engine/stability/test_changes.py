"""Changes of an image, and maps that are laid back where they were."""

import numpy as np
import pytest

from engine.stability.changes import BALL, CHANGES, IN_BALL, NOISE

ROWS = (*CHANGES.values(), IN_BALL)


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.key)
def test_a_changed_image_has_the_size_the_seed_repeats_it_and_the_original_stays(change, rng):
    pixels = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
    before = pixels.copy()
    one, again, other = (change.apply(pixels, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert one.shape == pixels.shape and one.dtype == np.uint8 and np.array_equal(pixels, before)
    assert np.array_equal(one, again) and np.array_equal(one, other) != change.chance
    assert not np.array_equal(one, pixels)


def test_strengths_are_those_that_are_said(rng):
    grey = np.full((64, 64, 3), 100, np.uint8)
    apply = {change.key: change.apply(grey, np.random.default_rng(0)).astype(float) for change in ROWS}
    assert apply["noise"].std() == pytest.approx(NOISE, rel=0.05)
    assert np.abs(apply["ball"] - 100).max() == BALL
    assert (apply["brightness"] == 110).all() and (apply["contrast"] == 100).all()
    two = np.where(np.arange(64)[:, None, None] < 32, 50, 150) * np.ones((64, 64, 3))
    flatter = CHANGES["contrast"].apply(two.astype(np.uint8), rng)
    assert np.unique(flatter).tolist() == [58, 142]


def test_what_moves_is_laid_back(rng):
    values = rng.random((4, 16))
    assert np.array_equal(CHANGES["flip"].laid_back(values[:, ::-1]), values)
    moved = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
    back = CHANGES["shift"].laid_back(moved)[:, ::16]
    assert np.array_equal(back[:, :-1], values[:, :-1]) and np.isnan(back[:, -1]).all()
    assert np.array_equal(CHANGES["blur"].laid_back(values), values)


def test_an_image_and_its_map_move_alike():
    pixels = np.zeros((32, 64, 3), np.uint8)
    pixels[8:16, 20:28] = 255
    for key in ("shift", "flip"):
        moved = CHANGES[key].apply(pixels, np.random.default_rng(0))[..., 0].astype(float)
        back = CHANGES[key].laid_back(moved)
        wide = np.repeat(pixels[..., 0].astype(float), back.shape[1] // 64, axis=1)
        known = np.isfinite(back)
        assert np.array_equal(back[known], wide[known])
