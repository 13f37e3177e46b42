"""Kernel SHAP against exact Shapley values of small games, against Xplique, and over several seeds."""

from dataclasses import replace
from itertools import permutations, product
from math import comb

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.estimators import repeats
from engine.perturbation.methods import kernel_shap
from engine.perturbation.methods.params import KernelShapParams
from engine.visualise.parts import survives

PARAMS = KernelShapParams(samples=200, seeds=3, n_segments=20, fill="black")


def game(coalitions):
    """A score with a main effect, a pair, a triple and an idle player, for coalitions (N, 5)."""
    a, b, c, d, _ = np.moveaxis(np.asarray(coalitions, np.float64), -1, 0)
    return 0.2 + a - 0.5 * b + 2 * b * c - a * c * d


def exact_shapley(players, score):
    """Mean of what each player adds, over all orders."""
    added = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        shown = np.zeros(players)
        for player in order:
            before = score(shown)
            shown[player] = 1
            added[player] += score(shown) - before
    return added / len(orders)


def plan_of(pieces, samples, seeds=(0,)):
    """A plan on a picture cut into stripes."""
    return kernel_shap.DrawnCoalitions(
        Superpixels(np.arange(pieces, dtype=np.int32)[:, None].repeat(4, axis=1)), samples, seeds
    )


@pytest.fixture
def image(rng):
    """48 x 64: smooth colours, so that superpixels have shapes."""
    rows, columns = np.mgrid[0:48, 0:64] / 10.0
    waves = [np.sin(rows * a + columns * b + c) for a, b, c in rng.uniform(0, 2, (3, 3))]
    return (127 * (np.stack(waves, axis=-1) + 1)).astype(np.float32)


def test_with_all_coalitions_they_are_the_shapley_values():
    coalitions = np.array([row for row in product((0.0, 1.0), repeat=5) if 0 < sum(row) < 5])
    sizes = coalitions.sum(axis=1).astype(int)
    weights = np.array([4 / (comb(5, size) * size * (5 - size)) for size in sizes])
    ends = game(np.array([[1] * 5, [0] * 5]))
    found = kernel_shap.shapley_values(coalitions, game(coalitions) - ends[1], ends[0] - ends[1], weights)
    expected = exact_shapley(5, game)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(
        expected, [1 - 1 / 3, 0.5, 1 - 1 / 3, -1 / 3, 0], atol=1e-9
    )  # on paper: products are split evenly


def test_drawn_coalitions_come_near_them_and_always_add_up():
    plan = plan_of(5, 2000, (0, 1, 2))
    scores = game(plan.masks(0, plan.runs)).astype(np.float32)
    found = kernel_shap.estimate(plan, PARAMS, scores)
    np.testing.assert_allclose(found.parts.weights, exact_shapley(5, game), atol=0.05)
    for runs in (22, 100, 6002):
        partial = kernel_shap.estimate(
            plan, PARAMS, np.where(np.arange(plan.runs) < runs, scores, np.nan).astype(np.float32)
        )
        assert partial.runs == runs
        assert partial.parts.weights.sum() == pytest.approx(scores[0] - scores[1], abs=1e-5)
    assert found.figures["score with all hidden"] == pytest.approx(0.2)


def test_a_sum_over_superpixels_gets_its_own_weights(image, rng):
    plan = kernel_shap.plan(PARAMS, image)
    weights = rng.normal(size=plan.cells.count)
    found = kernel_shap.estimate(plan, PARAMS, (0.3 + plan.masks(0, plan.runs) @ weights).astype(np.float32))
    np.testing.assert_allclose(found.parts.weights, weights, atol=1e-5)
    np.testing.assert_array_equal(found.values, found.parts.weights[plan.cells.map])
    assert found.stability > 0.99 and survives(found.parts).all() and not found.warnings
    assert found.lower is not None and np.abs(found.upper - found.lower).max() < 1e-4


@pytest.mark.models
@pytest.mark.peers
def test_agrees_with_xplique_where_the_score_is_a_sum(rng):
    """On its own coalitions Xplique fits the same regression without holding the sum; for a sum both are
    exact.
    """
    import tensorflow as tf
    from xplique.attributions import KernelShap

    pieces = np.arange(12, dtype=np.int32).reshape(3, 4).repeat(4, axis=0).repeat(4, axis=1)
    image, weights = (
        rng.uniform(0.2, 1, (12, 16, 3)).astype(np.float32),
        rng.normal(size=(12, 16, 3)).astype(np.float32),
    )

    def network(x):
        return tf.einsum("nhwc,hwc->n", tf.cast(x, tf.float32), weights)[:, None]

    peer = KernelShap(
        network,
        nb_samples=400,
        map_to_interpret_space=lambda _: tf.constant(pieces),
        ref_value=np.zeros(3, np.float32),
    )
    theirs = peer(image[None], np.ones((1, 1), np.float32)).numpy()[0, ..., 0]
    plan = kernel_shap.DrawnCoalitions(Superpixels(pieces), 200, (0, 1))
    masks = plan.cells.blend(plan.masks(0, plan.runs), np.zeros_like(image), image)
    found = kernel_shap.estimate(plan, PARAMS, network(masks).numpy()[:, 0])
    np.testing.assert_allclose(found.values, theirs, atol=1e-4 * np.abs(theirs).max())
    assert np.ptp(theirs) > 1


def test_coalitions_are_drawn_as_the_shapley_kernel_weighs_them():
    drawn = kernel_shap.draw_coalitions(3, 40_000, 6)
    np.testing.assert_array_equal(drawn[0::2], 1 - drawn[1::2])
    sizes = np.bincount(drawn.sum(axis=1), minlength=7)
    kernel = np.array([0, *(1 / (size * (6 - size)) for size in range(1, 6)), 0])
    np.testing.assert_allclose(sizes / sizes.sum(), kernel / kernel.sum(), atol=0.01)
    np.testing.assert_allclose(drawn.mean(axis=0), 0.5, atol=1e-9)
    assert kernel_shap.draw_coalitions(3, 51, 2).shape == (51, 2)


def test_ends_come_first_seeds_take_turns_and_any_slice_is_a_slice_of_the_whole():
    plan = plan_of(8, 51, (4, 5, 6))
    whole = plan.masks(0, plan.runs)
    assert plan.runs == len(whole) == 155 and whole[0].all() and not whole[1].any()
    np.testing.assert_array_equal(plan.seed_of[:8], [0, 0, 1, 1, 2, 2, 0, 0])
    np.testing.assert_array_equal(whole[2:4] + whole[2:4][::-1], 1)
    np.testing.assert_array_equal(whole[2:][plan.seed_of == 1], kernel_shap.draw_coalitions(5, 51, 8))
    np.testing.assert_array_equal(
        np.concatenate([plan.masks(0, 1), plan.masks(1, 5), plan.masks(5, 80), plan.masks(80, 999)]), whole
    )
    np.testing.assert_array_equal(plan.masks(2, 9), whole[2:9])


def test_there_is_a_map_early_and_then_what_each_seed_says(image, rng):
    plan = kernel_shap.plan(PARAMS, image)
    scores = np.tanh(plan.masks(0, plan.runs) @ rng.normal(size=plan.cells.count)).astype(np.float32)

    def after(keep):
        return kernel_shap.estimate(plan, PARAMS, np.where(keep, scores, np.nan).astype(np.float32))

    place = np.arange(plan.runs)
    assert after(place < 21) is None and after(place > 0) is None and after(place != 1) is None
    early, late = after(place < 40), after(place >= 0)
    assert (
        early.lower is None and early.stability is None and early.figures["seeds"] == 1 and early.runs == 40
    )
    assert late.lower is not None and late.stability > 0.5 and late.figures["seeds"] == 3
    assert 0 < late.parts.spread.max() < np.abs(late.parts.weights).max()


def test_noise_is_called_unsteady_a_still_score_is_said_and_so_is_one_seed(image, rng):
    plan = kernel_shap.plan(PARAMS, image)
    noise = kernel_shap.estimate(plan, PARAMS, rng.random(plan.runs).astype(np.float32))
    assert repeats.UNSURE in noise.warnings and not survives(noise.parts).all()
    still = kernel_shap.estimate(plan, PARAMS, np.full(plan.runs, 0.7, np.float32))
    assert (
        np.abs(still.values).max() < 1e-6
        and still.warnings[0] == repeats.CONSTANT
        and still.stability is None
    )
    alone = replace(PARAMS, seeds=1)
    plan = kernel_shap.plan(alone, image)
    assert (
        repeats.ONE_SEED
        in kernel_shap.estimate(plan, alone, rng.random(plan.runs).astype(np.float32)).warnings
    )


def test_too_few_coalitions_still_add_up_and_are_said(image, rng):
    params = replace(PARAMS, samples=50, seeds=1, n_segments=150)
    plan = kernel_shap.plan(params, image)
    scores = rng.random(plan.runs).astype(np.float32)
    found = kernel_shap.estimate(plan, params, scores)
    assert plan.cells.count > 50 and found.parts.weights.sum() == pytest.approx(
        scores[0] - scores[1], abs=1e-5
    )
    assert any("fewer than 10" in sentence for sentence in found.warnings)


def test_a_picture_in_one_piece_is_refused():
    with pytest.raises(ParamsError, match="single superpixel"):
        kernel_shap.plan(replace(PARAMS, segmentation="felzenszwalb"), np.full((48, 64, 3), 9, np.float32))


def striped(pieces):
    """A picture of stripes of very different colours, and parameters with which each is a superpixel."""
    stripes = np.random.default_rng(0).permutation(np.linspace(0, 255, pieces)).astype(np.float32)
    image = np.repeat(stripes, 8)[:, None, None] * np.ones((1, 16, 3), np.float32)
    return image, replace(PARAMS, segmentation="felzenszwalb", sigma=0.0, scale=1.0, min_size=1)


def test_few_superpixels_are_run_in_all_coalitions_and_their_values_are_exact():
    """30 coalitions in place of 600; drawn ones left values off by some per cent, with a band around them."""
    image, params = striped(5)
    plan = kernel_shap.plan(params, image)
    assert plan.cells.count == 5 and plan.runs == 2**5 < params.samples * params.seeds
    masks = plan.masks(0, plan.runs)
    assert len(np.unique(masks, axis=0)) == 2**5
    np.testing.assert_array_equal(masks[0::2], 1 - masks[1::2])
    found = kernel_shap.estimate(plan, params, game(masks).astype(np.float32))
    np.testing.assert_allclose(found.parts.weights, exact_shapley(5, game), atol=1e-6)
    assert found.runs == 32 and found.lower is None and found.stability is None and not found.warnings
    assert found.figures["exact coalitions"] == 30 and "seeds" not in found.figures
    assert survives(found.parts).tolist() == [True] * 4 + [False] and not found.parts.spread.any()


def test_all_coalitions_are_run_only_where_they_are_no_dearer_or_drawn_if_one_wants_that():
    image, params = striped(7)
    assert kernel_shap.plan(params, image).runs == 2**7
    assert kernel_shap.plan(replace(params, samples=50, seeds=2), image).runs == 102
    assert kernel_shap.plan(replace(params, coalitions="drawn"), image).runs == 602


def test_of_all_coalitions_the_first_ones_already_give_values_that_add_up():
    image, params = striped(6)
    plan = kernel_shap.plan(params, image)
    weights = np.array([1.0, -2.0, 0.5, 0.0, 3.0, 1.0])
    scores = (0.3 + plan.masks(0, plan.runs) @ weights).astype(np.float32)

    def after(runs):
        known = np.where(np.arange(plan.runs) < runs, scores, np.nan).astype(np.float32)
        return kernel_shap.estimate(plan, params, known)

    assert after(21) is None
    early = after(24)
    np.testing.assert_allclose(early.parts.weights, weights, atol=1e-5)
    assert early.runs == 24 and "exact coalitions" not in early.figures and not survives(early.parts).any()
    still = kernel_shap.estimate(plan, params, np.full(plan.runs, 0.7, np.float32))
    assert still.warnings[0] == repeats.CONSTANT and not survives(still.parts).any()


@pytest.mark.parametrize(
    ("bad", "word"), [({"samples": 10}, "between"), ({"seeds": 0}, "between"), ({"sign": "none"}, "one of")]
)
def test_bad_parameters_get_a_sentence(bad, word):
    with pytest.raises(ParamsError, match=word):
        KernelShapParams(**bad)
