"""The two segmentation networks, a U-Net and a SegFormer, as the training loop sees them."""

import tensorflow as tf

from training.common.config import ConfigError
from training.common.network import TrainableNetwork
from training.segment.config import Model


def _unet(model: Model) -> TrainableNetwork:
    from training.segment.unet import build_unet, encoder_weights

    body = build_unet(model)
    gentle = encoder_weights(body, model)
    learnt = [variable.value for variable in body.trainable_variables]
    followed = [variable.value for variable in body.non_trainable_variables]
    return TrainableNetwork(
        "unet",
        body,
        learnt,
        followed,
        lambda pixels, training: body(tf.cast(pixels, tf.float32), training=training),
        [model.encoder_rate if variable.path in gentle else 1.0 for variable in body.trainable_variables],
    )


def _segformer(model: Model) -> TrainableNetwork:
    from training.segment.segformer import build_segformer, quicken, segformer_logits

    body = quicken(build_segformer(model))
    learnt, followed = list(body.trainable_variables), list(body.non_trainable_variables)
    return TrainableNetwork(
        "segformer", body, learnt, followed, lambda pixels, training: segformer_logits(body, pixels, training)
    )


_BUILDERS = {"unet": _unet, "segformer": _segformer}


def build_network(model: Model, seed: int) -> TrainableNetwork:
    """A network with random weights that depend on the seed only.

    Raises:
        ConfigError: there is no network of this kind.
    """
    if model.kind not in _BUILDERS:
        raise ConfigError(f"[model] kind is {model.kind!r}; write one of {', '.join(_BUILDERS)}.")
    tf.keras.utils.set_random_seed(seed)
    return _BUILDERS[model.kind](model)
