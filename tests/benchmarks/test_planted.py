"""A strategy that was planted is found: a mark in a corner of half of the images of one class."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from benchmarks.strategies import planted
from engine.strategies.mistakes import errors_by_group

pytestmark = pytest.mark.models


def test_a_mark_that_a_classifier_has_learnt_is_a_cluster_of_its_own():
    found, marked, right = planted()
    assert len(found.clusters) == 2 and adjusted_rand_score(marked, found.labels) > 0.75
    shares = [float(marked[one.rows].mean()) for one in found.clusters]
    cluster = int(np.argmax(shares))
    assert shares[cluster] > 0.9 and marked[found.clusters[cluster].typical].all()
    other = 1 - cluster
    more = found.clusters[cluster].mean - found.clusters[other].mean
    row, column = np.unravel_index(np.argmax(more), more.shape)
    assert row >= 10 and column >= 10, "it looks at the corner more than the others do"
    errors = errors_by_group(found.labels, ~right, np.ones(len(right), bool))
    assert errors[other].share > 0.6 and errors[other].p_value < 0.1, "the mark gives it away"
