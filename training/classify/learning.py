"""One step of a classifier's learning: cross-entropy against the labels and against the teacher."""

import tensorflow as tf

from training.classify.batches import PictureBatch
from training.classify.config import ClassifierConfig
from training.common.network import TrainableNetwork
from training.common.optimiser import Optimiser


def cross_entropy(logits: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Mean cross-entropy of logits (B, K) against probabilities (B, K); scalar, nats."""
    return -tf.reduce_mean(tf.reduce_sum(target * tf.nn.log_softmax(logits), -1))


class ClassifierLearner:
    """A classifier with the state of its optimiser."""

    def __init__(self, network: TrainableNetwork, config: ClassifierConfig) -> None:
        self.network, self.config = network, config
        self.optimiser = Optimiser(network, config.schedule)
        self._share = config.tutor.weight if config.tutor.file else 0.0
        self._step = tf.function(self._learn)

    def learn(self, batch: PictureBatch, step: int, learning_rate: float) -> tuple[float, float]:
        """One step on a batch; the loss on the labels and the loss on the teacher before it."""
        tensors = [tf.constant(part) for part in (batch.pixels, batch.labels, batch.taught, batch.closed)]
        hard, quiet = self._step(*tensors, self.optimiser.numbers(step, learning_rate)).numpy()
        return float(hard), float(quiet)

    def _learn(
        self, pixels: tf.Tensor, labels: tf.Tensor, taught: tf.Tensor, closed: tf.Tensor, numbers: tf.Tensor
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = self.network.logits(pixels, True) + closed
            hard, quiet = cross_entropy(logits, labels), cross_entropy(logits, taught)
            loss = (1 - self._share) * hard + self._share * quiet
        self.optimiser.apply(tape.gradient(loss, self.network.learnt), numbers)
        return tf.stack([hard, quiet])
