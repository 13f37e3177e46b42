"""Grad-CAM (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391)."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats


def evidence(activation: Floats, gradient: Floats) -> Floats:
    """Channels weighted by the mean of their gradient over the map, before the ReLU.

    Args:
        activation: float32 (h, w, K), of a layer for one picture.
        gradient: float32 (h, w, K), derivative of the score by it.

    Returns:
        float32 (h, w), in units of the score; negative where the weighted channels lower it.
    """
    return activation @ gradient.mean(axis=(0, 1), dtype=np.float32)
