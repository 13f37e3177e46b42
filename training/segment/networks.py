"""The segmentation networks, a U-Net, a SegFormer and one that learns on, as the training loop sees them."""

from pathlib import Path

import tensorflow as tf

from training.common.config import ConfigError
from training.common.keras_files import read_keras
from training.common.network import TrainableNetwork
from training.segment.config import Config, Model


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


def _keras(model: Model) -> TrainableNetwork:
    body = read_keras(Path(model.start))
    return TrainableNetwork(
        "keras",
        body,
        [variable.value for variable in body.trainable_variables],
        [variable.value for variable in body.non_trainable_variables],
        lambda pixels, training: body(tf.cast(pixels, tf.float32), training=training),
    )


_BUILDERS = {"unet": _unet, "segformer": _segformer, "keras": _keras}


def build_network(model: Model, seed: int) -> TrainableNetwork:
    """A network with random weights that depend on the seed only; of kind `keras`, with its own.

    Raises:
        ConfigError: there is no network of this kind.
    """
    if model.kind not in _BUILDERS:
        raise ConfigError(f"[model] kind is {model.kind!r}; write one of {', '.join(_BUILDERS)}.")
    tf.keras.utils.set_random_seed(seed)
    return _BUILDERS[model.kind](model)


def starting_network(config: Config) -> TrainableNetwork:
    """The network that a run starts with: of random weights, or of those that `start` names.

    Raises:
        ConfigError: there is no network of this kind, or `start` holds none of this shape.
    """
    network = build_network(config.model, config.seed)
    if config.model.start and config.model.kind == "unet":
        raise ConfigError("[model] start is for a SegFormer or for kind 'keras'; leave it out.")
    if config.model.start and config.model.kind == "segformer":
        from training.segment.segformer import EXPORTED, start_from

        start_from(network.body, Path(config.model.start) / EXPORTED)
    return network
