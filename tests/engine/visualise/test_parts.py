"""Superpixels that are shown, and those that would stay with other seeds."""

from dataclasses import replace

import numpy as np
import pytest

from engine.explanation import Cost, Explanation, Parts, Provenance
from engine.targets import ClassTarget
from engine.visualise.parts import BORDER, overlay_explanation, part_borders, shown, survives, weights_shown
from engine.visualise.render import Scale, overlay, scale_of

LABELS = np.repeat(np.repeat(np.arange(6, dtype=np.int32).reshape(2, 3), 4, axis=0), 4, axis=1)


def make_parts(weights, spread=0.0, flips=0.0):
    weights = np.asarray(weights, np.float32)
    return Parts(
        LABELS, weights, *(np.broadcast_to(np.float32(part), weights.shape) for part in (spread, flips))
    )


@pytest.mark.parametrize(
    ("number", "sign", "expected"),
    [
        (2, "both", [2, 4]),
        (3, "both", [0, 2, 4]),
        (2, "positive", [0, 2]),
        (9, "positive", [0, 2, 3]),
        (9, "negative", [4, 5]),
        (1, "negative", [4]),
        (99, "both", [0, 2, 3, 4, 5]),
    ],
)
def test_the_greatest_weights_of_a_sign_are_shown(number, sign, expected):
    parts = make_parts([0.3, 0.0, 0.5, 0.1, -0.4, -0.2])
    assert np.flatnonzero(shown(parts, number, sign)).tolist() == expected


def test_no_part_speaks_for_it():
    assert not shown(make_parts([-0.1, 0, -0.2, 0, 0, -0.3]), 5, "positive").any()


def test_what_nobody_has_tested_does_not_survive():
    parts = make_parts([0.5, -0.5, 0.1, 0.0, 0.0, 0.2])
    assert not survives(parts).any()
    sure = np.array([True, True, False, False, False, True])
    assert survives(replace(parts, sure=sure)).tolist() == sure.tolist()


def test_weights_of_the_chosen_parts_lie_on_their_pixels():
    parts = make_parts([1, 2, 3, 4, 5, 6])
    values = weights_shown(parts, np.array([True, False, False, False, False, True]))
    assert values.dtype == np.float32 and (values[:4, :4] == 1).all() and (values[4:, 8:] == 6).all()
    assert values.sum() == 16 * 7


def test_borders_run_between_parts_at_any_size():
    borders = part_borders(LABELS, (8, 12))
    assert borders[3].all() and borders[:, 3].all() and borders[:, 7].all() and borders.sum() == 12 + 2 * 7
    large = part_borders(LABELS, (80, 120))
    assert large[39].all() and large[:, 39].all() and large.sum() == 120 + 2 * 79


def test_only_the_chosen_parts_are_coloured(rng):
    pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    parts = make_parts([0.9, 0.1, 0.0, 0.2, -0.8, 0.3])
    explanation = Explanation(
        values=parts.weights[LABELS],
        signed=True,
        target=ClassTarget(0),
        method="lime",
        params={"shown": 2, "sign": "both"},
        score=0.5,
        cost=Cost(1),
        provenance=Provenance("m", "f", "p", "s"),
        parts=parts,
    )
    scale = scale_of(explanation.values, True)
    painted = overlay_explanation(pixels, explanation, scale, 1.0)
    assert (painted[part_borders(LABELS, (40, 60))] == BORDER).all()
    inner = ~part_borders(LABELS, (40, 60))
    coloured = (painted[..., 0] != painted[..., 1]) | (painted[..., 1] != painted[..., 2])
    expected = np.zeros((40, 60), bool)
    expected[:20, :20] = expected[20:, 20:40] = True
    np.testing.assert_array_equal(coloured & inner, expected & inner)
    assert len(np.unique(painted[:19, :19].reshape(-1, 3), axis=0)) == 1  # opaque: one colour per part


def test_a_map_without_parts_is_laid_over_as_it_is(rng):
    pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    values = rng.random((4, 4)).astype(np.float32)
    plain = Explanation(
        values, False, ClassTarget(0), "sobol", {}, 0.5, Cost(1), Provenance("m", "f", "p", "s")
    )
    scale = Scale(0, 1, False)
    np.testing.assert_array_equal(
        overlay_explanation(pixels, plain, scale, 0.5), overlay(pixels, values, scale, 0.5)
    )
