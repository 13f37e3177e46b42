"""Which channels a convolution can do without, and the kernel on the others.

Channels are taken away one at a time, that one first whose absence the kernel of least squares on the rest
makes up for best: the optimal brain surgeon (Hassibi and Stork 1992, Second order derivatives for network
pruning, Advances in Neural Information Processing Systems 5) on the output of a layer, as channels are pruned
by He et al. 2017, https://arxiv.org/abs/1707.06168.
"""

from typing import Any

import numpy as np

from engine.arrays import Reals

_RIDGE = 1e-4
"""Relative to the mean square of the inputs of a convolution."""


def fewer_inputs(inputs: Reals, outputs: Reals, keep: int) -> tuple[list[int], Reals]:
    """Channels that stay, and the kernel and bias of least squares on them.

    Args:
        inputs: what a convolution sees at some places, (N, k, C): C channels at each of k places.
        outputs: what it shall answer, (N, M).
        keep: how many channels stay.

    Returns:
        The channels in their order, and (k * keep + 1, M): places, then channels, then the bias.
    """
    count, places, channels = inputs.shape
    rows = np.concatenate([inputs.reshape(count, -1), np.ones((count, 1))], 1)
    square = rows.T @ rows / count
    square[np.diag_indices(places * channels)] += _RIDGE * np.trace(square) / len(square)
    inverse = np.linalg.inv(square)
    weights = inverse @ (rows.T @ outputs) / count
    left = list(range(channels))
    while len(left) > keep:
        groups = {channel: np.arange(places) * channels + channel for channel in left}
        first = min(left, key=lambda channel: _loss(inverse, weights, groups[channel]))
        gone = groups[first]
        step = inverse[:, gone] @ np.linalg.inv(inverse[np.ix_(gone, gone)])
        weights, inverse = weights - step @ weights[gone], inverse - step @ inverse[gone]
        left.remove(first)
    kept = [place * channels + channel for place in range(places) for channel in left]
    return left, weights[[*kept, places * channels]]


def _loss(inverse: Reals, weights: Reals, gone: Any) -> float:
    """By how much the mean square error grows without some inputs."""
    own = weights[gone]
    if len(gone) == 1:
        return float((own**2).sum() / inverse[gone[0], gone[0]])
    return float((own * np.linalg.solve(inverse[np.ix_(gone, gone)], own)).sum())


def variance_lost(inputs: Reals, outputs: Reals, fitted: Reals) -> float:
    """Share of the variance of the outputs that is not made any more."""
    made = inputs.reshape(len(inputs), -1) @ fitted[:-1] + fitted[-1]
    return float(((made - outputs) ** 2).mean(0).sum() / outputs.var(0).sum())
