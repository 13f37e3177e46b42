"""Concepts of activations that were made of known ones."""

import numpy as np
import pytest

from engine.concepts.factors import MOST, ConceptBasis, explained_share, factorise, is_signed
from engine.concepts.stability import matched, stability, suggested, try_counts
from engine.errors import MapsError


def made(count=4, images=30, seed=0):
    """Activations (n, 24) of few concepts with parts of their own, mostly one at a place; their images."""
    rng = np.random.default_rng(seed)
    vectors = rng.gamma(0.4, size=(count, 24)) + 0.01
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = rng.gamma(0.5, size=(images * 20, count)) * (rng.uniform(size=(images * 20, count)) < 0.4)
    rows = places @ vectors + rng.uniform(0, 0.01, (images * 20, 24))
    return rows.astype(np.float32), np.repeat(np.arange(images), 20), ConceptBasis(vectors.astype(np.float32))


def test_the_concepts_that_were_put_in_are_found():
    rows, _, truth = made()
    found = factorise(rows, 4)
    assert matched(truth, found)[1].min() > 0.97
    assert explained_share(rows, found) > 0.99
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert (found.vectors >= 0).all()
    assert not found.signed


def test_the_same_seed_gives_the_same_concepts():
    rows, _, _ = made()
    assert np.array_equal(factorise(rows, 3, 7).vectors, factorise(rows, 3, 7).vectors)


def test_coefficients_are_the_least_squares_solution_that_is_not_negative():
    from scipy.optimize import nnls

    rows, _, truth = made()
    noisy = rows[:40] - 0.05
    found = truth.coefficients(noisy)
    exact = np.array([nnls(truth.vectors.T.astype(float), row.astype(float))[0] for row in noisy])
    assert np.abs(found - exact).max() < 1e-3
    assert truth.coefficients(noisy.reshape(5, 8, 24)).shape == (5, 8, 4)


def test_a_layer_with_negative_values_gets_signed_concepts_that_explain_the_most():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 12)).astype(np.float32) * np.arange(12, 0, -1)
    found = factorise(rows, 3)
    assert is_signed(rows) and found.signed
    _, values, _ = np.linalg.svd(rows)
    assert explained_share(rows, found) == pytest.approx(
        np.square(values[:3]).sum() / np.square(values).sum(), abs=1e-3
    )
    assert ((rows @ found.vectors.T).sum(axis=0) >= 0).all()


def test_a_few_values_just_below_zero_do_not_change_the_kind():
    rows, _, _ = made()
    rows[0, 0] = -1e-3
    assert not factorise(rows, 3).signed


@pytest.mark.parametrize(
    ("rows", "count", "said"),
    [
        (np.ones((10, 4)), 3, "at least 40 places"),
        (np.ones((60, 4)), MOST + 1, "2 to 10"),
        (np.full((60, 4), np.nan), 3, "no numbers"),
        (np.zeros((60, 4)), 3, "silent"),
    ],
)
def test_what_has_no_concepts_is_refused_in_a_sentence(rows, count, said):
    with pytest.raises(MapsError, match=said):
        factorise(rows, count)


def test_steady_concepts_are_found_again_and_others_are_not():
    rows, images, _ = made()
    found = stability(rows, images, factorise(rows, 4))
    assert found.seeds.min() > 0.95 and found.halves.min() > 0.95
    noise = np.random.default_rng(0).uniform(size=rows.shape).astype(np.float32)
    assert stability(noise, images, factorise(noise, 4)).halves.mean() < found.halves.mean() - 0.05


def test_the_number_of_concepts_that_was_put_in_is_suggested():
    rows, images, _ = made(count=5)
    trials = try_counts(rows, images)
    assert suggested(trials) == 5
    assert np.all(np.diff([trial.explained for trial in trials]) > -1e-3)


def test_signed_concepts_match_their_opposites():
    one = ConceptBasis(np.eye(2, dtype=np.float32), signed=True)
    assert matched(one, ConceptBasis(-one.vectors, signed=True))[1].tolist() == [1, 1]
