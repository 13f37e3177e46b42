"""LIME against the plain package, against weights known on paper, and over several seeds."""

from dataclasses import replace

import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from scipy import stats
from sklearn import linear_model

from engine.errors import ParamsError
from engine.perturbation.estimators import repeats
from engine.perturbation.estimators.moderated import moderate
from engine.perturbation.methods import lime
from engine.perturbation.methods.params import LimeParams
from engine.perturbation.run import PerturbationPass, Perturber
from engine.target_sets import TargetSet
from engine.targets import ClassContrast, ClassTarget, Scorer
from engine.visualise.parts import survives
from engine.zones import list_zones
from tests.shades import SHADES, BrightnessSegmenter
from tests.toys import PatchClassifier, QuarterSegmenter

PARAMS = LimeParams(samples=100, seeds=1, n_segments=20)


@pytest.fixture
def image(rng):
    """48 x 64: smooth colours, so that superpixels have shapes."""
    rows, columns = np.mgrid[0:48, 0:64] / 10.0
    waves = [np.sin(rows * a + columns * b + c) for a, b, c in rng.uniform(0, 2, (3, 3))]
    return (127 * (np.stack(waves, axis=-1) + 1)).astype(np.float32)


def scores_of(params, image, targets=None):
    """Plan and scores (runs, T) of a pass."""
    plan = lime.plan(params, image)
    scorer = Scorer(targets or [ClassTarget(index) for index in range(3)], (3,))
    job = PerturbationPass(
        PatchClassifier(), Perturber.of(image, plan.cells, params), plan, scorer, "probability"
    )
    return plan, job.scores(0, plan.runs)


def plain_lime(plan, params, image, hide_color, regressor=None):
    """Weights (P,) of class 2 and R2 by the package."""
    explainer = LimeImageExplainer(kernel_width=params.kernel_width, random_state=params.seed)
    model = PatchClassifier()
    found = explainer.explain_instance(
        image,
        lambda pictures: model.score_batch(pictures, "probability"),
        labels=(2,),
        hide_color=hide_color,
        top_labels=None,
        num_samples=params.samples,
        segmentation_fn=lambda _: plan.cells.map,
        model_regressor=regressor,
    )
    return np.array([weight for _, weight in sorted(found.local_exp[2])]), found.score


@pytest.mark.peers
@pytest.mark.parametrize(
    ("fill", "hide_color"),
    [("black", 0), ("cell mean", None), ("mean", "mean")],
    ids=["black", "cell mean", "mean"],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_weights_are_those_of_the_plain_package(image, fill, hide_color, seed):
    params = replace(PARAMS, fill=fill, seed=seed)
    plan, scores = scores_of(params, image)
    found = lime.estimate(plan, params, scores[:, 2])
    theirs, r2 = plain_lime(
        plan, params, image, image.mean(axis=(0, 1)) if hide_color == "mean" else hide_color
    )
    np.testing.assert_allclose(found.parts.weights, theirs, rtol=1e-5, atol=1e-6)
    assert found.figures["R2"] == pytest.approx(r2, abs=1e-5)
    assert np.abs(theirs).max() > 0.001


@pytest.mark.peers
@pytest.mark.parametrize("segmentation", ["quickshift", "felzenszwalb"])
def test_also_with_other_superpixels_and_another_kernel(image, segmentation):
    params = replace(PARAMS, segmentation=segmentation, kernel_width=0.6, fill="black", min_size=60)
    plan, scores = scores_of(params, image)
    theirs, _ = plain_lime(plan, params, image, 0)
    np.testing.assert_allclose(
        lime.estimate(plan, params, scores[:, 2]).parts.weights, theirs, rtol=1e-5, atol=1e-6
    )


@pytest.mark.peers
def test_with_few_superpixels_features_are_not_chosen_one_by_one(image):
    params = replace(PARAMS, n_segments=5, fill="black")
    plan, scores = scores_of(params, image)
    assert plan.cells.count <= 6
    theirs, _ = plain_lime(plan, params, image, 0)
    np.testing.assert_allclose(
        lime.estimate(plan, params, scores[:, 2]).parts.weights, theirs, rtol=1e-5, atol=1e-6
    )


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bayesian ridge", linear_model.BayesianRidge()),
        ("LinearRegression", linear_model.LinearRegression()),
    ],
)
def test_other_regressors_are_those_of_scikit_learn(image, name, model):
    params = replace(PARAMS, regressor=name, fill="black")
    plan, scores = scores_of(params, image)
    theirs, _ = plain_lime(plan, params, image, 0, model)
    np.testing.assert_allclose(
        lime.estimate(plan, params, scores[:, 2]).parts.weights, theirs, rtol=1e-3, atol=1e-5
    )


def test_the_penalty_of_a_lasso_removes_superpixels_and_ridge_only_shrinks_them(image):
    plan, scores = scores_of(replace(PARAMS, fill="black"), image)

    def weights(**change):
        return lime.estimate(plan, replace(PARAMS, **change), scores[:, 2]).parts.weights

    none = weights(penalty=0)
    assert np.abs(weights(regressor="ridge", penalty=5)).sum() < np.abs(none).sum()
    np.testing.assert_allclose(weights(regressor="lasso", penalty=0.001), none, atol=2e-3)
    some = weights(regressor="lasso", penalty=0.5)
    assert 0 < (some != 0).sum() < plan.cells.count
    assert (weights(regressor="elastic net", penalty=0.5) != 0).sum() > (some != 0).sum()
    nothing = lime.estimate(plan, replace(PARAMS, regressor="lasso", penalty=100), scores[:, 2])
    assert not nothing.parts.weights.any() and lime.SILENT in nothing.warnings


UNKNOWN = "NoSuchRegressor", "LogisticRegression", "RANSACRegressor", "PoissonRegressor", "Lars"


@pytest.mark.parametrize("name", [*UNKNOWN, "os", "__all__", ""])
def test_what_is_no_linear_regressor_gets_a_sentence(name):
    with pytest.raises(ParamsError, match="ridge, lasso, elastic net, bayesian ridge"):
        LimeParams(regressor=name)


def test_a_linear_model_in_the_superpixels_gets_its_own_weights(image, rng):
    """Score = b + sum of w over the superpixels that are kept: without a penalty LIME finds w, and nothing
    varies with the seed.
    """
    params = replace(PARAMS, penalty=0, seeds=3)
    plan = lime.plan(params, image)
    weights = rng.normal(size=plan.cells.count)
    found = lime.estimate(plan, params, (0.3 + plan.masks(0, plan.runs) @ weights).astype(np.float32))
    np.testing.assert_allclose(found.parts.weights, weights, atol=1e-5)
    np.testing.assert_allclose(found.values, weights.astype(np.float32)[plan.cells.map], atol=1e-5)
    np.testing.assert_allclose(found.upper - found.lower, 0, atol=1e-4)
    assert found.figures["R2"] == pytest.approx(1) and found.stability > 0.99
    assert survives(found.parts).all() and not found.parts.flips.any()


def test_superpixels_outside_the_quarter_that_the_model_looks_at_get_next_to_nothing():
    image = np.random.default_rng(3).uniform(150, 255, (64, 64, 3)).astype(np.float32)
    params = LimeParams(samples=300, fill="black", n_segments=65, compactness=100)
    model, plan = QuarterSegmenter(), lime.plan(params, image)
    scorer = Scorer([ClassTarget(1)], (16, 16, 2))
    job = PerturbationPass(model, Perturber.of(image, plan.cells, params), plan, scorer, "probability")
    found = lime.estimate(plan, params, job.scores(0, plan.runs)[:, 0])
    inside = np.unique(plan.cells.map[:32, :32])
    outside = np.setdiff1d(np.arange(plan.cells.count), inside)
    weights = found.parts.weights
    assert np.abs(weights[outside]).max() < 0.05 * weights[inside].max()
    assert weights[inside].sum() > 0.9 * np.abs(weights).sum()
    assert survives(found.parts)[inside].mean() > 0.7
    assert weights[inside].sum() == pytest.approx(image[:32, :32].mean() / 255, rel=0.15)


def test_one_class_rather_than_another_is_the_difference_of_their_weights(image):
    plan, scores = scores_of(PARAMS, image, [ClassTarget(0), ClassTarget(1), ClassContrast(0, 1)])
    first, second, contrast = (
        lime.estimate(plan, PARAMS, scores[:, place]).parts.weights for place in range(3)
    )
    np.testing.assert_allclose(contrast, first - second, atol=1e-6)


def test_every_zone_and_border_of_a_segmentation_from_the_same_runs():
    """Each pixel's class is its brightness, so what a zone depends on lies inside it; hiding what is bright
    makes it dark.
    """
    pixels = np.full((64, 96, 3), 60, np.float32)
    pixels[:, 48:] = 230
    model, params = BrightnessSegmenter(SHADES), replace(PARAMS, samples=200, seeds=3, fill="black", sigma=0)
    zones = list_zones(model.score_batch(pixels[None], "probability")[0], SHADES.labels)
    targets = TargetSet((32, 48, 3), SHADES.labels, zones)
    plan = lime.plan(params, pixels)
    job = PerturbationPass(
        model, Perturber.of(pixels, plan.cells, params), plan, Scorer(targets, (32, 48, 3)), "logit"
    )
    scores = job.scores(0, plan.runs)
    found = [lime.estimate(plan, params, scores[:, column]) for column in range(len(targets))]
    assert len(found) >= 5 and all(np.isfinite(one.values).all() for one in found)
    bright = next(zone.index for zone in zones.zones if zones.class_names[zone.class_index] == "bright")
    zone = found[targets.zone(bright)]
    right = np.unique(plan.cells.map[:, 52:])
    assert (
        zone.parts.weights[right].sum() > 0.8 * np.abs(zone.parts.weights).sum()
        and survives(zone.parts)[right].all()
    )
    border = np.abs(found[targets.border(bright)].values)
    assert border[:, 32:64].mean() > 3 * border[:, :16].mean()


def test_there_is_a_map_before_the_first_seed_is_finished_and_it_becomes_that_of_the_seeds(image):
    params = replace(PARAMS, seeds=3)
    plan, scores = scores_of(params, image)

    def after(runs, order=None):
        partial = np.full(plan.runs, np.nan, np.float32)
        there = (np.arange(plan.runs) if order is None else order)[:runs]
        partial[there] = scores[there, 2]
        return lime.estimate(plan, params, partial)

    assert after(0) is None and after(plan.cells.count - 1) is None
    early, first, second, last = (after(runs) for runs in (60, 100, 250, 300))
    assert (early.runs, first.runs, second.runs, last.runs) == (60, 100, 200, 300)
    assert early.lower is None and first.stability is None and not first.parts.spread.any()
    alone = lime.estimate(lime.plan(PARAMS, image), PARAMS, scores[:100, 2])
    np.testing.assert_array_equal(first.parts.weights, alone.parts.weights)
    assert second.figures["seeds"] == 2 and last.figures["seeds"] == 3 and last.lower is not None
    backwards = after(100, np.arange(plan.runs)[::-1])
    assert backwards.figures["seeds"] == 1 and not np.array_equal(
        backwards.parts.weights, first.parts.weights
    )


def test_spread_flips_band_and_stability_over_the_seeds(image):
    params = replace(PARAMS, seeds=4)
    plan, scores = scores_of(params, image)
    found = lime.estimate(plan, params, scores[:, 2])
    each = np.stack(
        [
            lime.estimate(
                lime.plan(replace(PARAMS, seed=seed), image), PARAMS, scores[100 * seed : 100 * seed + 100, 2]
            ).parts.weights
            for seed in range(4)
        ]
    ).astype(np.float64)
    mean, spread = each.mean(axis=0), each.std(axis=0, ddof=1)
    np.testing.assert_allclose(found.parts.weights, mean, atol=1e-6)
    np.testing.assert_allclose(found.parts.spread, spread, atol=1e-6)
    np.testing.assert_allclose(found.parts.flips, (np.sign(each) != np.sign(mean)).mean(axis=0))
    variances, degrees = moderate(np.square(spread), 3)
    half_width = stats.t.ppf(0.975, degrees) * np.sqrt(variances) / 2
    assert degrees > 3
    np.testing.assert_allclose(found.upper, (mean + half_width)[plan.cells.map], atol=1e-5)
    np.testing.assert_allclose(found.lower, (mean - half_width)[plan.cells.map], atol=1e-5)
    assert 0 < found.stability <= 1


def test_noise_is_called_unsteady_and_hardly_anything_survives(image, rng):
    params = replace(PARAMS, samples=400, seeds=10)
    plan = lime.plan(params, image)
    found = lime.estimate(plan, params, rng.normal(size=plan.runs).astype(np.float32))
    assert repeats.UNSURE in found.warnings and any("R2" in sentence for sentence in found.warnings)
    assert abs(found.stability) < 0.3 and survives(found.parts).mean() < 0.1
    assert 0.2 < found.parts.flips.mean() < 0.5


def test_a_score_that_never_moves_says_so(image):
    plan = lime.plan(replace(PARAMS, seeds=2), image)
    found = lime.estimate(plan, PARAMS, np.full(plan.runs, 0.7, np.float32))
    assert not found.values.any() and found.warnings[0] == repeats.CONSTANT and found.stability is None
    assert np.isfinite([*found.figures.values()]).all() and not survives(found.parts).any()


def test_one_seed_is_said(image):
    plan, scores = scores_of(PARAMS, image)
    assert repeats.ONE_SEED in lime.estimate(plan, PARAMS, scores[:, 2]).warnings


def test_a_regressor_that_gives_up_gets_a_sentence(image):
    params = replace(PARAMS, regressor="QuantileRegressor")
    plan = lime.plan(params, image)
    with pytest.raises(ParamsError, match="QuantileRegressor found no finite weights"):
        lime.estimate(plan, params, np.float32(1e30) * np.arange(plan.runs, dtype=np.float32))


def test_same_seed_same_samples_and_any_slice_is_a_slice_of_the_whole(image):
    plan = lime.plan(replace(PARAMS, seeds=2), image)
    whole = plan.masks(0, plan.runs)
    assert whole.shape == (200, plan.cells.count) and whole.dtype == np.float32
    assert whole[0].all() and whole[100].all() and not np.array_equal(whole[:100], whole[100:])
    np.testing.assert_array_equal(
        np.concatenate([plan.masks(0, 7), plan.masks(7, 130), plan.masks(130, 999)]), whole
    )
    np.testing.assert_array_equal(lime.plan(replace(PARAMS, seed=1), image).masks(0, 100), whole[100:])
