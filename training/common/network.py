"""Network as the training loop sees it: variables to learn and a function from pixels to logits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf


@dataclass(frozen=True)
class TrainableNetwork:
    """A network as the training loop sees it.

    Attributes:
        kind: `unet` or `segformer`.
        body: the Keras model or the Hugging Face model.
        learnt: variables that have a gradient.
        followed: variables that follow the batches: moving means and variances.
        logits: RGB 0-255 (B, H, W, 3) and whether training -> logits (B, H/4, W/4, 8).
        rates: learning rate of each variable of `learnt`, relative to the run's; empty: 1. Those below 1 come
            from another training and do not decay.
    """

    kind: str
    body: Any
    learnt: list[tf.Variable]
    followed: list[tf.Variable]
    logits: Callable[[tf.Tensor, bool], tf.Tensor]
    rates: list[float] = field(default_factory=list)
