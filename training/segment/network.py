"""Segmentation networks of recipes, compiled for Keras' ``fit``: a U-Net, a SegFormer, one that learns on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import tensorflow as tf

from model_store.base.label_maps import CATEGORY_NAMES
from training.common.config import ConfigError
from training.common.keras_files import read_keras
from training.common.optimiser import RecipeAdamW
from training.losses.table import SegmentationLoss
from training.losses.terms import LossOptions
from training.segment.config import Config, Model
from training.segment.segformer import build_segformer
from training.segment.unet import build_unet, encoder_weights


def _kept(model: Model) -> Any:
    return read_keras(Path(model.start))


BUILDERS: Mapping[str, Callable[[Model], Any]] = MappingProxyType(
    {"unet": build_unet, "segformer": build_segformer, "keras": _kept}
)


def pixel_loss(config: Config) -> SegmentationLoss:
    """The loss on labels: weighted cross-entropy, and Dice where the configuration gives it a weight."""
    weights = tuple(config.weights.get(name, 1.0) for name in CATEGORY_NAMES)
    dice = f" + {config.dice_weight:f} dice" if config.dice_weight else ""
    return SegmentationLoss(f"weighted_cross_entropy{dice}", LossOptions(weights))


def teacher_loss(soft: Any, logits: Any) -> Any:
    """Mean cross-entropy of logits (B, h, w, 8) against weighted soft targets in 0-255; scalar, nats.

    Where a teacher is silent its row is zero, which Keras' own has a gradient for.
    """
    target = tf.cast(soft, tf.float32) / 255
    return -tf.reduce_mean(tf.reduce_sum(target * tf.nn.log_softmax(logits), -1))


class TaughtSegmenter(keras.Model):  # type: ignore[misc]
    """A network that learns from labels (B, H, W), 255 where ignored, and from a teacher (B, h, w, 8), which
    Keras has no loss for: two targets of one output, of two sizes.

    Args:
        body: RGB 0-255 (B, 2H, 2W, 3) to logits (B, h, w, 8).
        config: weights of the losses.
    """

    def __init__(self, body: keras.Model, config: Config) -> None:
        super().__init__(body.input, body.output, name=body.name)
        self._on_labels, self._share = pixel_loss(config), config.soft_weight

    def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **__: Any) -> Any:
        """See ``keras.Model``."""
        labels, soft = y
        large = tf.image.resize(y_pred, tf.shape(labels)[1:3], method="bilinear")
        return self._on_labels(labels, large) + self._share * teacher_loss(soft, y_pred)


def compiled_network(config: Config) -> TaughtSegmenter:
    """The network at the start of a run, with an optimiser; random weights depend on the seed only.

    Raises:
        ConfigError: there is no network of this kind.
    """
    if config.model.kind not in BUILDERS:
        raise ConfigError(f"[model] kind is {config.model.kind!r}; write one of {', '.join(BUILDERS)}.")
    keras.utils.set_random_seed(config.seed)
    model = TaughtSegmenter(BUILDERS[config.model.kind](config.model), config)
    gentle = encoder_weights(model, config.model)
    model.compile(RecipeAdamW(config.schedule, model, gentle, config.model.encoder_rate), jit_compile=False)
    return model
