"""Outlined cells: hardly ever false on maps of nothing but chance, and those that matter where some do."""

from itertools import product

import numpy as np
import pytest

from engine.perturbation.estimators.outlines import FAR_BELOW, LEVEL, OFFSET, surely_above
from engine.perturbation.methods import hsic, rise
from engine.perturbation.methods.params import HsicParams, RiseParams

BLANK = np.zeros((64, 64, 3), np.float32)
MAPS = 40


def from_groups(groups):
    """A map that is a mean over groups (G, d), and the map without each of them."""
    return groups.mean(axis=0), (groups.sum(axis=0) - groups) / (len(groups) - 1)


def step_by_step(groups):
    """The test as it is described: all signs, the greatest error of those not found yet, again and again."""
    count, contrasts = len(groups), groups - groups.mean(axis=1, keepdims=True)
    tried = [contrasts * np.array(signs)[:, None] for signs in product([1, -1], repeat=count)]
    offset = np.quantile(contrasts.var(axis=0, ddof=1), OFFSET)
    errors = np.array(
        [one.mean(axis=0) / np.sqrt((one.var(axis=0, ddof=1) + offset) / count) for one in tried]
    )
    left, found = {cell for cell in range(groups.shape[1]) if errors[0, cell] > FAR_BELOW}, set()
    while left:
        greatest = errors[:, sorted(left)].max(axis=1)
        new = {cell for cell in left if (greatest >= errors[0, cell]).mean() <= LEVEL}
        if not new:
            break
        left, found = left - new, found | new
    return sorted(found)


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_test_with_all_signs_written_out(seed):
    rng = np.random.default_rng(seed)
    groups = rng.normal(size=(8, 12)) + np.array([3.0, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, -3])
    assert np.flatnonzero(surely_above(*from_groups(groups))).tolist() == step_by_step(groups)


def test_few_groups_a_flat_map_and_no_spread_at_all(rng):
    high = np.eye(16)[3] * 100
    assert surely_above(*from_groups(rng.normal(size=(4, 16)) + high)) is None
    assert not surely_above(np.full(16, 0.1), np.full((8, 16), 0.1)).any()
    assert np.flatnonzero(surely_above(high, np.tile(high, (8, 1)))).tolist() == [3]


def test_ratios_leave_out_what_is_zero_and_do_not_depend_on_the_scale(rng):
    groups = rng.gamma(8, size=(8, 16)) * np.array([9, 8, *[1] * 14])
    groups[:, 5] = 0
    plain, scaled = (surely_above(*from_groups(each), ratios=True) for each in (groups, 1e-6 * groups))
    assert np.flatnonzero(plain).tolist() == [0, 1] and (plain == scaled).all()


def false_share(estimate, plans, score):
    """Share of maps with a cell that is outlined, of scores that depend on no cell."""
    found = [
        estimate(plan, score(plan, np.random.default_rng(seed)).astype(np.float32))
        for seed, plan in enumerate(plans)
    ]
    return np.mean([one.sure.any() for one in found])


@pytest.mark.slow
def test_maps_of_chance_alone_are_hardly_ever_outlined_by_rise():
    """1,024 cells that say nothing: tested one by one, all 40 maps had a false one."""
    plans = [rise.plan(RiseParams(masks=256, seed=seed), BLANK) for seed in range(MAPS)]
    share = false_share(
        lambda plan, scores: rise.estimate(plan, RiseParams(masks=256), scores),
        plans,
        lambda plan, rng: rng.normal(size=plan.runs),
    )
    assert share <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("design", ["binary", "latin hypercube"])
def test_maps_of_cells_that_matter_alike_are_hardly_ever_outlined_by_hsic(design):
    """64 cells that all matter alike: tested one by one, 13 of 40 maps had a false one."""
    params = [HsicParams(masks=384, design=design, seed=seed) for seed in range(MAPS)]
    plans = [hsic.plan(one, BLANK) for one in params]
    share = false_share(
        lambda plan, scores: hsic.estimate(plan, params[0], scores),
        plans,
        lambda plan, rng: np.tanh(plan.drawn.sum(axis=1) / 2 - 16),
    )
    assert share <= 0.1


@pytest.mark.parametrize(
    ("method", "params", "inner"),
    [(rise, RiseParams(masks=2048), np.s_[14:18, 14:18]), (hsic, HsicParams(), np.s_[3:5, 3:5])],
    ids=["rise", "hsic"],
)
def test_what_a_score_depends_on_is_outlined_and_what_is_far_from_it_is_not(method, params, inner):
    plan = method.plan(params, BLANK)
    side = plan.cells.rows
    seen = plan.drawn.reshape(plan.runs, side, side)[:, *inner].mean(axis=(1, 2))
    noise = np.random.default_rng(0).normal(size=plan.runs) / 20
    found = method.estimate(plan, params, (seen + noise).astype(np.float32))
    assert found.sure.shape == found.values.shape and found.sure[inner].all()
    assert not found.sure[: side // 4].any() and not found.sure[:, : side // 4].any()
