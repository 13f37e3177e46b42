"""Class activation maps: readings of a layer's activation and gradient, before the ReLU.

Each takes two float32 arrays (h, w, K) of one layer and one picture, the activation and the derivative of the
score by it, and gives the evidence float32 (h, w) of each place, in units of the score.
"""

import numpy as np

from engine.arrays import Floats


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
    """Channels weighted by their positive gradients; negative only where activations are.

    Grad-CAM++ (Chattopadhay et al. 2018, https://arxiv.org/abs/1710.11063).

    Example:
        >>> activation = np.array([[[1, 0], [1, 3]]], np.float32)  # the channels sum to 2 and 3
        >>> gradient = np.array([[[1, -9], [0, 2]]], np.float32)  # weights 1 / (2 + 2) and 2 / (2 + 6)
        >>> gradcam_plus_plus(activation, gradient).tolist()
        [[0.25, 1.0]]
    """
    return activation @ plus_plus_weights(activation, gradient)


def plus_plus_weights(activation: Floats, gradient: Floats) -> Floats:
    """Weights of Grad-CAM++, float32 (K,), never negative: the sum of alpha times max(g, 0) over all places.

    For the score Y = exp(S) of the logit S, the paper's equation 19 is alpha = g^2 / (2 g^2 + g^3 sum A) with
    the gradient g of S, that is 1 / (2 + g sum A). The factor exp(S) that all derivatives of Y share is left
    out, so that values stay in units of the logit and cannot overflow. Only places with g > 0 count, so a
    denominator comes to 2 or below only where a channel sums to less than zero; it is then weighed as if it
    summed to zero (docs/decisions/0027-grad-cam-plus-plus.md).

    Args:
        activation: float32 (h, w, K).
        gradient: float32 (h, w, K).
    """
    raising = np.maximum(gradient, 0)
    sums = np.maximum(activation.sum(axis=(0, 1)), 0)
    weights: Floats = (raising / (2 + raising * sums)).sum(axis=(0, 1))
    return weights


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
