"""Grad-CAM++ (Chattopadhay et al. 2018, https://arxiv.org/abs/1710.11063)."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats

TINY = 1e-6
"""A sum that is so small against its terms is rounding: it counts as zero, and nothing is divided by it."""


def evidence(activation: Floats, gradient: Floats) -> Floats:
    """Channels weighted by their positive gradients, places with few of them counting more, before the ReLU.

    The score is Y = exp(S) of the logit S, as in the paper. All of its derivatives have the factor exp(S),
    the same for every place and layer; it is left out, so that values stay in units of the logit and cannot
    overflow.

    Args:
        activation: float32 (h, w, K), of a layer for one picture.
        gradient: float32 (h, w, K), derivative of the logit by it.

    Returns:
        float32 (h, w), in units of the logit; negative only where activations are.
    """
    shares = _alphas(activation.sum(axis=(0, 1)), gradient)
    weights = np.einsum("hwk,hwk->k", shares, np.maximum(gradient, 0))
    total, size = shares.sum(axis=(0, 1)), np.abs(shares).sum(axis=(0, 1))
    return activation @ (weights / np.where(np.abs(total) > TINY * size, total, 1))


def _alphas(sums: Floats, gradient: Floats) -> Floats:
    """Equation 19, float32 (h, w, K): g^2 / (2 g^2 + g^3 sum A) for gradients g, 0 where g or the denominator
    is.

    Args:
        sums: float32 (K,), sum of each channel's activation.
        gradient: float32 (h, w, K).
    """
    steps = gradient * sums
    denominators = 2 + steps
    counts = (gradient != 0) & (np.abs(denominators) > TINY * (2 + np.abs(steps)))
    return np.divide(1, denominators, out=np.zeros_like(denominators), where=counts)
