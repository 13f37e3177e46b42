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
    mean = found.clusters[cluster].mean
    assert mean[11:, 11:].mean() > 3 * mean[:8, :8].mean(), "it looks at the corner"
    errors = errors_by_group(found.labels, ~right, np.ones(len(right), bool))
    assert errors[cluster].wrong == 0 and errors[1 - cluster].gathers, "who looks at the mark is right"
