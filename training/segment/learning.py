"""One step of learning: losses and their gradient."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from engine.arrays import Floats
from model_store.base.label_maps import CATEGORY_NAMES
from training.common.network import TrainableNetwork
from training.common.optimiser import Optimiser
from training.segment.batches import CropBatch
from training.segment.config import Config


def category_weights(weights: Mapping[str, float]) -> Floats:
    """Cross-entropy weight (256,) of each label value: 0 for void and for everything that is not
    a category.
    """
    table = np.zeros(256, np.float32)
    table[1 : len(CATEGORY_NAMES)] = [weights.get(name, 1.0) for name in CATEGORY_NAMES[1:]]
    return table


def hard_loss(logits: tf.Tensor, labels: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Weighted mean cross-entropy of logits (B, h, w, 8), enlarged to the labels (B, H, W); scalar, nats."""
    large = tf.image.resize(logits, tf.shape(labels)[1:3], method="bilinear")
    index = tf.cast(labels, tf.int32)
    weight = tf.gather(weights, index)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(weight > 0, index, 0), large)
    return tf.reduce_sum(losses * weight) / (tf.reduce_sum(weight) + 1e-3)


def soft_loss(logits: tf.Tensor, soft: tf.Tensor) -> tf.Tensor:
    """Mean cross-entropy of logits (B, h, w, 8) against weighted soft targets (B, h, w, 8) in 0-255; scalar,
    nats.
    """
    target = tf.cast(soft, tf.float32) / 255.0
    return -tf.reduce_mean(tf.reduce_sum(target * tf.nn.log_softmax(logits), -1))


def dice_loss(logits: tf.Tensor, labels: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """One minus the mean soft Dice of the categories in a batch, over all its labelled pixels; scalar, 0-1.

    Milletari et al. 2016, https://arxiv.org/abs/1606.04797. Takes what `hard_loss` takes.
    """
    known = tf.gather(tf.cast(weights > 0, tf.float32), tf.cast(labels, tf.int32))[..., None]
    large = tf.nn.softmax(tf.image.resize(logits, tf.shape(labels)[1:3], method="bilinear")) * known
    truth = tf.one_hot(labels, logits.shape[-1]) * known
    space = (0, 1, 2)
    present = tf.cast(tf.reduce_sum(truth, space) > 0, tf.float32)
    both, sizes = tf.reduce_sum(large * truth, space), tf.reduce_sum(large + truth, space)
    return 1 - tf.reduce_sum(present * 2 * both / (sizes + 1e-3)) / (tf.reduce_sum(present) + 1e-3)


class Learner:
    """A network with the state of its optimiser."""

    def __init__(self, network: TrainableNetwork, config: Config) -> None:
        self.network, self.config = network, config
        self.optimiser = Optimiser(network, config.schedule)
        self.weights = tf.constant(category_weights(config.weights))
        self._step = tf.function(self._learn)

    def learn(self, batch: CropBatch, step: int, learning_rate: float) -> tuple[float, float]:
        """One step on a batch; the loss on the labels and the loss on the teacher before it."""
        tensors = [tf.constant(part) for part in (batch.pixels, batch.labels, batch.soft)]
        losses = self._step(*tensors, self.optimiser.numbers(step, learning_rate)).numpy()
        return float(losses[0]), float(losses[1])

    def _learn(self, pixels: tf.Tensor, labels: tf.Tensor, soft: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = self.network.logits(pixels, True)
            hard, quiet = hard_loss(logits, labels, self.weights), soft_loss(logits, soft)
            loss = hard + self.config.soft_weight * quiet
            if self.config.dice_weight:
                loss += self.config.dice_weight * dice_loss(logits, labels, self.weights)
        self.optimiser.apply(tape.gradient(loss, self.network.learnt), numbers)
        return tf.stack([hard, quiet])
