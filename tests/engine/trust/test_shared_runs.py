"""Fidelity to the runs that all maps share: true effects are perfect, random maps at 0, halves agree."""

import numpy as np
import pytest

from engine.errors import ParamsError
from engine.trust.counts import RANDOM, SUBSETS, common_runs, curve_runs
from engine.trust.metrics import METRICS
from engine.trust.pass_params import CommonParams
from engine.trust.passes import common_plan
from engine.trust.random_maps import random_maps
from engine.trust.tables.columns import COLUMNS, get_columns
from engine.trust.tables.judging import Halves, random_runs, shared_fidelity

SIZE = (64, 64)


@pytest.fixture
def plan():
    image = np.random.default_rng(0).uniform(0, 255, (*SIZE, 3)).astype(np.float32)
    return common_plan(CommonParams(grid=8), image)


def test_the_runs_that_judge_are_those_drawn_by_chance(plan):
    runs = random_runs(plan, np.arange(float(common_runs())), SIZE)
    assert len(runs.scores) == SUBSETS + RANDOM * curve_runs() and runs.scores[0] == 2
    assert sorted(set(runs.replicate)) == list(range(RANDOM))
    counts = np.bincount(runs.replicate)
    assert counts.max() - counts.min() <= 1, "the samples are equally large"


@pytest.mark.slow
def test_effects_of_a_linear_model_are_perfect_and_random_maps_are_at_nothing(plan):
    effects = np.random.default_rng(1).normal(size=(8, 8)).astype(np.float32)
    runs = random_runs(plan, plan.drawn @ effects.ravel(), SIZE)
    true = shared_fidelity(effects, runs)
    assert true.value > 0.99 and true.percentile == 1 and true.lower > 0.98
    drawn = [shared_fidelity(one, runs).value for one in random_maps(effects, 40, seed=5)]
    assert abs(np.mean(drawn)) < 3 * np.std(drawn) / np.sqrt(len(drawn))
    halves = Halves.of(effects, runs)
    assert min(halves.even, halves.odd) > 0.98


def test_a_model_that_only_counts_gives_no_map_a_fidelity(plan):
    runs = random_runs(plan, plan.drawn.mean(axis=1), SIZE)
    effects = np.random.default_rng(1).normal(size=(8, 8)).astype(np.float32)
    assert abs(shared_fidelity(effects, runs).value) < 0.1


def test_without_a_change_of_the_score_there_is_no_fidelity(plan):
    assert shared_fidelity(np.eye(8, dtype=np.float32), random_runs(plan, np.ones(plan.runs), SIZE)) is None


def test_columns_are_fidelity_and_then_every_metric():
    assert list(COLUMNS) == ["fidelity", *METRICS] == list(get_columns(()))
    with pytest.raises(ParamsError, match="fidelity, deletion"):
        get_columns(("truth",))
