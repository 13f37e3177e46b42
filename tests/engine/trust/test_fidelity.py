"""Fidelity from paid runs: cases on paper, random maps, held-out halves, what cannot be graded."""

import numpy as np
import pytest
from scipy import ndimage, stats

from engine.errors import GradeError
from engine.methods import METHODS
from engine.perturbation.designs.cells import GridCells, Superpixels
from engine.perturbation.methods.params import KernelShapParams, RiseParams, SobolParams
from engine.perturbation.plan import PerturbationMethod
from engine.trust.fidelity import PaidRuns, fidelity, own_fidelity, rank_fidelity

SIZE = (48, 64)
GRID = 8


def smooth(rng, sharp=1.0) -> np.ndarray:
    """float32 (GRID, GRID): a random map, all positive, as explanation maps are."""
    noise = ndimage.gaussian_filter(rng.standard_normal((GRID, GRID)), 1)
    return np.exp(sharp * noise / noise.std()).astype(np.float32)


def sobol_runs(score, designs=32, seed=0) -> PaidRuns:
    """Runs of a Sobol pass on a model that is a function of the masks (N, cells)."""
    plan = METHODS["sobol"].plan(SobolParams(designs=designs, seed=seed), np.zeros((*SIZE, 3), np.float32))
    return PaidRuns.of(plan, score(plan.masks(0, plan.runs)).astype(np.float32), SIZE)


def linear(effects):
    return lambda masks: masks @ effects.ravel()


def test_the_effects_of_a_linear_model_are_perfect_and_their_opposite_is_the_worst(rng):
    effects = rng.standard_normal((GRID, GRID)).astype(np.float32)
    runs = sobol_runs(linear(effects))
    best, worst = fidelity(effects, runs), fidelity(-effects, runs)
    assert best.value > 0.97 and best.percentile == 1 and best.runs == 32 * 66 and not best.held_out
    assert worst.value == pytest.approx(-best.value) and worst.percentile == 0
    assert best.lower <= best.value <= best.upper <= 1


def test_without_anything_given_it_is_the_partial_rank_correlation_on_paper(rng):
    """Against the textbook: ranks, a regression on what is given, and the correlation of what is left."""
    effects, values = (rng.standard_normal((GRID, GRID)).astype(np.float32) for _ in range(2))
    runs = sobol_runs(lambda masks: np.tanh(masks @ effects.ravel()))
    kept = runs.masks.mean(axis=1, dtype=np.float64)
    given = np.column_stack([np.ones(len(kept)), kept, kept**2])
    ranks = [stats.rankdata(each) for each in (runs.scores, runs.masks.astype(np.float64) @ values.ravel())]
    left = [each - given @ np.linalg.lstsq(given, each, rcond=None)[0] for each in ranks]
    assert fidelity(values, runs).value == pytest.approx(np.corrcoef(left)[0, 1], abs=1e-3)


def test_how_much_is_kept_is_no_merit(rng):
    """A model that only counts: every positive map correlates with it, and none has any fidelity."""
    runs = sobol_runs(lambda masks: masks.mean(axis=1) ** 2 + 1e-3 * rng.standard_normal(len(masks)))
    values = smooth(rng)
    plain = stats.spearmanr(runs.masks @ values.ravel(), runs.scores).statistic
    assert plain > 0.5 and abs(fidelity(values, runs).value) < 0.1


def random_runs(score, rng, count=512) -> PaidRuns:
    """Runs with independent uniform masks, in eight samples."""
    masks = rng.random((count, GRID**2), np.float32)
    scores = score(masks).astype(np.float64)
    return PaidRuns(masks, scores, np.arange(count) % 8, GridCells(GRID, GRID), SIZE)


@pytest.mark.slow
def test_random_maps_come_out_at_zero_and_at_uniform_percentiles(rng):
    """120 random maps on 60 random models: mean 0 within three standard errors; percentiles uniform."""
    found = []
    for number in range(60):
        runs = random_runs(linear(smooth(rng)), rng)
        found += [fidelity(smooth(rng), runs, seed) for seed in (2 * number, 2 * number + 1)]
    values = np.array([each.value for each in found])
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values) / 2)
    assert all(0.1 < each.random_spread < 0.4 for each in found)
    assert stats.kstest([each.percentile for each in found], "uniform").pvalue > 0.01


@pytest.mark.slow
def test_the_band_covers_what_more_runs_would_say(rng):
    """Truth from 16 times as many runs; 95 % are claimed, of 60 bands."""
    inside = []
    for _ in range(60):
        effects, values = smooth(rng), smooth(rng)
        truth = rank_fidelity(values, random_runs(linear(effects), rng, 8192))
        found = fidelity(values, random_runs(linear(effects), rng))
        inside.append(found.lower <= truth <= found.upper)
    assert np.mean(inside) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sobol", "rise", "hsic", "lime"])
def test_a_method_is_judged_on_runs_that_its_map_was_not_read_from(method, rng):
    row = METHODS[method]
    assert isinstance(row, PerturbationMethod)
    params, image = row.params(), rng.uniform(0, 255, (*SIZE, 3)).astype(np.float32)
    plan = row.plan(params, image)
    effects = rng.exponential(size=plan.cells.count).astype(np.float32)
    scores = plan.masks(0, plan.runs) @ effects
    found = own_fidelity(lambda some: row.estimate(plan, params, some), plan, scores, SIZE)
    assert found.held_out and found.runs == plan.runs
    assert found.value > 0.4 and found.percentile > 0.95
    noise = rng.standard_normal(plan.runs).astype(np.float32)
    of_noise = own_fidelity(lambda some: row.estimate(plan, params, some), plan, noise, SIZE)
    assert abs(of_noise.value) < 0.15, "read and judged on the same runs, noise would look true"


def test_a_map_on_another_grid_is_averaged_to_the_cells(rng):
    effects = rng.standard_normal((GRID, GRID)).astype(np.float32)
    runs = sobol_runs(linear(effects))
    fine = np.kron(effects, np.ones((6, 8), np.float32))
    assert fidelity(fine, runs).value == pytest.approx(fidelity(effects, runs).value, abs=1e-6)


def test_superpixels_of_unequal_areas(rng):
    """Two large pieces and many small ones: their areas are given, so only what they say counts."""
    labels = np.minimum(np.arange(48)[:, None] // 16 * 4 + np.arange(64) // 16, 11).astype(np.int32)
    labels[:32, :48] = 0
    cells = Superpixels(np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int32))
    masks = rng.integers(0, 2, (1000, cells.count)).astype(np.float32)
    effects = rng.standard_normal(cells.count).astype(np.float32)
    runs = PaidRuns(masks, (masks @ effects).astype(np.float64), np.arange(1000) % 5, cells, (48, 64))
    assert fidelity(cells.paint(effects), runs).value > 0.8


@pytest.mark.parametrize(
    ("values", "scores", "sentence"),
    [
        (np.ones((8, 8), np.float32), None, "same everywhere"),
        (np.full((8, 8), np.nan, np.float32), None, "not numbers"),
        (None, np.ones(2112, np.float32), "same in all"),
        (None, np.where(np.arange(2112) < 40, 1, np.nan).astype(np.float32), "only 40"),
    ],
)
def test_what_cannot_be_graded_gets_a_sentence(values, scores, sentence, rng):
    plan = METHODS["sobol"].plan(SobolParams(), np.zeros((*SIZE, 3), np.float32))
    scores = rng.random(plan.runs).astype(np.float32) if scores is None else scores
    with pytest.raises(GradeError, match=sentence):
        fidelity(smooth(rng) if values is None else values, PaidRuns.of(plan, scores, SIZE))


def test_a_pass_of_one_sample_cannot_judge_its_own_map(rng):
    row, image = METHODS["kernelshap"], rng.uniform(0, 255, (*SIZE, 3)).astype(np.float32)
    params = KernelShapParams(segmentation="slic", n_segments=6)
    plan = row.plan(params, image)
    scores = plan.masks(0, plan.runs) @ np.arange(plan.cells.count, dtype=np.float32)
    with pytest.raises(GradeError, match="one sample"):
        own_fidelity(lambda some: row.estimate(plan, params, some), plan, scores, SIZE)


@pytest.mark.parametrize("values", ["negative", "blocky", "one cell"])
def test_odd_maps_have_a_defined_value(values, rng):
    maps = {
        "negative": -smooth(rng),
        "blocky": np.kron(np.array([[0, 1], [0, 0]], np.float32), np.ones((4, 4), np.float32)),
        "one cell": np.eye(64, dtype=np.float32)[9].reshape(8, 8),
    }
    found = fidelity(maps[values], sobol_runs(linear(smooth(rng))))
    assert -1 <= found.value <= 1 and 0 <= found.percentile <= 1


@pytest.mark.slow
def test_the_masks_of_rise_are_finer_than_most_maps(rng):
    plan = METHODS["rise"].plan(RiseParams(), np.zeros((*SIZE, 3), np.float32))
    effects = smooth(rng)
    scores = plan.masks(0, plan.runs) @ np.kron(effects, np.ones((4, 4), np.float32)).ravel()
    runs = PaidRuns.of(plan, scores.astype(np.float32), SIZE)
    assert isinstance(runs.cells, GridCells) and fidelity(effects, runs).value > 0.95
