"""Losses of pixels. Keras' own where they are right, ours where not.

All take the truth float32 (P, C), one-hot or soft, with rows of zeros for ignored pixels; logits (P, C); and
options. All give a scalar that ignored pixels do not change. A class that no pixel is labelled as has no term
of its own in the losses of regions (Dice, Tversky, Lovász), and a batch without any label costs 0.
"""

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

_TINY = 1e-7


@dataclass(frozen=True)
class LossOptions:
    """What the losses can be told.

    Attributes:
        weights: of the classes, for the weighted losses; empty: 1 each. Their mean is made 1.
        gamma: exponent of the focal loss: how little easy pixels count.
        alpha: factor of the focal loss; with weights, it multiplies them.
        false_positives: weight of the Tversky loss; with that of false negatives .5 it is Dice.
        false_negatives: the same.
    """

    weights: tuple[float, ...] = ()
    gamma: float = 2.0
    alpha: float = 0.25
    false_positives: float = 0.3
    false_negatives: float = 0.7

    def class_weights(self, classes: int) -> tuple[float, ...]:
        """A weight for each class, 1 on average: a loss keeps its size, and Dice its bounds."""
        mean = sum(self.weights) / len(self.weights) if self.weights else 1.0
        return tuple(weight / mean for weight in self.weights) or (1.0,) * classes


def _known(truth: Any) -> Any:
    """1 where a pixel has a label, else 0, (P,)."""
    return ops.cast(ops.sum(truth, -1) > 0, truth.dtype)


def _mean(values: Any, weights: Any) -> Any:
    """Weighted mean; 0 where all weights are."""
    return ops.sum(values * weights) / (ops.sum(weights) + _TINY)


def _over_present(losses: Any, truth: Any, weights: Any = 1.0) -> Any:
    """Mean over the classes that some pixel is labelled as, of losses (C,)."""
    return _mean(losses, ops.cast(ops.sum(truth, 0) > 0, truth.dtype) * weights)


def _weights(truth: Any, options: LossOptions) -> Any:
    return ops.convert_to_tensor(options.class_weights(truth.shape[-1]), truth.dtype)


def pixel_cross_entropy(truth: Any, logits: Any, _options: LossOptions) -> Any:
    """Mean over labelled pixels, nats. Keras' own divides by the ignored ones, too, and has a gradient
    there.
    """
    return -_mean(ops.log_softmax(logits, -1), truth)


def weighted_cross_entropy(truth: Any, logits: Any, options: LossOptions) -> Any:
    """The same, each pixel with the weight of its class, over the sum of weights."""
    return -_mean(ops.log_softmax(logits, -1), truth * _weights(truth, options))


def dice(truth: Any, logits: Any, _options: LossOptions) -> Any:
    """1 minus the soft Dice of each class in the batch (Keras'), on average over those present; 0-1.

    Milletari et al. 2016, https://arxiv.org/abs/1606.04797.
    """
    shares = ops.softmax(logits, -1) * _known(truth)[:, None]
    return _over_present(keras.losses.dice(truth, shares, axis=0), truth)


def weighted_dice(truth: Any, logits: Any, options: LossOptions) -> Any:
    """Dice with a weight for each class; 0-1, since weights are divided by their sum."""
    shares = ops.softmax(logits, -1) * _known(truth)[:, None]
    return _over_present(keras.losses.dice(truth, shares, axis=0), truth, _weights(truth, options))


def focal(truth: Any, logits: Any, options: LossOptions) -> Any:
    """Cross-entropy in which easy pixels count less (Keras'), on average over labelled pixels.

    Lin et al. 2017, https://arxiv.org/abs/1708.02002.
    """
    alpha = _weights(truth, options) * options.alpha
    each = keras.losses.categorical_focal_crossentropy(
        truth, logits, alpha=alpha, gamma=options.gamma, from_logits=True
    )
    return _mean(each, _known(truth))


def tversky(truth: Any, logits: Any, options: LossOptions) -> Any:
    """1 minus the Tversky index of each class in the batch (Keras'), on average over those present; 0-1.

    Salehi et al. 2017, https://arxiv.org/abs/1706.05721. Keras' alpha, said to be of false positives, is of
    false negatives: its "inputs" are the truth. So the two are given the other way round.
    """
    shares = ops.softmax(logits, -1) * _known(truth)[:, None]
    alpha, beta = options.false_negatives, options.false_positives
    return _over_present(keras.losses.tversky(truth, shares, alpha=alpha, beta=beta, axis=0), truth)


def lovasz(truth: Any, logits: Any, _options: LossOptions) -> Any:
    """Lovász extension of 1 - IoU of each class, on average over those present; Keras has none.

    Berman et al. 2018, https://arxiv.org/abs/1705.08790. Soft labels count as their largest class. Ignored
    pixels have error 0, are sorted last, and change nothing.
    """
    known = _known(truth)[:, None]
    hard = ops.one_hot(ops.argmax(truth, -1), truth.shape[-1], dtype=truth.dtype) * known
    errors = ops.abs(hard - ops.softmax(logits, -1)) * known
    order = ops.argsort(-ops.stop_gradient(errors), axis=0)
    sorted_errors, inside = (ops.take_along_axis(values, order, axis=0) for values in (errors, hard))
    total = ops.sum(inside, 0, keepdims=True)
    union = total + ops.cumsum(1 - inside, 0)
    lost = 1 - (total - ops.cumsum(inside, 0)) / ops.maximum(union, 1)
    steps = ops.concatenate([lost[:1], lost[1:] - lost[:-1]], 0)
    return _over_present(ops.sum(sorted_errors * ops.stop_gradient(steps), 0), hard)
