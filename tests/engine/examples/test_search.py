"""Search for a smallest set whose hiding changes the answer: cases solved on paper, proofs, budgets."""

from itertools import combinations

import numpy as np
import pytest

from engine.errors import TargetError
from engine.examples.search import Notes, drive, smallest_set
from engine.examples.trials import CellTrial, class_trial, judge_of, masks_of, zone_trial
from engine.targets import BorderTarget, ClassContrast, ClassTarget, ZoneTarget


def additive(weights, threshold):
    """The answer stands while what is left of the weights is more than a threshold."""

    def attempt(hidden):
        left = sum(weights) - sum(weights[cell] for cell in hidden)
        return CellTrial(left <= threshold, left - threshold, float(left > threshold), 0, 0.5)

    return attempt


def searched(cells, attempt, budget=5000, **known):
    notes = Notes(budget)
    found = drive(smallest_set(cells, notes, **known), notes, attempt)
    assert found.runs == len(notes.trials) <= budget
    return found, notes


def smallest(cells, attempt):
    return next(
        size
        for size in range(1, cells + 1)
        if any(attempt(frozenset(some)).changed for some in combinations(range(cells), size))
    )


def test_a_case_solved_on_paper():
    found, _ = searched(6, additive([1, 5, 2, 4, 0, 3], 6))  # 15 in all: 5 + 4 must go
    assert found.hidden == (1, 3) and found.proved and found.irreducible


def test_cells_that_only_matter_together_are_found():
    def either(hidden):  # either of two pairs of witnesses is enough
        stands = not ({0, 1} & hidden and {6, 7} & hidden)
        return CellTrial(not stands, 1.0 if stands else -1.0, float(stands), 0, 0.5)

    found, _ = searched(9, either)
    assert len(found.hidden) == 2 and found.proved
    assert set(found.hidden) & {0, 1} and set(found.hidden) & {6, 7}


@pytest.mark.parametrize("seed", range(25))
def test_what_is_called_proved_is_the_smallest_and_what_is_not_is_irreducible(seed):
    rng = np.random.default_rng(seed)
    weights = rng.normal(0.3, 1, 9).tolist()
    attempt = additive(weights, sum(weights) - rng.uniform(0.5, 3))
    for budget in (40, 5000):
        found, _ = searched(9, attempt, budget)
        if found.hidden is None:
            continue
        assert attempt(frozenset(found.hidden)).changed
        if found.proved:
            assert len(found.hidden) == smallest(9, attempt)
        if found.irreducible:
            assert not any(attempt(frozenset(found.hidden) - {cell}).changed for cell in found.hidden)
    assert found.hidden is None or found.proved, "the larger budget is enough for all sets of nine cells"


def test_a_single_cell_is_proved_by_trying_each():
    found, _ = searched(64, additive([0] * 63 + [1], 0.5), budget=200)
    assert found.hidden == (63,) and found.proved and not found.spent


def test_a_budget_that_ends_the_search_is_said_and_nothing_is_claimed():
    found, _ = searched(64, additive([1] * 64, 40), budget=300)
    assert len(found.hidden) == 24 and found.spent and not found.proved and found.all_below == 2


def test_no_set_may_change_the_answer():
    found, _ = searched(5, additive([0] * 5, -1))
    assert found.hidden is None and not found.proved


def test_an_answer_that_the_model_does_not_give_needs_nothing_hidden():
    found, notes = searched(5, additive([1] * 5, 9))
    assert found.hidden == () and len(notes.trials) == 7


def test_what_is_known_from_paid_runs_shortens_the_search():
    weights = [0.01 * place for place in range(64)]
    weights[5] = weights[40] = weights[41] = 4
    attempt = additive(weights, sum(weights) - 12.2)
    ranking = np.argsort(weights, kind="stable")[::-1].tolist()
    alone, _ = searched(64, attempt, 900)
    paid, _ = searched(64, attempt, 900, ranking=ranking, seeds=[frozenset({5, 40, 41, 63, 62})])
    assert {5, 40, 41} <= set(paid.hidden) and len(paid.hidden) == 4 == len(alone.hidden)


def test_trials_are_read_off_outputs():
    assert class_trial(np.array([0.2, 0.5, 0.3]), 1) == CellTrial(False, 0.5 - 0.3, 1.0, 1, 0.5)
    assert class_trial(np.array([0.2, 0.5, 0.3]), 2, 0).margin == pytest.approx(0.1)
    output = np.zeros((2, 2, 3), np.float32)
    output[..., 0] = 0.6, 0.6
    output[0, :, 1] = 1
    trial = zone_trial(output, 0, np.ones((2, 2), bool))
    assert not trial.changed and trial.kept == 0.5, "half of the pixels is not less than half"
    assert zone_trial(output, 0, np.array([[True, True], [True, False]])).changed
    scattered = np.eye(4, dtype=np.float32)[None, [0, 0, 1, 2, 3]]
    lost = zone_trial(scattered, 0, np.ones((1, 5), bool))
    assert lost.changed and lost.answer == 1, "its own class is not what a zone that lost it becomes"
    assert lost.probability == 1, "of the pixels where the other class wins"
    assert masks_of([frozenset(), frozenset({0, 2})], 3).tolist() == [[1, 1, 1], [0, 1, 0]]


def test_boundaries_have_no_class_that_could_change():
    zone = ZoneTarget(0, np.array([[True, False]]))
    with pytest.raises(TargetError, match="no class that could change"):
        judge_of(BorderTarget(zone))
    assert judge_of(ClassTarget(0))(np.array([0.4, 0.6])).changed
    assert judge_of(ClassContrast(0, 1))(np.array([0.4, 0.4, 0.2])).changed
    assert not judge_of(zone)(np.array([[[0.9, 0.1], [0.1, 0.9]]])).changed
