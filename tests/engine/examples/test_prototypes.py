"""MMD-critic against a direct computation of its objectives, and nearest images against sorting."""

from itertools import combinations

import numpy as np
import pytest

from engine.errors import ProjectionError
from engine.examples.nearest import near_examples
from engine.examples.prototypes import MOST, gaussian_kernel, mmd_critic


def discrepancy(kernel, some):
    some = list(some)
    return kernel.mean() - 2 * kernel[:, some].mean() + kernel[np.ix_(some, some)].mean()


def brute_prototypes(kernel, count):
    chosen = []
    for _ in range(count):
        rest = [row for row in range(len(kernel)) if row not in chosen]
        chosen.append(min(rest, key=lambda row: discrepancy(kernel, [*chosen, row])))
    return chosen


def brute_criticisms(kernel, prototypes, count):
    witness = np.abs(kernel.mean(axis=0) - kernel[:, prototypes].mean(axis=1))
    chosen = []
    for _ in range(count):
        rest = [row for row in range(len(kernel)) if row not in chosen and row not in prototypes]

        def worth(row, chosen=chosen):
            some = [*chosen, row]
            return witness[some].sum() + np.linalg.slogdet(kernel[np.ix_(some, some)])[1]

        chosen.append(max(rest, key=worth))
    return chosen


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(4)
    return np.concatenate([rng.normal(place, 1, (50, 6)) for place in (0, 3, 6, 9)])


def test_both_equal_a_brute_force_on_two_hundred_points(points):
    found, kernel = mmd_critic(points, 10, 8), gaussian_kernel(points)
    assert found.prototypes.tolist() == brute_prototypes(kernel, 10)
    assert found.criticisms.tolist() == brute_criticisms(kernel, found.prototypes, 8)
    direct = [discrepancy(kernel, found.prototypes[: size + 1]) for size in range(10)]
    assert found.discrepancy == pytest.approx(direct, abs=1e-12)
    witness = kernel.mean(axis=0) - kernel[:, found.prototypes].mean(axis=1)
    assert found.witness == pytest.approx(witness[found.criticisms])


def test_the_kernel_is_as_wide_as_the_median_distance(points):
    distances = [np.linalg.norm(one - other) for one, other in combinations(points[:40], 2)]
    kernel = gaussian_kernel(points[:40])
    expected = np.exp(-(distances[0] ** 2) / (2 * np.median(np.square(distances))))
    assert kernel[0, 1] == pytest.approx(expected) and (np.diag(kernel) == 1).all()


def test_four_groups_have_a_prototype_each(points):
    assert {row // 50 for row in mmd_critic(points, 4, 0).prototypes.tolist()} == {0, 1, 2, 3}


def test_an_image_that_is_like_none_is_the_first_criticism(points):
    odd = np.concatenate([points, np.full((1, 6), 40.0)])
    assert 200 in mmd_critic(odd, 6, 3).criticisms


def test_rows_without_numbers_are_left_out_and_too_few_are_refused(points):
    holes = np.concatenate([np.full((3, 6), np.nan), points])
    assert mmd_critic(holes, 5, 2).prototypes.tolist() == (mmd_critic(points, 5, 2).prototypes + 3).tolist()
    with pytest.raises(ProjectionError, match="at least 3 images"):
        mmd_critic(points[:2], 1, 1)
    same = mmd_critic(np.ones((5, 2)), 9, 9)
    assert len(same.prototypes) == 4 and len(same.criticisms) == 1


@pytest.mark.slow
def test_of_very_many_images_some_are_drawn_by_a_seed():
    many = np.random.default_rng(0).normal(size=(MOST + 300, 2))
    one, other = (mmd_critic(many, 3, 1, seed=seed) for seed in (1, 1))
    assert one.considered == MOST and one.prototypes.tolist() == other.prototypes.tolist()


def test_the_nearest_are_as_sorting_has_them(points):
    classes = np.repeat([0, 1, 2, -1], 50)
    image = points[60] + 0.01
    found = near_examples(points, image, classes, own=1, count=5)
    order = np.argsort(np.linalg.norm(points - image, axis=1))
    assert found.hits.indices[0].tolist() == [row for row in order if classes[row] == 1][:5]
    assert found.misses.indices[0].tolist() == [row for row in order if classes[row] in (0, 2)][:5]
    assert found.ratio < 1
    nobody = near_examples(points, image, np.full(200, -1), own=1, count=5)
    assert not nobody.hits.indices.size and np.isnan(nobody.ratio)
    with pytest.raises(ProjectionError, match="could be compared"):
        near_examples(points, image[:3], classes, own=1, count=5)
