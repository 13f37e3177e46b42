"""Superpixels that are shown, and those that would stay with other seeds."""

from dataclasses import replace

import numpy as np
import pytest

from engine.explanation import Cost, Explanation, Parts, Provenance
from engine.targets import ClassTarget
from engine.visualise.inks import Look, ink
from engine.visualise.overlays import overlay, overlay_explanation
from engine.visualise.parts import (
    EDGE,
    FAINT_EDGE,
    HATCH,
    anchors,
    chosen_parts,
    part_inks,
    shown,
    strongest,
    survives,
)
from engine.visualise.render import Scale, scale_of

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


def lime(parts, **given):
    return Explanation(
        values=parts.weights[LABELS],
        signed=True,
        target=ClassTarget(0),
        method="lime",
        params={"shown": 2, "sign": "both", **given},
        score=0.5,
        cost=Cost(1),
        provenance=Provenance("m", "f", "p", "s"),
        parts=parts,
    )


def test_the_chosen_parts_are_as_opaque_as_their_weights_say_and_hatched_where_they_may_be_chance():
    parts = replace(make_parts([0.9, 0.1, 0.0, 0.2, -0.4, 0.3]), sure=np.array([1, 0, 0, 0, 0, 0], bool))
    scale, chosen = scale_of(parts.weights, True), chosen_parts(lime(parts))
    inks = part_inks(parts, chosen, scale)
    alpha = inks[..., 3].astype(int)
    assert (inks[:3, :3] == ink(parts.weights[0], scale)).all() and alpha[0, 0] == 255
    lines = inks[4:, 4:7] == HATCH
    assert lines.all(axis=-1).any() and (alpha[4:, 4:7][~lines.all(axis=-1)] < 200).all()
    assert (alpha[:3, 4:7] == 0).all() and (inks[4:, 11] == 0).all(), "not chosen"


def test_borders_of_parts_that_are_shown_are_clear_and_the_others_faint():
    parts = make_parts([0.9, 0.1, 0.0, 0.2, 0.0, 0.3])
    inks = part_inks(parts, np.arange(6) == 0, scale_of(parts.weights, True))
    assert (inks[:3, 3] == EDGE).all() and (inks[3, :3] == EDGE).all()
    assert (inks[:3, 7] == FAINT_EDGE).all() and (inks[3, 8:] == FAINT_EDGE).all()


@pytest.mark.parametrize("flat", [False, True])
def test_only_the_chosen_parts_change_the_picture(rng, flat):
    pixels = np.repeat(rng.integers(0, 256, (40, 60, 1), dtype=np.uint8), 3, axis=2)
    explanation = lime(make_parts([0.9, 0.1, 0.0, 0.2, -0.8, 0.3]))
    painted = overlay_explanation(pixels, explanation, scale_of(explanation.values, True), Look(flat=flat))
    changed = (painted != pixels).any(axis=-1)
    assert changed[:12, :12].all() and changed[26:, 26:32].all()
    assert not changed[:12, 26:32].any() and not changed[26:, :12].any()


def test_a_map_without_parts_is_laid_over_as_it_is_with_a_line_around_its_strongest_tenth(rng):
    pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    values = rng.random((4, 4)).astype(np.float32)
    plain = Explanation(
        values, False, ClassTarget(0), "sobol", {}, 0.5, Cost(1), Provenance("m", "f", "p", "s")
    )
    scale, flat = Scale(0, 1, False), Look(flat=True)
    np.testing.assert_array_equal(
        overlay_explanation(pixels, plain, scale, flat), overlay(pixels, values, scale, flat)
    )
    lined = overlay_explanation(pixels, plain, scale, Look()) != overlay(pixels, values, scale, Look())
    assert 0.01 < lined.any(axis=-1).mean() < 0.5


def test_the_name_of_a_part_stands_in_it_near_its_middle():
    hook = np.zeros((5, 5), np.int32)
    hook[1:, 1:] = 1  # part 0 is the upper and the left edge: its middle lies in part 1
    places = np.floor(anchors(hook) * hook.shape).astype(int)
    assert hook[tuple(places.T)].tolist() == [0, 1]
    assert np.floor(anchors(LABELS)[4] * LABELS.shape).tolist() in [[5, 5], [5, 6], [6, 5], [6, 6]]


def test_the_strongest_parts_are_named_whatever_their_sign():
    assert strongest(make_parts([0.1, -0.9, 0.0, 0.5, 0.2, -0.3])).tolist() == [1, 3, 5, 4, 0, 2]
