"""HiResCAM (Draelos and Carin 2020, https://arxiv.org/abs/2011.08891)."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats


def evidence(activation: Floats, gradient: Floats) -> Floats:
    """Activation times gradient, place by place, summed over the channels, before the ReLU.

    Args:
        activation: float32 (h, w, K), of a layer for one picture.
        gradient: float32 (h, w, K), derivative of the score by it.

    Returns:
        float32 (h, w), in units of the score; what each place adds to it where the rest of the network is
        linear.
    """
    products: Floats = np.einsum("hwk,hwk->hw", activation, gradient)
    return products
