"""Errors in clusters, against Fisher's test and Holm's procedure worked out by hand."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from engine.evaluation.slices import holm_adjusted
from engine.strategies.mistakes import errors_by_group


def test_errors_that_gather_are_found_with_their_share():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    wrong = np.zeros(100, bool)
    wrong[[0, 55]] = wrong[80:88] = True
    found = errors_by_group(labels, wrong, np.ones(100, bool))
    assert [(one.images, one.wrong, one.share) for one in found] == [(50, 1, 0.1), (30, 1, 0.1), (20, 8, 0.8)]
    assert [one.gathers for one in found] == [False, False, True] and found[2].accuracy == 0.6
    alone = fisher_exact([[8, 12], [2, 78]], alternative="greater").pvalue
    assert found[2].p_value == pytest.approx(3 * alone)


def test_errors_anywhere_gather_nowhere():
    """Of 200 sets of errors that lie anywhere, about one in twenty has a cluster that is named."""
    rng, labels = np.random.default_rng(0), np.repeat([0, 1, 2, 3], [120, 80, 60, 40])
    named = 0
    for _each in range(200):
        wrong = rng.permutation(300) < 40
        named += any(one.gathers for one in errors_by_group(labels, wrong, np.ones(300, bool)))
    assert named <= 20


def test_images_without_a_cluster_or_a_class_do_not_count():
    labels, wrong = np.array([0, 0, -1, 1, 1]), np.array([True, False, True, True, False])
    known = np.array([True, True, True, False, True])
    first, second = errors_by_group(labels, wrong, known)
    assert (first.images, first.wrong, first.share) == (2, 1, 1.0) and (second.images, second.wrong) == (1, 0)


def test_without_errors_and_without_classes_nothing_is_said():
    labels, none = np.repeat([0, 1], 10), np.zeros(20, bool)
    assert [(one.p_value, np.isnan(one.share)) for one in errors_by_group(labels, none, ~none)] == [
        (1, True)
    ] * 2
    unknown = errors_by_group(labels, none, none)[0]
    assert np.isnan(unknown.accuracy) and np.isnan(unknown.interval).all() and not unknown.gathers


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="must be as many"):
        errors_by_group(np.zeros(3, int), np.zeros(2, bool), np.zeros(3, bool))


def test_holm_on_paper():
    assert holm_adjusted(np.array([0.5, 0.01, 0.02])).tolist() == pytest.approx([0.5, 0.03, 0.04])
    assert holm_adjusted(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
