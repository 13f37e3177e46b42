"""Occlusion against a loop that pastes patches one by one, and against Xplique."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.designs.patches import PatchCells
from engine.perturbation.methods import occlusion
from engine.perturbation.methods.params import OcclusionParams
from engine.perturbation.run import PerturbationPass, Perturber
from engine.targets import ClassTarget, Scorer
from tests.toys import QuarterSegmenter

PARAMS = OcclusionParams(positions=6, patch=2.5, fill="black")


@dataclass
class TanhClassifier:
    """Two classes whose logits are the tanh of weighted sums of the pixels: not linear, and no pixel is
    without effect.
    """

    def score_batch(self, pictures, space):
        weights = np.random.default_rng(5).normal(0, 0.02, (*pictures.shape[1:], 2))
        logits = np.tanh(np.tensordot(np.asarray(pictures, np.float64) / 255 - 0.5, weights, 3))
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        return (logits if space == "logit" else probabilities).astype(np.float32)


@pytest.fixture
def image(rng):
    return rng.uniform(0, 255, (40, 53, 3)).astype(np.float32)


def scores_of(params, image, model=None):
    """Plan and scores (runs,) of the first class."""
    plan = occlusion.plan(params, image)
    scorer = Scorer([ClassTarget(0)], (2,))
    job = PerturbationPass(
        model or TanhClassifier(), Perturber.of(image, plan.cells, params), plan, scorer, params.space
    )
    return plan, job.scores(0, plan.runs)[:, 0]


@pytest.mark.parametrize("space", ["probability", "logit"])
def test_equals_a_loop_that_pastes_patches_one_by_one(image, space):
    params, model = replace(PARAMS, fill="mean", space=space), TanhClassifier()
    plan, scores = scores_of(params, image)
    height, width, _ = image.shape
    expected = np.zeros((6, 6))
    for row in range(6):
        for column in range(6):
            pasted = image.copy()
            top, bottom = ((row + 0.5 + way * 1.25) * height / 6 for way in (-1, 1))
            left, right = ((column + 0.5 + way * 1.25) * width / 6 for way in (-1, 1))
            inside = np.ix_(
                *(
                    np.flatnonzero((np.arange(n) + 0.5 >= a) & (np.arange(n) + 0.5 < b))
                    for n, a, b in ((height, top, bottom), (width, left, right))
                )
            )
            pasted[inside] = image.mean(axis=(0, 1))
            whole, hidden = model.score_batch(np.stack([image, pasted]), space)[:, 0]
            expected[row, column] = whole - hidden
    found = occlusion.estimate(plan, params, scores)
    np.testing.assert_allclose(found.values, expected, atol=2e-6)
    assert np.abs(expected).max() > 0.01 and (expected < 0).any()
    assert found.figures["greatest drop"] == pytest.approx(expected.max(), abs=1e-5)
    assert found.signed and found.runs == plan.runs == 37


@pytest.mark.models
@pytest.mark.peers
@pytest.mark.parametrize("patch", [1, 3])
def test_agrees_with_xplique_on_the_same_patches(rng, patch):
    """Xplique adds up, on every pixel, the drops of all patches that cover it; its patches lie wholly inside
    the picture.
    """
    import tensorflow as tf
    from xplique.attributions import Occlusion

    image, model, step = rng.uniform(0, 255, (24, 36, 3)).astype(np.float32), TanhClassifier(), (4, 6)

    def network(x):
        return tf.numpy_function(lambda pictures: model.score_batch(pictures, "probability"), [x], tf.float32)

    peer = Occlusion(
        network, patch_size=(patch * step[0], patch * step[1]), patch_stride=step, occlusion_value=0.0
    )
    theirs = peer(image[None], np.array([[1.0, 0.0]], np.float32)).numpy()[0, ..., 0]
    params = replace(PARAMS, patch=patch)
    plan, scores = scores_of(params, image)
    found, mine = occlusion.estimate(plan, params, scores), np.zeros((24, 36))
    for drop, (rows, columns) in zip(found.values.ravel(), plan.cells.windows((24, 36)), strict=True):
        inside = (rows.stop - rows.start, columns.stop - columns.start) == (patch * step[0], patch * step[1])
        mine[rows, columns] += drop * inside
    np.testing.assert_allclose(mine, theirs, atol=1e-4)
    assert np.abs(theirs).max() > 0.005


def test_only_places_that_touch_what_the_model_looks_at_matter():
    image, params = np.full((64, 64, 3), 230, np.float32), OcclusionParams(positions=8, patch=3, fill="black")
    model, plan = QuarterSegmenter(), occlusion.plan(params, image)
    job = PerturbationPass(
        model,
        Perturber.of(image, plan.cells, params),
        plan,
        Scorer([ClassTarget(1)], (16, 16, 2)),
        "probability",
    )
    found = occlusion.estimate(plan, params, job.scores(0, plan.runs)[:, 0])
    outside = found.values.copy()
    outside[:5, :5] = 0
    assert not outside.any()
    np.testing.assert_allclose(found.values[1:3, 1:3], 230 / 255 * 9 / 16, rtol=1e-4)
    np.testing.assert_allclose(found.values[0, 0], 230 / 255 * 4 / 16, rtol=1e-4)


def test_the_score_that_is_left_is_not_signed_and_comes_from_the_same_runs(image):
    plan, scores = scores_of(PARAMS, image)
    drop, left = (
        occlusion.estimate(plan, replace(PARAMS, display=display), scores) for display in ("drop", "score")
    )
    np.testing.assert_allclose(left.values, scores[0] - drop.values, atol=1e-6)
    assert drop.signed and not left.signed and occlusion.CLASSIC in left.warnings


def test_any_prefix_shows_the_whole_picture_coarsely():
    """A smooth map is known within a coarse step after few runs."""
    params = replace(PARAMS, positions=16, patch=1)
    plan = occlusion.plan(params, np.zeros((64, 64, 3), np.float32))
    row, column = np.divmod(np.arange(256), 16)
    smooth = np.sin(row / 6) + np.cos(column / 7)
    scores = np.concatenate([[5], 5 - smooth[plan.order]]).astype(np.float32)

    def error(runs):
        partial = np.where(np.arange(plan.runs) < runs, scores, np.nan).astype(np.float32)
        found = occlusion.estimate(plan, params, partial)
        assert found.runs == runs and np.isfinite(found.values).all()
        return np.abs(found.values.ravel() - smooth).max()

    errors = [error(runs) for runs in (5, 17, 65, 257)]
    assert errors == sorted(errors, reverse=True)
    assert errors[1] < 0.9 and errors[2] < 0.4 and errors[3] < 1e-5
    assert sorted(plan.order) == list(range(256))
    assert occlusion.estimate(plan, params, np.where(np.arange(257) < 1, scores, np.nan)) is None
    assert occlusion.estimate(plan, params, np.where(np.arange(257) > 0, scores, np.nan)) is None


def test_runs_hide_nothing_first_and_then_one_patch_each():
    plan = occlusion.plan(PARAMS, np.zeros((40, 53, 3), np.float32))
    whole = plan.masks(0, plan.runs)
    assert (
        whole[0].all() and ((whole[1:] == 0).sum(axis=1) == 1).all() and ((whole == 0).sum(axis=0) == 1).all()
    )
    np.testing.assert_array_equal(
        np.concatenate([plan.masks(0, 7), plan.masks(7, 20), plan.masks(20, 999)]), whole
    )


def test_patches_of_one_step_are_the_cells_of_the_grid(image, rng):
    grid, patches = GridCells(5, 7), PatchCells(5, 7, 1.0)
    masks = rng.random((3, 35)).astype(np.float32)
    fill = image[::-1].copy()
    np.testing.assert_allclose(
        patches.blend(masks, fill, image - fill), grid.blend(masks, fill, image - fill), atol=1e-3
    )
    np.testing.assert_array_equal(patches.labels((40, 53)), grid.labels((40, 53)))


def test_where_patches_overlap_the_one_that_hides_most_decides(image):
    patches, masks = PatchCells(4, 4, 2.0), np.ones((1, 16), np.float32)
    masks[0, [5, 6]] = 0.25, 0.5
    kept = patches.blend(masks, np.zeros_like(image), np.ones_like(image))[0, ..., 0]
    windows = patches.windows((40, 53))
    expected = np.ones((40, 53))
    expected[windows[6]] = 0.5
    expected[windows[5]] = 0.25
    np.testing.assert_array_equal(kept, expected)


def test_no_patch_is_empty_on_a_picture_smaller_than_the_grid():
    for rows, columns in PatchCells(16, 16, 1.0).windows((5, 9)):
        assert 0 <= rows.start < rows.stop <= 5 and 0 <= columns.start < columns.stop <= 9


def test_a_score_that_never_moves_says_so_and_one_that_rises_too():
    plan = occlusion.plan(PARAMS, np.zeros((40, 53, 3), np.float32))
    found = occlusion.estimate(plan, PARAMS, np.full(plan.runs, 0.7, np.float32))
    assert not found.values.any() and found.warnings == (occlusion.CONSTANT,)
    rising = np.full(plan.runs, 0.7, np.float32)
    rising[3] = 0.9
    assert occlusion.estimate(plan, PARAMS, rising).warnings == (occlusion.AGAINST,)


@pytest.mark.parametrize(
    ("bad", "word"),
    [({"positions": 3}, "between"), ({"patch": 0.5}, "between"), ({"display": "heat"}, "one of")],
)
def test_bad_parameters_get_a_sentence(bad, word):
    with pytest.raises(ParamsError, match=word):
        OcclusionParams(**bad)
