"""PaCMAP of our own: forces solved on paper, and the library's answer on the library's pairs."""

from pathlib import Path

import numpy as np
import pytest

from engine.projection.pairwise import Pairs, draw_pairs, forces, near_pairs, settle
from engine.projection.params import PacmapParams

ANSWER = np.load(Path(__file__).parents[2] / "data" / "pacmap-0.9.1.npz")
"""What pacmap 0.9.1 gives for 60 points in four groups, with its pairs; "soon" after 18 steps, "late" after
450. It starts at ``start``, standardized, times 0.0001.
"""


@pytest.fixture(scope="module")
def theirs():
    return Pairs(*(ANSWER[name].astype(np.intp) for name in ("pair_neighbors", "pair_MN", "pair_FP")))


@pytest.fixture(scope="module")
def start():
    begin = ANSWER["start"]
    return (begin - begin.mean(0)) / begin.std(0) * 1e-4


def test_forces_are_those_of_the_library(theirs, start):
    found = settle(theirs, start, 18)
    assert np.abs(found - ANSWER["soon"]).max() < 2e-3 * np.abs(ANSWER["soon"]).max()


def test_the_layout_of_the_library_is_reached(theirs, start):
    found = settle(theirs, start, PacmapParams().iterations)
    centred = [one - one.mean(0) for one in (found, ANSWER["late"])]
    turned = np.linalg.svd(centred[0].T @ centred[1], compute_uv=False).sum()
    assert turned / np.prod([np.linalg.norm(one) for one in centred]) > 0.99


def test_near_pairs_are_those_of_the_library():
    mine, theirs = (
        {tuple(pair) for pair in pairs.tolist()}
        for pairs in (near_pairs(ANSWER["features"], 10), ANSWER["pair_neighbors"])
    )
    assert len(mine) == len(theirs) == 600 and len(mine & theirs) >= 597


def test_one_pair_that_attracts_and_one_that_repels_move_as_on_paper():
    """The first step of Adam is the rate times the sign of the slope: near pairs meet, far ones part."""
    nothing = np.empty((0, 2), np.intp)
    start = np.array([[0.0, 0.0], [10.0, 0.0]])
    near = settle(Pairs(np.array([[0, 1]]), nothing, nothing), start, 1)
    far = settle(Pairs(nothing, nothing, np.array([[0, 1]])), start, 1)
    assert near == pytest.approx(np.array([[1, 0], [9, 0]]), abs=3e-3)
    assert far == pytest.approx(np.array([[-1, 0], [11, 0]]), abs=3e-3)


def test_weights_are_those_of_the_paper():
    weights = [tuple(force.weight for force in forces(step, 450)) for step in (0, 50, 100, 199, 200, 449)]
    assert weights == [(2, 1000, 1), (2, 501.5, 1), (3, 3, 1), (3, 3, 1), (1, 0, 1), (1, 0, 1)]


def test_pairs_are_of_different_images_and_far_ones_are_not_near():
    pairs = draw_pairs(np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32), 10, seed=1)
    assert [len(one) for one in (pairs.near, pairs.middling, pairs.far)] == [2000, 1000, 4000]
    for one in (pairs.near, pairs.middling, pairs.far):
        assert (one[:, 0] != one[:, 1]).all() and one.min() >= 0 and one.max() < 200
    near = {tuple(pair) for pair in pairs.near.tolist()}
    assert not near & {tuple(pair) for pair in pairs.far.tolist()}


def test_middling_pairs_lie_nearer_than_chance():
    features = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    pairs = draw_pairs(features, 10, seed=1)
    middling, far = (
        np.linalg.norm(features[one[:, 0]] - features[one[:, 1]], axis=1).mean()
        for one in (pairs.middling, pairs.far)
    )
    assert middling < 0.75 * far
