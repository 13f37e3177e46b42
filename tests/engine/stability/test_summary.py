"""Stability of maps that are known: one that does not depend on the image, and one of chance."""

import numpy as np
import pytest

from engine.stability.changes import CHANGES, IN_BALL
from engine.stability.similarity import Likeness, likeness_of
from engine.stability.summary import Followed, Stability

KEYS = (*CHANGES, IN_BALL.key)


def test_a_map_that_does_not_depend_on_the_image_is_stable(rng):
    symmetric = rng.random((8, 1)) * np.ones((8, 8))  # the same in each column, so that it may be moved
    followed = [
        Followed(key, 0, likeness_of(symmetric, CHANGES.get(key, IN_BALL).laid_back(symmetric)))
        for key in KEYS
    ]
    found = Stability(followed)
    assert found.mean is not None
    assert found.mean.rank == pytest.approx(1) and found.mean.ssim == pytest.approx(1)
    assert found.max_sensitivity == 0


@pytest.mark.slow
def test_a_map_of_chance_is_not(rng):
    first = rng.standard_normal((16, 16))
    followed = [
        Followed(key, seed, likeness_of(first, rng.standard_normal((16, 16))))
        for key in KEYS
        for seed in range(20)
    ]
    found = Stability(followed)
    assert found.mean is not None and abs(found.mean.rank) < 0.03 and abs(found.mean.ssim) < 0.06
    assert found.mean.top == pytest.approx(0.1, abs=0.03) and found.max_sensitivity > 1.2


def test_changes_weigh_alike_and_the_ball_and_what_was_not_kept_do_not_count():
    def like(rank: float, change: float = 0.0) -> Likeness:
        return Likeness(rank, rank, rank, change)

    followed = [
        *(Followed("noise", seed, like(0.4)) for seed in range(3)),
        Followed("flip", 0, like(0.8)),
        Followed("shift", 0, None, "The zone is not the same any more."),
        Followed(IN_BALL.key, 0, like(-1, 0.3)),
        Followed(IN_BALL.key, 1, like(-1, 0.5)),
        Followed(IN_BALL.key, 2, None),
    ]
    found = Stability(followed)
    assert found.mean.rank == pytest.approx(0.6) and found.max_sensitivity == 0.5
    assert found.of("shift") is None and found.of("noise").rank == pytest.approx(0.4)
    assert Stability(followed[4:5]).mean is None and Stability(followed[4:5]).max_sensitivity is None
