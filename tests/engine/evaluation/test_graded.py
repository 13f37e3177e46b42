"""Methods over images: means with bands, and pairs whose bands hold together."""

import numpy as np
import pytest

from engine.evaluation.graded.summary import leader, method_means, paired_differences

NAMES = ("one", "two", "three", "four", "five")


def drawn(seed: int, shifts=(0.0,) * 5, images: int = 30):
    """Values of five methods on the same images, whose difficulty they share."""
    rng = np.random.default_rng(seed)
    hard = rng.normal(size=images)
    return {
        name: hard + shift + rng.normal(scale=0.3, size=images)
        for name, shift in zip(NAMES, shifts, strict=True)
    }


def test_a_mean_and_its_band_are_those_of_the_images_that_have_a_value():
    values = np.array([0.1, 0.3, np.nan, 0.2, 0.1, 0.3])
    found = method_means({"one": values})["one"]
    assert found.value == pytest.approx(0.2)
    assert found.interval[0] < 0.2 < found.interval[1]
    nothing = method_means({"one": np.full(3, np.nan)})["one"]
    assert np.isnan(nothing.value) and np.isnan(nothing.interval).all()


@pytest.mark.slow
def test_bands_of_equal_methods_hold_all_together_in_95_of_100_sets_of_images():
    """Ten pairs of five equal methods: at least one band misses 0 in about 5 % of 400 sets."""
    wrong = sum(any(pair.is_sure for pair in paired_differences(drawn(seed))) for seed in range(400))
    assert 6 <= wrong <= 36, "2 to 9 %"


def test_pairing_finds_what_differs_less_than_images_do():
    """Images differ by 1, methods by a fifth of that."""
    found = leader(drawn(0, (0.3, 0.0, 0.0, 0.28, -0.4), images=60), higher=True)
    assert found.method in ("one", "four")
    assert {pair.second for pair in found.ahead} >= {"two", "three", "five"}
    assert all(pair.interval[0] > 0 and pair.first == found.method for pair in found.ahead)
    assert [pair.second for pair in found.level] in (["four"], ["one"])


def test_lower_may_be_better():
    found = leader(drawn(1, (0.0, -0.9, 0.0, 0.0, 0.0)), higher=False)
    assert found.method == "two" and len(found.ahead) == 4 and not found.level
    assert all(pair.value < 0 and pair.interval[1] < 0 for pair in found.ahead)


def test_few_images_say_nothing_and_a_single_method_leads_nobody():
    found = leader(drawn(2, (9.0, 0.0, 0.0, 0.0, 0.0), images=4), higher=True)
    assert not found.ahead and len(found.level) == 4
    assert leader({"one": np.ones(9)}, higher=True) is None
    assert leader({"one": np.ones(9), "two": np.full(9, np.nan)}, higher=True) is None


def test_pairs_without_an_image_in_common_are_left_out():
    first, second = np.full(10, np.nan), np.full(10, np.nan)
    first[:5], second[5:] = 1.0, 2.0
    assert paired_differences({"one": first, "two": second}) == []
    same = paired_differences({"one": np.ones(8), "two": np.ones(8)})
    assert same[0].value == 0 and not same[0].is_sure
