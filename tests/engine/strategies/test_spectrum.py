"""Eigenvalues of graphs that are solved on paper, and gaps between them."""

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from engine.strategies.counting import BELOW_CHANCE, count_groups, gaps_of, normal_like, shuffled
from engine.strategies.preparing import unit_rows
from engine.strategies.spectrum import DENSE, affinity, cut_graph, eigenpairs, spectrum


def blocks(*sizes):
    """All maps of a group linked with each other, and with no other."""
    return sparse.block_diag([np.ones((size, size)) - np.eye(size) for size in sizes], format="csr")


def test_groups_without_links_have_as_many_eigenvalues_of_zero_as_on_paper():
    """A group of n, all linked, has the eigenvalues 0 and n / (n - 1)."""
    values, vectors = eigenpairs(blocks(5, 4, 3), 6)
    assert values == pytest.approx([0, 0, 0, 5 / 4, 5 / 4, 5 / 4])
    groups = cut_graph(vectors, 3, seed=0)
    assert [len(set(groups[some])) for some in (slice(0, 5), slice(5, 9), slice(9, 12))] == [1, 1, 1]
    assert len(set(groups)) == 3


def test_a_ring_has_the_eigenvalues_of_the_paper():
    """Each linked with both neighbours: 1 - cos(2 pi k / n)."""
    ring = sparse.csr_array(np.roll(np.eye(12), 1, 0) + np.roll(np.eye(12), -1, 0))
    assert eigenpairs(ring, 3)[0] == pytest.approx([0, *[1 - np.cos(np.pi / 6)] * 2])


@pytest.mark.slow
def test_many_maps_have_the_same_eigenvalues_by_lanczos():
    large = DENSE + 60
    rng = np.random.default_rng(0)
    rows = unit_rows(rng.normal(size=(large, 9)) + 6 * np.eye(3, 9)[np.arange(large) % 3])
    links = affinity(rows)
    root = np.diag(1 / np.sqrt(np.asarray(links.sum(axis=1)).ravel()))
    whole = np.sort(np.linalg.eigvalsh(np.eye(large) - root @ links.toarray() @ root))
    found = eigenpairs(links, 6)[0]
    assert found == pytest.approx(whole[:6], abs=1e-8) and found[:3] == pytest.approx([0] * 3, abs=1e-8)


def test_equal_maps_are_linked_with_each_other_and_nobody_with_itself():
    rows = unit_rows(np.random.default_rng(0).normal(size=(40, 6)))
    rows[:20] = rows[0]
    links = affinity(rows).toarray()
    assert (np.diag(links) == 0).all() and (links == links.T).all()
    assert (links[:20, 20:] < 1).all() and (links.sum(axis=1) >= 5).all()


def test_gaps_are_ratios_that_do_not_explode_at_zero():
    assert gaps_of(np.array([0.0, 0.0, 0.09])) == pytest.approx([0, np.log(10)])


def test_maps_of_the_null_keep_what_they_promise():
    rng = np.random.default_rng(0)
    rows = unit_rows(rng.normal(size=(300, 4)) @ rng.normal(size=(4, 16)))
    dealt, normal = shuffled(rows, rng), normal_like(rows, rng)
    assert np.linalg.norm(dealt, axis=1) == pytest.approx(1, abs=1e-5)
    strongest = np.linalg.svd(normal - normal.mean(0), compute_uv=False)
    assert (strongest[4:] < 0.2 * strongest[0]).all(), "no more directions than the maps have"
    spread = np.linalg.svd(dealt - dealt.mean(0), compute_uv=False)
    assert spread[8] > 0.5 * spread[0], "places that agreed agree no more"


def test_a_gap_counts_only_where_little_holds_the_groups_together():
    """White noise with eigenvalues of its own, but one gap that is wide: they are not below chance."""
    rows = unit_rows(np.random.default_rng(1).normal(size=(80, 30)))
    with threadpool_limits(1):
        values = spectrum(rows, 6)
    wide = values.copy()
    wide[3:] *= 1.8
    low = values.copy()
    low[2] *= BELOW_CHANCE / 2
    low[1] *= BELOW_CHANCE / 2
    with threadpool_limits(1):
        assert count_groups(rows, wide, seed=0).candidates == ()
        assert count_groups(rows, low, seed=0).candidates == (3,)
