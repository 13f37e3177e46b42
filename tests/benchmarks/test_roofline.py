"""Arithmetic of a network, counted on paper and in the graph; shares of what a large product reaches."""

from importlib import import_module

import numpy as np
import pytest

from benchmarks.roofline import Roofline, macs_of

SIDE, INNER, CLASSES = 8, 5, 3


@pytest.fixture
def network(tmp_path):
    """Images (1, 8, 8, 3): a 3 x 3 convolution to 5 channels, one of each channel alone, a transposed one of
    2 x 2 to 4 channels, and a product with a matrix of 4 x 3 for each place.
    """
    ov, ops = import_module("openvino"), import_module("openvino.opset13")

    def weights(*shape: int) -> np.ndarray:
        return np.ones(shape, np.float32)

    image = ops.parameter([-1, -1, -1, 3], np.float32)
    first = ops.convolution(
        ops.transpose(image, [0, 3, 1, 2]), weights(INNER, 3, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1]
    )
    alone = ops.group_convolution(first, weights(INNER, 1, 1, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1])
    larger = ops.convolution_backprop_data(alone, weights(INNER, 4, 2, 2), [2, 2])
    scores = ops.matmul(ops.transpose(larger, [0, 2, 3, 1]), weights(4, CLASSES), False, False)
    ov.save_model(ov.Model([scores], [image]), tmp_path / "network.xml", compress_to_fp16=False)
    return tmp_path / "network.xml"


def test_multiplications_are_those_that_one_counts_on_paper(network):
    places = SIDE * SIDE
    convolution, alone = places * INNER * 27, places * INNER * 9
    transposed, product = places * INNER * 4 * 4, 4 * places * 4 * CLASSES
    assert macs_of(network, (SIDE, SIDE)) == convolution + alone + transposed + product
    assert macs_of(network, (2 * SIDE, SIDE)) == 2 * macs_of(network, (SIDE, SIDE))


def test_a_multiplication_with_its_addition_is_two_operations():
    found = Roofline(10**9, np.array([0.02, 0.01]), np.array([2e11, 2e11]))
    assert found.rates == pytest.approx([1e11, 2e11]) and found.shares == pytest.approx([0.5, 1.0])
