"""One interface for the two networks: variables to learn and a function from pixels to logits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from training.config import ConfigError, Model


@dataclass(frozen=True)
class Network:
    """A network as the training loop sees it.

    Attributes:
        kind: `unet` or `segformer`.
        body: the Keras model or the Hugging Face model.
        learnt: variables that have a gradient.
        followed: variables that follow the batches: moving means and variances.
        logits: RGB 0-255 (B, H, W, 3) and whether training -> logits (B, H/4, W/4, 8).
    """

    kind: str
    body: Any
    learnt: list[tf.Variable]
    followed: list[tf.Variable]
    logits: Callable[[tf.Tensor, bool], tf.Tensor]


def _unet(model: Model) -> Network:
    from training.unet import build_unet

    body = build_unet(model)
    learnt = [variable.value for variable in body.trainable_variables]
    followed = [variable.value for variable in body.non_trainable_variables]
    return Network(
        "unet",
        body,
        learnt,
        followed,
        lambda pixels, training: body(tf.cast(pixels, tf.float32), training=training),
    )


def _segformer(model: Model) -> Network:
    from training.segformer import build_segformer, quicken, segformer_logits

    body = quicken(build_segformer(model))
    learnt, followed = list(body.trainable_variables), list(body.non_trainable_variables)
    return Network(
        "segformer", body, learnt, followed, lambda pixels, training: segformer_logits(body, pixels, training)
    )


_BUILDERS = {"unet": _unet, "segformer": _segformer}


def build_network(model: Model, seed: int) -> Network:
    """A network with random weights that depend on the seed only.

    Raises:
        ConfigError: there is no network of this kind.
    """
    if model.kind not in _BUILDERS:
        raise ConfigError(f"[model] kind is {model.kind!r}; write one of {', '.join(_BUILDERS)}.")
    tf.keras.utils.set_random_seed(seed)
    return _BUILDERS[model.kind](model)
