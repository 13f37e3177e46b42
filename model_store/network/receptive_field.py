"""Receptive field of a cell of a layer, measured by gradients."""

from typing import Any

import numpy as np

from engine.arrays import Bools
from engine.filters import OUTPUT
from engine.model import ReceptiveField
from model_store.base import runtime
from model_store.network.layer_gradients import Network, refuse_unknown_target_layers

PICTURES = 2
EVERYTHING: ReceptiveField = (1.0, 1.0, 1.0, 1.0)


def receptive_field(network: Network, layer: str, size_hw: tuple[int, int]) -> ReceptiveField:
    """How far the cell in the middle of a layer sees: where its gradient is not zero for any of some pictures
    of noise.

    A cell that sees up to both ends of a side is taken to see all of it from anywhere.

    Args:
        network: what is inside the model.
        layer: name of a target layer, or ``OUTPUT``.
        size_hw: height and width of the pictures.

    Raises:
        ModelError: there is no such target layer.
    """
    if layer != OUTPUT:
        refuse_unknown_target_layers(network, [layer])
    tf = runtime.tensorflow()
    noise = np.random.default_rng(0).uniform(0, 255, (PICTURES, *size_hw, 3)).astype(np.float32)
    pictures = tf.constant(noise)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(pictures)
        activation = network.forward_to(pictures, layer)
        if len(activation.shape) != 4:
            return EVERYTHING
        grid = activation.shape[1:3]
        cell = activation[:, grid[0] // 2, grid[1] // 2]
        answer = tf.reduce_sum(cell * np.random.default_rng(1).normal(size=cell.shape).astype(np.float32))
    gradient = tape.gradient(answer, pictures, unconnected_gradients=tf.UnconnectedGradients.ZERO).numpy()
    seen: Bools = np.any(gradient, axis=(0, 3))
    (up, down), (left, right) = (_reach(np.any(seen, axis=1 - axis), grid[axis]) for axis in (0, 1))
    return up, left, down, right


def _reach(seen: Any, cells: int) -> tuple[float, float]:
    """How far the middle cell of a side sees before and after its centre, as shares of that side."""
    pixels = len(seen)
    places = np.flatnonzero(seen)
    if not len(places) or (places[0] == 0 and places[-1] == pixels - 1):
        return 1.0, 1.0
    centre = (cells // 2 + 0.5) / cells
    before, after = centre - places[0] / pixels, (places[-1] + 1) / pixels - centre
    return (max(before, after),) * 2 if places[0] == 0 or places[-1] == pixels - 1 else (before, after)
