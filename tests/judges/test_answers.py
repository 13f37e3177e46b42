"""The stored answers: all methods, small files, nothing trivial."""

from itertools import combinations

import numpy as np
import pytest

from engine.methods import METHODS
from tests.judges.stored import FOLDER, NETWORKS, stored_case
from tests.judges.tolerances import TOLERANCE

UNJUDGED: dict[str, str] = {}
"""By method why no peer can be asked: none."""

MOST_BYTES = 2 * 2**20
by_network = pytest.mark.parametrize("network", NETWORKS)


def test_there_is_a_judge_for_every_method():
    judged = {row["method"] for row in stored_case(NETWORKS[0]).about["answers"].values()}
    assert judged | UNJUDGED.keys() == METHODS.keys() and not judged & UNJUDGED.keys()


@by_network
def test_every_answer_is_there_and_is_looked_at(network):
    case = stored_case(network)
    assert case.answers.keys() == case.about["answers"].keys() == TOLERANCE.keys()
    assert {"torch", "captum", "grad-cam", "SALib"} <= case.about["versions"].keys()


@by_network
def test_answers_are_told_apart_from_each_other(network):
    """None is flat, and no two of one size have the same shape: who takes one for another is found out."""
    for (one, first), (other, second) in combinations(stored_case(network).answers.items(), 2):
        assert np.isfinite(first).all() and np.ptp(first) > 0.1 * np.abs(first).max() > 0, one
        if first.shape == second.shape:
            apart = np.abs(first / np.abs(first).max() - second / np.abs(second).max()).max()
            assert apart > 0.02, f"{one} and {other}"


def test_the_files_are_small():
    assert 0 < sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES
