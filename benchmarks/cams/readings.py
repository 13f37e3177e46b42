"""Three readings of Grad-CAM++ that are held against each other: the paper's, the former and the present one.

Each gives the weights of the channels from activation and gradient (h, w, K) of a layer.
"""

from collections.abc import Callable

import numpy as np

from engine.arrays import AnyFloats, Floats
from engine.gradients.cams import plus_plus_weights

Weigh = Callable[[Floats, Floats], AnyFloats]
ROUNDING = 1e-6
"""A sum that was so small against its terms counted as zero in the former reading."""


def paper(activation: Floats, gradient: Floats) -> AnyFloats:
    """float64 (K,): equation 19 as it stands (Chattopadhay et al. 2018, https://arxiv.org/abs/1710.11063),
    poles and negative denominators included.

    Every derivative of Y = exp(S) has the factor exp(S), which is left out.
    """
    first = np.asarray(gradient, float)
    second, third = first**2, first**3
    denominators = 2 * second + third * np.asarray(activation, float).sum(axis=(0, 1))
    alphas = np.divide(second, denominators, out=np.zeros_like(first), where=second > 0)
    weights: AnyFloats = (alphas * np.maximum(first, 0)).sum(axis=(0, 1))
    return weights


def former(activation: Floats, gradient: Floats) -> AnyFloats:
    """float32 (K,): as Vitrine read it until November 2026, after tf-keras-vis. The alphas of all places,
    also of those with negative gradients, are added up, and each weight is divided by the sum.
    """
    steps = gradient * activation.sum(axis=(0, 1))
    kept = (gradient != 0) & (np.abs(2 + steps) > ROUNDING * (2 + np.abs(steps)))
    alphas = np.divide(1, 2 + steps, out=np.zeros_like(steps), where=kept)
    total, size = alphas.sum(axis=(0, 1)), np.abs(alphas).sum(axis=(0, 1))
    sums = np.where(np.abs(total) > ROUNDING * size, total, 1)
    weights: AnyFloats = np.einsum("hwk,hwk->k", alphas, np.maximum(gradient, 0)) / sums
    return weights


def now(activation: Floats, gradient: Floats) -> AnyFloats:
    """float32 (K,): as Vitrine reads it."""
    return plus_plus_weights(activation, gradient)
