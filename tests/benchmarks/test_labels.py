"""Labels that are dealt out at random: what is dealt, and what is compared."""

import numpy as np
import pytest

pytestmark = pytest.mark.models


def test_labels_are_dealt_among_the_images_that_are_learnt_and_nowhere_else():
    from benchmarks.labels.networks import lessons

    data = lessons()
    dealt = data.taught(right=False, seed=0)
    assert (data.taught(right=True, seed=0) == data.truth).all()
    assert (dealt[~data.training] == data.truth[~data.training]).all()
    assert (np.bincount(dealt[data.training]) == np.bincount(data.truth[data.training])).all()
    assert (dealt == data.truth)[data.training].mean() == pytest.approx(0.1, abs=0.03)
    assert (dealt != data.taught(right=False, seed=1)).any()


def test_each_image_and_pair_counts_once_by_values_or_by_sizes():
    from benchmarks.labels.__main__ import likeness

    rising = np.arange(9.0).reshape(3, 3) - 4
    maps = {"one": [{"saliency": rising}, {"saliency": rising}]}
    maps["other"] = [{"saliency": 2 * rising}, {"saliency": -rising}]
    assert likeness(maps, "saliency", [("one", "other")]).tolist() == [1, 1], "signs may turn"


def test_images_that_are_explained_are_of_all_classes_and_not_learnt():
    from benchmarks.labels.__main__ import held_out
    from benchmarks.labels.networks import lessons

    numbers = held_out(20)
    assert len(set(numbers)) == 20 and not lessons().training[numbers].any()
    assert lessons().truth[numbers].tolist() == [*range(10)] * 2
