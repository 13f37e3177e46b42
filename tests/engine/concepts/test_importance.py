"""Importance of concepts whose truth is known."""

import numpy as np
import pytest
from scipy import stats

from compute.measure.concepts.images import ASKED_IMAGES
from engine.concepts.completeness import coalitions, completeness, exact_shapley
from engine.concepts.design import DESIGNS_EACH, ConceptDesign, weakened
from engine.concepts.factors import ConceptBasis
from engine.concepts.importance import importance, importance_over_images

WEIGHTS = np.array([5.0, 0.0, 3.0, 1.0, 4.0, 0.2, 2.0, 0.0])


def basis(count=8):
    return ConceptBasis(np.random.default_rng(3).uniform(size=(count, 16)).astype(np.float32))


def additive(masks):
    """A score that is a weighted sum: its indices are the squares of the weights over their sum."""
    return masks[:, :, 0] @ WEIGHTS


TRUTH = np.square(WEIGHTS) / np.square(WEIGHTS).sum()


def test_indices_of_a_sum_are_the_squares_of_its_weights():
    design = ConceptDesign(basis(), designs=512)
    found = importance(design, additive(design.masks(0, design.runs)))
    assert np.abs(found.values - TRUTH).max() < 0.05
    assert found.values[WEIGHTS == 0].max() < 1e-12


def test_the_default_budget_ranks_concepts():
    ranks = []
    for seed in range(10):
        design = ConceptDesign(basis(), seed=seed)
        found = importance(design, additive(design.masks(0, design.runs)))
        ranks.append(stats.spearmanr(found.values, TRUTH).statistic)
    assert min(ranks) > 0.9


def test_the_numbers_of_concepts_make_no_difference():
    order = np.random.default_rng(1).permutation(8)
    one = ConceptDesign(basis())
    other = ConceptDesign(ConceptBasis(one.basis.vectors[order]))
    masks, turned = one.masks(0, one.runs), other.masks(0, other.runs)
    assert np.array_equal(masks[:, order], turned)
    first = importance(one, additive(masks))
    second = importance(other, turned[:, :, 0] @ WEIGHTS[order])
    assert np.allclose(first.values[order], second.values) and np.allclose(first.upper[order], second.upper)


@pytest.mark.slow
def test_bands_cover_what_they_claim():
    inside = []
    for seed in range(60):
        design = ConceptDesign(basis(), seed=seed)
        scores = (
            additive(design.masks(0, design.runs)) ** 2
            if seed % 2
            else additive(design.masks(0, design.runs))
        )
        truth = TRUTH if seed % 2 == 0 else _truth_of_square()
        found = importance(design, scores)
        inside.append((truth >= found.lower - 1e-9) & (truth <= found.upper + 1e-9))
    assert np.mean(inside) >= 0.9


def _truth_of_square():
    """Total indices of the square of the sum, from a long run."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(size=(2, 400_000, 8))
    score = (a @ WEIGHTS) ** 2
    gaps = []
    for one in range(8):
        moved = a.copy()
        moved[:, one] = b[:, one]
        gaps.append(np.square(score - (moved @ WEIGHTS) ** 2).mean() / 2)
    return np.array(gaps) / score.var()


def test_images_are_asked_apart_and_read_together():
    designs = [ConceptDesign(basis(), designs=DESIGNS_EACH, replicates=1, seed=seed) for seed in range(16)]
    levels = np.random.default_rng(0).normal(scale=100, size=16)  # the level of an image is no variance
    scores = [
        level + additive(design.masks(0, design.runs)) for level, design in zip(levels, designs, strict=True)
    ]
    found = importance_over_images(designs[0], scores)
    assert np.abs(found.values - TRUTH).max() < 0.15
    assert found.stability > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("score", ["sum", "square", "images unlike"])
def test_bands_over_images_cover_what_they_claim(score):
    truth = _truth_of_square() if score == "square" else TRUTH
    inside = []
    for draw in range(40):
        rng = np.random.default_rng(draw)
        designs = [
            ConceptDesign(basis(), designs=DESIGNS_EACH, replicates=1, seed=1000 * draw + seed)
            for seed in range(ASKED_IMAGES)
        ]
        sums = [additive(design.masks(0, design.runs)) for design in designs]
        loud = np.exp(rng.normal(0, 0.7, ASKED_IMAGES)) if score == "images unlike" else np.ones(ASKED_IMAGES)
        scores = [
            rng.normal(scale=100) + (one**2 if score == "square" else one * much)
            for one, much in zip(sums, loud, strict=True)
        ]
        found = importance_over_images(designs[0], scores)
        inside.append((truth >= found.lower - 1e-9) & (truth <= found.upper + 1e-9))
    assert np.mean(inside) >= 0.93


def test_a_score_that_never_moves_has_no_important_concept_and_says_so():
    design = ConceptDesign(basis())
    found = importance(design, np.full(design.runs, 3.0))
    assert not found.moved and not found.values.any() and found.lower is None


def test_missing_runs_are_left_out():
    design = ConceptDesign(basis())
    scores = additive(design.masks(0, design.runs))
    scores[design.sobol.runs_per_row * 4 :] = np.nan
    assert importance(design, scores) is not None
    assert importance(design, np.full(design.runs, np.nan)) is None


def test_regions_have_inputs_of_their_own():
    few = basis(3)
    design = ConceptDesign(few, regions=2, designs=256)
    masks = design.masks(0, design.runs)
    assert masks.shape == (design.runs, 3, 2)
    found = importance(design, 2 * masks[:, 1, 0] + masks[:, 2, 1])
    assert np.abs(found.values.reshape(3, 2) - [[0, 0], [0.8, 0], [0, 0.2]]).max() < 0.08


def test_masks_weaken_the_coefficients_of_their_region():
    coefficients = np.ones((2, 2, 2), np.float32)
    regions = np.array([[0, 1], [1, 1]])
    left = weakened(coefficients, np.array([[[0.0, 1.0], [0.5, 0.25]]], np.float32), regions)
    assert left[0, :, :, 0].tolist() == [[0, 1], [1, 1]]
    assert left[0, :, :, 1].tolist() == [[0.5, 0.25], [0.25, 0.25]]


def test_shapley_values_of_a_game_on_paper():
    # two left gloves (players 0 and 1) and a right one (2): a pair is worth 1
    worth = np.array([float(bool(s & 3) and bool(s & 4)) for s in range(8)])
    assert exact_shapley(worth) == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_a_sum_is_shared_out_as_it_was_put_together():
    masks = coalitions(8)
    found = completeness(2 + masks @ WEIGHTS, own=2 + 2 * WEIGHTS.sum())
    assert found.shapley == pytest.approx(WEIGHTS)
    assert found.share == pytest.approx(0.5)
    assert np.isnan(completeness(np.ones(4), own=1.0).share)
