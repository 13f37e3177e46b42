"""Functions with known indices: truth and scores are held against brute force."""

import numpy as np
import pytest

from benchmarks.coverage.functions import CELLS, FUNCTIONS
from engine.perturbation.estimators.sobol_indices import pooled

POINTS = 1 << 15


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_indices_are_those_of_many_runs(name, rng):
    known = FUNCTIONS[name]()
    found = pooled(*known.scores(rng.random((POINTS, CELLS)), rng.random((POINTS, CELLS))))
    np.testing.assert_allclose(found, known.totals, rtol=0.25, atol=0.03 * known.totals.max())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_c_is_a_with_one_input_of_b(name, rng):
    """The shortcut gives what the function gives at C_i itself."""
    scores, (a, b) = FUNCTIONS[name]().scores, rng.random((2, 3, CELLS))
    swapped = a.copy()
    swapped[:, 17] = b[:, 17]
    np.testing.assert_allclose(scores(a, b)[2][:, 17], scores(swapped, b)[0], rtol=1e-9)
