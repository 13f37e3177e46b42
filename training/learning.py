"""One step of learning: losses, gradient, AdamW and the moving average that is saved."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_store.label_maps import CATEGORY_NAMES
from training.batches import Batch
from training.config import Config, Schedule
from training.networks import Network

_BETAS = (0.9, 0.99)


def rate(schedule: Schedule, step: int, progress: float) -> float:
    """Learning rate: rises over the warm-up steps, stays, falls to 0 over the last share of the run (`progress` 0-1)."""
    rise = min(1.0, (step + 1) / max(1, schedule.warmup))
    fall = min(1.0, max(0.0, 1 - progress) / schedule.decay)
    return schedule.learning_rate * min(rise, fall)


def category_weights(weights: Mapping[str, float]) -> NDArray[np.float32]:
    """Cross-entropy weight (256,) of each label value: 0 for void and for everything that is not a category."""
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
    """Mean cross-entropy of logits (B, h, w, 8) against weighted soft targets (B, h, w, 8) in 0-255; scalar, nats."""
    target = tf.cast(soft, tf.float32) / 255.0
    return -tf.reduce_mean(tf.reduce_sum(target * tf.nn.log_softmax(logits), -1))


class Learner:
    """A network with the state of its optimiser (AdamW: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101)."""

    def __init__(self, network: Network, config: Config) -> None:
        self.network, self.config = network, config
        self.first = [tf.Variable(tf.zeros_like(variable)) for variable in network.learnt]
        self.second = [tf.Variable(tf.zeros_like(variable)) for variable in network.learnt]
        self.average = [tf.Variable(variable) for variable in network.learnt + network.followed]
        self.weights = tf.constant(category_weights(config.weights))
        self._step = tf.function(self._learn)

    @property
    def state(self) -> list[tf.Variable]:
        """Everything that a checkpoint holds, in a fixed order."""
        return [*self.network.learnt, *self.network.followed, *self.first, *self.second, *self.average]

    def learn(self, batch: Batch, step: int, learning_rate: float) -> tuple[float, float]:
        """One step on a batch; the loss on the labels and the loss on the teacher before it."""
        warm = 1 - self.config.schedule.ema if step > 500 else max(1 - self.config.schedule.ema, 1 / (step + 1))
        powers = [math.pow(beta, step + 1) for beta in _BETAS]
        numbers = tf.constant([learning_rate, powers[0], powers[1], warm], tf.float32)
        losses = self._step(tf.constant(batch.pixels), tf.constant(batch.labels), tf.constant(batch.soft), numbers).numpy()
        return float(losses[0]), float(losses[1])

    def _learn(self, pixels: tf.Tensor, labels: tf.Tensor, soft: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = self.network.logits(pixels, True)
            hard, quiet = hard_loss(logits, labels, self.weights), soft_loss(logits, soft)
            loss = hard + self.config.soft_weight * quiet
        gradients = tape.gradient(loss, self.network.learnt)
        gradients, _ = tf.clip_by_global_norm(gradients, self.config.schedule.clip)
        self._apply(gradients, numbers)
        return tf.stack([hard, quiet])

    def _apply(self, gradients: Sequence[tf.Tensor], numbers: tf.Tensor) -> None:
        speed, power1, power2, follow = tf.unstack(numbers)
        for variable, gradient, first, second in zip(self.network.learnt, gradients, self.first, self.second, strict=True):
            if len(variable.shape) > 1:
                variable.assign_sub(variable * (speed * self.config.schedule.weight_decay))
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=first.handle, v=second.handle, beta1_power=power1, beta2_power=power2, lr=speed,
                beta1=_BETAS[0], beta2=_BETAS[1], epsilon=1e-8, grad=gradient,
            )  # fmt: skip
        for average, variable in zip(self.average, self.network.learnt + self.network.followed, strict=True):
            average.assign_sub((average - variable) * follow)
