"""Which channels go, on inputs whose redundancy is known."""

import numpy as np
import pytest

from training.slim.channels import fewer_inputs, variance_lost


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_sum_of_others_goes_and_its_part_is_given_to_them(rng: np.random.Generator) -> None:
    inputs = rng.normal(size=(400, 1, 4))
    inputs[:, 0, 3] = inputs[:, 0, 0] + 2 * inputs[:, 0, 1]
    kernel = np.array([[0.1], [0.2], [5.0], [1.0]])
    left, fitted = fewer_inputs(inputs, inputs[:, 0] @ kernel + 7.0, 3)
    assert 2 in left and len(left) == 3, "channel 2 is the only one that no other stands for"
    exact = {(0, 1, 2): [1.1, 2.2, 5.0], (1, 2, 3): [0.0, 5.0, 1.1], (0, 2, 3): [0.0, 5.0, 1.1]}
    np.testing.assert_allclose(fitted[:-1, 0], exact[tuple(left)], atol=0.02)
    assert fitted[-1, 0] == pytest.approx(7.0, abs=0.01)
    assert variance_lost(inputs[:, :, left], inputs[:, 0] @ kernel + 7.0, fitted) < 1e-5


def test_the_channel_that_says_least_goes_first(rng: np.random.Generator) -> None:
    inputs = rng.normal(size=(2000, 1, 5))
    kernel = np.array([[3.0], [0.1], [2.0], [0.3], [1.0]])
    outputs = inputs[:, 0] @ kernel
    assert [fewer_inputs(inputs, outputs, keep)[0] for keep in (4, 3, 2)] == [[0, 2, 3, 4], [0, 2, 4], [0, 2]]
    left, fitted = fewer_inputs(inputs, outputs, 2)
    assert variance_lost(inputs[:, :, left], outputs, fitted) == pytest.approx(1.1 / 14.1, rel=0.1)


def test_a_channel_goes_at_all_places_of_a_kernel(rng: np.random.Generator) -> None:
    inputs, kernel = rng.normal(size=(900, 9, 3)), rng.normal(size=(9, 3, 2))
    kernel[:, 1] *= 0.01
    outputs = np.einsum("nkc,kcm->nm", inputs, kernel)
    left, fitted = fewer_inputs(inputs, outputs, 2)
    assert left == [0, 2]
    np.testing.assert_allclose(fitted[:-1].reshape(9, 2, 2), kernel[:, left], atol=0.02)
