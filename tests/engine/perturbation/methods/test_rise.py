"""RISE against Xplique on its own masks, and against expectations known on paper."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.perturbation.estimators import replicates
from engine.perturbation.methods import rise
from engine.perturbation.methods.params import RiseParams
from engine.perturbation.run import PerturbationPass, Perturber
from engine.targets import ClassTarget, Scorer
from tests.toys import QuarterSegmenter

PARAMS = RiseParams(masks=512, fill="black")
BLANK = np.zeros((64, 64, 3), np.float32)


def scores_of(params, image):
    """Plan and scores (runs,) of "bright"."""
    model, plan = QuarterSegmenter(), rise.plan(params, image)
    job = PerturbationPass(
        model,
        Perturber.of(image, plan.cells, params),
        plan,
        Scorer([ClassTarget(1)], (16, 16, 2)),
        "probability",
    )
    return plan, job.scores(0, plan.runs)[:, 0]


@pytest.mark.models
@pytest.mark.peers
def test_agrees_with_xplique_on_its_own_masks(rng, monkeypatch):
    """Xplique's map of a picture, and our estimator on the masks that it drew for it, agree within 1e-4."""
    import tensorflow as tf
    from xplique.attributions import Rise

    image = rng.uniform(0, 1, (24, 30, 3)).astype(np.float32)
    weights = rng.normal(size=(24, 30, 3)).astype(np.float32) / 40
    drawn, apply_masks = [], Rise._apply_masks

    def recording(*args):
        masked, masks = apply_masks(*args)
        drawn.append(masks.numpy()[..., 0])
        return masked, masks

    monkeypatch.setattr(Rise, "_apply_masks", staticmethod(recording))

    def network(x):
        return tf.sigmoid(tf.einsum("nhwc,hwc->n", tf.cast(x, tf.float32), weights))[:, None]

    tf.random.set_seed(1)
    theirs = Rise(network, nb_samples=320, grid_size=5, batch_size=64)(
        image[None], np.ones((1, 1), np.float32)
    ).numpy()[0, ..., 0]
    masks = np.concatenate(drawn)
    scores = network(masks[..., None] * image).numpy()[:, 0].astype(np.float64)
    sums = rise.GroupSums.of(masks.reshape(320, -1), scores, np.arange(320) % rise.GROUPS)
    mine = sums.gain(np.ones(rise.GROUPS)).reshape(24, 30)
    np.testing.assert_allclose(mine + scores.mean(), theirs, atol=1e-4)
    assert np.ptp(theirs) > 0.01


@pytest.mark.parametrize("kept", [0.3, 0.5])
def test_masks_are_those_of_the_paper(kept):
    """In [0, 1], shown with the given probability everywhere, smooth, and shifted: two masks of the same
    cells differ.
    """
    masks = rise.RiseDesign(4, 4096, kept, 3).masks(0, 4096).reshape(-1, 32, 32)
    assert masks.dtype == np.float32 and masks.min() >= 0 and masks.max() <= 1 + 1e-6
    np.testing.assert_allclose(masks.mean(axis=0), kept, atol=0.04)
    assert np.abs(np.diff(masks, axis=1)).max() <= 4 / 32 + 1e-6
    near, far = (np.corrcoef(masks[:, 16, 8], masks[:, 16, 8 + step])[0, 1] for step in (1, 20))
    assert near > 0.95 and abs(far) < 0.05


@pytest.mark.models
def test_without_a_shift_a_mask_is_the_bilinear_resize_of_its_cells(rng):
    import tensorflow as tf

    coarse = rng.random((4, 4)).astype(np.float32)
    large = tf.image.resize(coarse[..., None], (40, 40)).numpy()[..., 0]
    for shift in (0, 3, 8):
        tents = rise._tents(np.array([shift / 8]), 4)[0]
        np.testing.assert_allclose(
            tents @ coarse @ tents.T, large[shift : shift + 32, shift : shift + 32], atol=1e-5
        )


def test_expectation_on_paper():
    """Binary masks of two places, all four of them: with score = 3 a + b a seen place is worth half its
    weight.
    """
    masks = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    scores = 3.0 * masks[:, 0] + masks[:, 1]
    sums = rise.GroupSums.of(masks, scores.astype(np.float64), np.zeros(4, np.intp))
    np.testing.assert_allclose(sums.gain(np.ones(1)), [1.5, 0.5], atol=1e-6)
    never = rise.GroupSums.of(masks * [1, 0], scores.astype(np.float64), np.zeros(4, np.intp))
    np.testing.assert_allclose(never.gain(np.ones(1)), [1.5, 0], atol=1e-6)


@pytest.mark.slow
def test_the_quarter_that_the_model_looks_at_stands_out_of_its_band():
    plan, scores = scores_of(replace(PARAMS, masks=2048), np.full((64, 64, 3), 230, np.float32))
    found = rise.estimate(plan, PARAMS, scores)
    inside, far = found.values[4:12, 4:12], found.values[22:, 22:]
    assert found.values.shape == (32, 32) and found.lower[4:12, 4:12].min() > 0
    assert inside.mean() > 10 * np.abs(far).mean()
    assert ((found.lower <= 0) & (found.upper >= 0))[22:, 22:].mean() > 0.8
    assert found.stability > 0.5 and found.runs == 2048 and not found.warnings
    assert found.figures["mean score of the masks"] == pytest.approx(230 / 255 / 2, abs=0.02)


@pytest.mark.slow
def test_the_band_tells_how_far_other_seeds_lie():
    """The band of one seed is about as wide as twice the spread over seeds."""
    image, params = np.full((64, 64, 3), 230, np.float32), replace(PARAMS, masks=256)
    runs = [scores_of(replace(params, seed=seed), image) for seed in range(12)]
    found = [rise.estimate(plan, params, scores) for plan, scores in runs]
    spread = np.std([one.values for one in found], axis=0, ddof=1).mean()
    half = np.mean([(one.upper - one.lower) / 2 for one in found])
    assert 1.6 * spread < half < 2.9 * spread


@pytest.mark.slow
def test_the_band_covers_what_is_known_on_paper(rng):
    """A score of noise is worth nothing at each place, and one that is the mean of a mask is worth what the
    masks have in common: 93 to 97 of 100 bands hold it.
    """
    drawn = rise.plan(replace(PARAMS, masks=4096, seed=99), BLANK).drawn.astype(np.float64)
    worth = (drawn * drawn.mean(axis=1)[:, None]).mean(axis=0) / drawn.mean(axis=0) - drawn.mean()
    held = []
    for seed in range(20):
        plan = rise.plan(replace(PARAMS, seed=seed), BLANK)
        noise, means = rng.normal(size=plan.runs), plan.drawn.mean(axis=1)
        for scores, truth in ((noise, 0), (means, worth)):
            found = rise.estimate(plan, PARAMS, scores.astype(np.float32))
            held.append((found.lower.ravel() <= truth) & (truth <= found.upper.ravel()))
    assert 0.93 <= np.mean(held) <= 0.97


def test_there_is_a_map_early_and_order_does_not_matter():
    plan, scores = scores_of(PARAMS, np.full((64, 64, 3), 230, np.float32))

    def after(keep):
        return rise.estimate(plan, PARAMS, np.where(keep, scores, np.nan).astype(np.float32))

    place = np.arange(512)
    assert after(place < 31) is None and after(place % 16 == 3) is None
    early, late = after(place < 32), after(place < 512)
    assert early.runs == 32 and np.isfinite(early.values).all()
    assert (late.upper - late.lower).mean() < 0.5 * (early.upper - early.lower).mean()
    backwards = after(place >= 256)
    assert backwards.runs == 256 and np.isfinite(backwards.values).all()


def test_same_seed_same_masks_and_any_slice_is_a_slice_of_the_whole():
    plan = rise.plan(PARAMS, BLANK)
    whole = rise.plan(PARAMS, BLANK).masks(0, 512)
    np.testing.assert_array_equal(
        np.concatenate([plan.masks(0, 7), plan.masks(7, 300), plan.masks(300, 999)]), whole
    )
    assert not np.array_equal(rise.plan(replace(PARAMS, seed=1), BLANK).masks(0, 512), whole)


def test_a_score_that_never_moves_says_so_and_noise_is_called_unsteady(rng):
    plan = rise.plan(PARAMS, BLANK)
    found = rise.estimate(plan, PARAMS, np.full(512, 0.7, np.float32))
    assert not found.values.any() and found.warnings == (replicates.CONSTANT,)
    assert replicates.UNSURE in rise.estimate(plan, PARAMS, rng.random(512).astype(np.float32)).warnings


@pytest.mark.parametrize(
    ("bad", "word"), [({"masks": 300}, "one of"), ({"kept": 1}, "between"), ({"grid": 3}, "between")]
)
def test_bad_parameters_get_a_sentence(bad, word):
    with pytest.raises(ParamsError, match=word):
        RiseParams(**bad)
