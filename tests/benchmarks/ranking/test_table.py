"""The study of rankings, on a score whose important cells are known."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.ranking.designs import CANDIDATES, CELLS, PART, PER_ROW, masks_of
from benchmarks.ranking.readings import READINGS, FirstRuns
from benchmarks.ranking.scores import parts, targets_of
from benchmarks.ranking.table import agreement

WEIGHTS = np.exp(-np.add.outer(np.arange(-2, 6) ** 2, np.arange(-5, 3) ** 2) / 6.0).ravel()
SLOW = {"Gaussian process", "ridge with pairs"}
NOISY = {"Homma-Saltelli", "Saltelli", "Mauntz-Kucherenko", "Janon"}


def seen(kind, runs):
    """Two targets: a sum of cells, and a bent one."""
    masks = masks_of(f"{kind}-0")[:runs].astype(float)
    total = masks @ WEIGHTS
    return FirstRuns(masks, np.stack([total, np.tanh(total - WEIGHTS.sum() / 2)], axis=1), kind, 0)


@pytest.mark.parametrize("kind", ["unscrambled", "scrambled", "latin", "radial", "half-step"])
def test_a_row_is_a_b_and_a_with_one_cell_of_b(kind):
    a, b, *mixed = masks_of(f"{kind}-1").reshape(-1, PER_ROW, CELLS)[3]
    assert all(np.array_equal(c, np.where(np.arange(CELLS) == cell, b, a)) for cell, c in enumerate(mixed))


def test_designs_have_the_runs_that_they_are_compared_at_and_the_reference_is_another():
    assert all(masks_of(f"{kind}-0").shape == (PART, CELLS) for kind in CANDIDATES)
    assert not np.array_equal(masks_of("reference-0"), masks_of("scrambled-0"))
    assert not np.array_equal(masks_of("reference-0"), masks_of("reference-1"))
    assert len(parts(2)) == len(set(parts(2))) and set(parts(1)) < set(parts(2))


@pytest.mark.models
@pytest.mark.peers
def test_xplique_draws_the_same_unscrambled_points():
    from xplique.attributions.global_sensitivity_analysis import ScipySobolSequence

    points = ScipySobolSequence()(2 * CELLS, 32)
    rows = masks_of("unscrambled-0").reshape(32, PER_ROW, CELLS)
    np.testing.assert_allclose(rows[:, :2].reshape(32, -1), points, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in READINGS if name not in SLOW | NOISY])
def test_every_reading_finds_the_cells_of_a_sum(name):
    read, designs = READINGS[name]
    found = read(seen(designs[-1], PART // 2))
    assert found.shape == (CELLS, 2)
    assert (
        stats.pearsonr(found[:, 0], WEIGHTS**2).statistic,
        stats.pearsonr(found[:, 1], WEIGHTS**2).statistic,
    ) > (0.6, 0.6)


def test_agreement_is_spearmans(rng):
    one, other = rng.integers(0, 9, (2, CELLS, 3)).astype(float)
    expected = [stats.spearmanr(one[:, column], other[:, column]).statistic for column in range(3)]
    np.testing.assert_allclose(agreement(one, other), expected)
    assert agreement(np.zeros((CELLS, 1)), one[:, :1])[0] == 0


def test_targets_are_the_best_classes():
    kinds, labels, targets = targets_of(np.array([0.1, 0.5, 0.0, 0.2, 0.1, 0.1], np.float32), tuple("abcdef"))
    assert set(kinds) == {"class"} and labels[:2] == ["b", "d"] and len(targets) == 5
