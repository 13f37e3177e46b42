from dataclasses import replace

import numpy as np
import pytest

from engine.batches import batch_size
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.estimators.draft import draft
from engine.perturbation.estimators.replicates import CONSTANT
from engine.perturbation.estimators.shrinkage import shrunk
from engine.perturbation.estimators.sobol_indices import pooled
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.run import PerturbationPass, Perturber, fit_picture
from engine.perturbation.stopping import DESIGNS, DRAFT_DESIGNS
from engine.target_sets import TargetSet
from engine.targets import Scorer
from engine.zones import list_zones
from tests.toys import QuarterSegmenter


@pytest.fixture
def bright():
    """A bright picture: hiding anything in its top left quarter darkens what the toy model sees."""
    return Picture(np.full((64, 64, 3), 230, np.uint8), "bright.png")


def make_pass(picture, params, model=None):
    model = model or QuarterSegmenter()
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    zones = list_zones(model.score_batch(image[None], "probability")[0], model.facts.labels)
    scorer = Scorer(TargetSet((16, 16, 2), model.facts.labels, zones), (16, 16, 2))
    plan = sobol.plan(params, image)
    return PerturbationPass(model, Perturber.of(image, plan.cells, params), plan, scorer, params.space)


PARAMS = SobolParams(grid=4, designs=64, fill="black")
PLAN = sobol.plan(PARAMS, np.zeros((64, 64, 3), np.float32))


def test_only_the_quarter_that_the_model_looks_at_matters(bright):
    job = make_pass(bright, PARAMS)
    found = sobol.estimate(job.plan, PARAMS, job.scores(0, job.plan.runs)[:, 0])
    inside, outside = found.values[:2, :2], found.values.copy()
    outside[:2, :2] = 0
    assert np.abs(outside).max() < 1e-6
    np.testing.assert_allclose(inside, 0.25, atol=0.1)  # four cells, equal weights, no interaction: 1/4 each
    assert (found.lower[:2, :2] <= 0.26).all() and (found.upper[:2, :2] >= 0.24).all()
    assert found.stability > 0.5 and found.runs == job.plan.runs


def test_there_is_a_map_early_and_its_band_narrows(bright):
    job = make_pass(bright, PARAMS)
    whole = job.scores(0, job.plan.runs)[:, 0]

    def after(rows):
        partial = np.full_like(whole, np.nan)
        partial[: rows * 18] = whole[: rows * 18]
        return sobol.estimate(job.plan, PARAMS, partial)

    assert after(1) is None
    assert after(2).values.shape == (4, 4) and sobol.DRAFT in after(2).warnings
    assert sobol.DRAFT in after(15).warnings and sobol.DRAFT not in after(16).warnings
    widths = [(found.upper - found.lower)[:2, :2].mean() for found in map(after, (16, 64))]
    assert widths[1] < 0.7 * widths[0]


def test_a_draft_is_read_when_it_is_asked_for_and_says_what_it_is(bright):
    job = make_pass(bright, PARAMS)
    scores = job.scores(0, job.plan.runs)[:, 0]
    always, never = (
        sobol.estimate(job.plan, replace(PARAMS, draft=choice), scores) for choice in ("always", "never")
    )
    assert sobol.DRAFT in always.warnings and always.figures == {DRAFT_DESIGNS: 64}
    assert sobol.DRAFT not in never.warnings and never.figures == {DESIGNS: 64}
    np.testing.assert_allclose(
        always.values[:2, :2], 0.25, atol=0.03
    )  # as many cells, as much of the score: nearer than Jansen's
    assert always.values[2:].max() < 1e-6
    assert (always.lower <= always.values).all() and (always.values <= always.upper).all()
    partial = np.where(np.arange(len(scores)) < 4 * 18, scores, np.nan)
    assert sobol.estimate(job.plan, replace(PARAMS, draft="never"), partial).figures == {DESIGNS: 4}


def test_a_blended_map_lies_between_draft_and_plain_indices_and_says_nothing_of_a_draft(picture):
    job = make_pass(picture, PARAMS)
    scores = job.scores(0, job.plan.runs)[:, 0]
    blended, plain = (
        sobol.estimate(job.plan, replace(PARAMS, draft=choice), scores) for choice in ("blend", "never")
    )
    rows = job.plan.design.finished(scores)
    drawn = shrunk(rows, PARAMS.grid, float(plain.values.mean())).reshape(4, 4)
    low, high = np.minimum(drawn, plain.values), np.maximum(drawn, plain.values)
    assert (blended.values >= 0.999 * low).all() and (blended.values <= 1.001 * high).all()
    assert np.abs(blended.values - plain.values).max() > 0
    assert blended.figures == plain.figures and blended.stability == plain.stability
    assert (blended.lower <= plain.lower).all() and (blended.upper >= np.minimum(plain.upper, 1)).all()
    np.testing.assert_array_equal(blended.sure, plain.sure)


def test_earlier_readings_of_a_draft_give_what_they_gave(bright):
    """Kept bundles and links name them."""
    job = make_pass(bright, PARAMS)
    partial = np.where(np.arange(job.plan.runs) < 8 * 18, job.scores(0, job.plan.runs)[:, 0], np.nan)
    rows = job.plan.design.finished(partial)
    level = float(pooled(rows.a, rows.b, rows.c).mean())
    few = sobol.estimate(job.plan, replace(PARAMS, draft="few"), partial)
    np.testing.assert_array_equal(few.values, draft(rows, PARAMS.grid, level).astype(np.float32))


def test_a_band_waits_for_eight_designs_and_holds_the_draft(bright):
    job = make_pass(bright, PARAMS)
    scores = job.scores(0, job.plan.runs)[:, 0]

    def after(rows):
        partial = np.where(np.arange(len(scores)) < rows * 18, scores, np.nan)
        return sobol.estimate(job.plan, PARAMS, partial)

    assert after(7).lower is None and after(7).upper is None
    found = after(8)
    assert sobol.DRAFT in found.warnings
    assert (found.lower <= found.values).all() and (found.values <= found.upper).all()


def test_four_replicates_cannot_tell_which_cells_are_sure(bright):
    four = replace(PARAMS, replicates=4)
    job = make_pass(bright, four)
    found = sobol.estimate(job.plan, four, job.scores(0, job.plan.runs)[:, 0])
    assert found.sure is None and found.lower is not None


def test_indices_above_1_are_called_impossible():
    """The scores at A and B hardly differ, though a cell moves them by 1."""
    never = replace(PARAMS, designs=8, draft="never")
    plan = sobol.plan(never, np.zeros((64, 64, 3), np.float32))
    scores = np.zeros((8, 18), np.float32)
    scores[:, 0], scores[:, 5] = np.linspace(0, 0.1, 8), 1.0
    found = sobol.estimate(plan, never, scores.ravel())
    assert found.values.max() > 1 and sobol.IMPOSSIBLE in found.warnings
    assert (found.upper >= found.values).all()


def test_estimators_of_old_links_and_bundles_are_read_as_jansens():
    assert SobolParams(estimator="saltelli").estimator == "jansen"


def test_a_score_that_moves_only_from_row_to_row_has_no_cell_that_matters():
    scores = np.repeat(np.linspace(0, 1, PARAMS.designs), 18).astype(np.float32)
    found = sobol.estimate(PLAN, PARAMS, scores)
    assert not found.values.any() and found.warnings == (CONSTANT,)


def test_order_of_the_chunks_does_not_matter(bright):
    job = make_pass(bright, PARAMS)
    whole = job.scores(0, 200)
    parts = [job.scores(start, start + 50) for start in (150, 0, 100, 50)]
    np.testing.assert_array_equal(np.concatenate([parts[i] for i in (1, 3, 2, 0)]), whole)


def test_a_score_that_never_moves_says_so(bright):
    found = sobol.estimate(PLAN, PARAMS, np.full(PLAN.runs, 0.7, np.float32))
    assert not found.values.any() and found.warnings == (CONSTANT,)


def test_pure_noise_is_called_unsteady(rng):
    scores = rng.random(PLAN.runs).astype(np.float32)
    assert sobol.UNSURE in sobol.estimate(PLAN, PARAMS, scores).warnings


@pytest.mark.parametrize("estimator", ["pooled", "glen", "jansen"])
@pytest.mark.parametrize("fill", ["black", "mean", "blur", "noise"])
def test_all_choices_give_finite_maps(picture, estimator, fill):
    params = SobolParams(grid=4, designs=8, estimator=estimator, fill=fill, space="logit")
    job = make_pass(picture, params)
    assert np.isfinite(sobol.estimate(job.plan, params, job.scores(0, job.plan.runs)[:, 0]).values).all()


def test_batches_stay_small_whatever_the_budget():
    model = QuarterSegmenter()
    picture = Picture(np.full((64, 64, 3), 90, np.uint8), "grey")
    make_pass(picture, SobolParams(grid=4, designs=8), model).scores(0, 144)
    assert max(model.batches) <= 32
    assert batch_size((2048, 2048)) == 1


@pytest.mark.models
@pytest.mark.peers
def test_masks_are_spread_like_tensorflows_nearest(rng):
    import tensorflow as tf

    masks = rng.random((3, 7, 7)).astype(np.float32)
    image = rng.uniform(0, 255, (50, 33, 3)).astype(np.float32)
    wide = tf.image.resize(masks[..., None], (50, 33), method="nearest").numpy()
    perturber = Perturber.of(image, GridCells(7, 7), SobolParams(fill="blur"))
    np.testing.assert_allclose(
        perturber(masks.reshape(3, 49)), wide * image + (1 - wide) * perturber.fill, atol=1e-3
    )


@pytest.mark.models
@pytest.mark.peers
def test_agrees_with_xplique_on_its_own_masks(rng):
    """The same masks through Xplique's Sobol method and through our pass give the same map within 1e-4."""
    import tensorflow as tf
    from xplique.attributions import SobolAttributionMethod

    grid, designs = 4, 16
    image = rng.uniform(0, 255, (32, 32, 3)).astype(np.float32)
    weights = rng.normal(size=(32, 32, 3)).astype(np.float32) / 3000

    def network(x):
        score = tf.sigmoid(tf.einsum("nhwc,hwc->n", tf.cast(x, tf.float32), weights) / 5)
        return tf.stack([score, 1 - score], axis=-1)[:, None, None, :] * tf.ones((1, 8, 8, 1))

    target = np.zeros((8, 8, 2), np.float32)
    target[2:6, 2:6, 0] = 1
    peer = SobolAttributionMethod(network, grid, designs, operator="semantic segmentation", batch_size=64)
    theirs = peer(image[None], target[None]).numpy()[0, ..., 0]

    masks = peer.masks.numpy()[..., 0]
    order = np.array(
        [[k, designs + k, *(designs * (2 + i) + k for i in range(grid**2))] for k in range(designs)]
    ).ravel()
    perturber = Perturber(np.zeros_like(image), image, GridCells(grid, grid))
    scores = network(perturber(masks[order].reshape(len(order), -1))).numpy()[:, 0, 0, 0]
    params = SobolParams(grid=grid, designs=designs, fill="black", estimator="jansen", draft="never")
    mine = sobol.estimate(sobol.plan(params, image), params, scores).values
    upsampled = tf.image.resize(mine[..., None], (32, 32), method="bicubic").numpy()[..., 0]
    np.testing.assert_allclose(upsampled, theirs, atol=1e-4)


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ({"grid": 3}, "between"),
        ({"grid": 17}, "between"),
        ({"designs": 12}, "one of"),
        ({"fill": "pink"}, "one of"),
        ({"designs": 8, "replicates": 16}, "at least as many"),
        ({"grid": "x"}, "must be a"),
    ],
)
def test_bad_parameters_get_a_sentence(bad, word):
    with pytest.raises(ParamsError, match=word):
        SobolParams(**bad)
