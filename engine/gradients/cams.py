"""Class activation maps: readings of a layer's activation and gradient, before the ReLU.

Each takes two float32 arrays (h, w, K) of one layer and one picture, the activation and the derivative of the
score by it, and gives the evidence float32 (h, w) of each place, in units of the score.
"""

import numpy as np

from engine.arrays import Floats

TINY = 1e-6
"""A sum that is so small against its terms is rounding: it counts as zero, and nothing is divided by it."""


def gradcam(activation: Floats, gradient: Floats) -> Floats:
    """Channels weighted by the mean of their gradient over the map; negative where these lower the score.

    Grad-CAM (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391).

    Example:
        >>> activation = np.array([[[1, 0], [2, 3]]], np.float32)  # one row of two places, two channels
        >>> gradient = np.array([[[1, -2], [3, 0]]], np.float32)  # mean 2 of the first, -1 of the second
        >>> gradcam(activation, gradient).tolist()
        [[2.0, 1.0]]
    """
    return activation @ gradient.mean(axis=(0, 1), dtype=np.float32)


def gradcam_plus_plus(activation: Floats, gradient: Floats) -> Floats:
    """Channels weighted by their positive gradients, places with few of them counting more; negative only
    where activations are.

    Grad-CAM++ (Chattopadhay et al. 2018, https://arxiv.org/abs/1710.11063). The score is Y = exp(S) of the
    logit S, as in the paper. All of its derivatives have the factor exp(S), the same for every place and
    layer; it is left out, so that values stay in units of the logit and cannot overflow.

    Example:
        >>> activation, gradient = np.ones((1, 2, 1), np.float32), np.array([[[1], [0]]], np.float32)
        >>> gradcam_plus_plus(activation, gradient).tolist()  # a single alpha, so the weight is 1
        [[1.0, 1.0]]
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


def layercam(activation: Floats, gradient: Floats) -> Floats:
    """Activation times the positive part of its gradient, place by place, summed over the channels; negative
    only where activations are.

    LayerCAM (Jiang et al. 2021, https://doi.org/10.1109/TIP.2021.3089943).

    Example:
        >>> activation = np.array([[[1, 4], [2, 3]]], np.float32)
        >>> gradient = np.array([[[1, -2], [3, 0]]], np.float32)
        >>> layercam(activation, gradient).tolist()
        [[1.0, 6.0]]
    """
    products: Floats = np.einsum("hwk,hwk->hw", activation, np.maximum(gradient, 0))
    return products


def hirescam(activation: Floats, gradient: Floats) -> Floats:
    """Activation times gradient, place by place, summed over the channels: what each place adds to the score
    where the rest of the network is linear.

    HiResCAM (Draelos and Carin 2020, https://arxiv.org/abs/2011.08891).

    Example:
        >>> activation = np.array([[[1, 4], [2, 3]]], np.float32)
        >>> gradient = np.array([[[1, -2], [3, 0]]], np.float32)
        >>> hirescam(activation, gradient).tolist()  # 1 - 8, and 6 + 0
        [[-7.0, 6.0]]
    """
    products: Floats = np.einsum("hwk,hwk->hw", activation, gradient)
    return products
