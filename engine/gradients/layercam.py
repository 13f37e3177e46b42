"""LayerCAM (Jiang et al. 2021, https://doi.org/10.1109/TIP.2021.3089943)."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats


def evidence(activation: Floats, gradient: Floats) -> Floats:
    """Activation times the positive part of its gradient, place by place, summed over the channels, before
    the ReLU.

    Args:
        activation: float32 (h, w, K), of a layer for one picture.
        gradient: float32 (h, w, K), derivative of the score by it.

    Returns:
        float32 (h, w), in units of the score; negative only where activations are.
    """
    products: Floats = np.einsum("hwk,hwk->hw", activation, np.maximum(gradient, 0))
    return products
