"""AdamW and the moving average of the weights that is saved."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import tensorflow as tf

from training.common.config import Schedule
from training.common.network import TrainableNetwork

_BETAS = (0.9, 0.99)
_SETTLED = 500
"""Steps after which the moving average has its full length."""


def rate(schedule: Schedule, step: int, progress: float) -> float:
    """Learning rate: rises over the warm-up steps, stays, falls to 0 over the last share of the run
    (`progress` 0-1).
    """
    rise = min(1.0, (step + 1) / max(1, schedule.warmup))
    fall = min(1.0, max(0.0, 1 - progress) / schedule.decay)
    return schedule.learning_rate * min(rise, fall)


class Optimiser:
    """State of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) and of the moving average
    of a network.
    """

    def __init__(self, network: TrainableNetwork, schedule: Schedule) -> None:
        self.network, self.schedule = network, schedule
        self.first = [tf.Variable(tf.zeros_like(variable)) for variable in network.learnt]
        self.second = [tf.Variable(tf.zeros_like(variable)) for variable in network.learnt]
        self.average = [tf.Variable(variable) for variable in network.learnt + network.followed]

    @property
    def state(self) -> list[tf.Variable]:
        """Everything that a checkpoint holds, the network's variables too, in a fixed order."""
        return [*self.network.learnt, *self.network.followed, *self.first, *self.second, *self.average]

    def numbers(self, step: int, learning_rate: float) -> tf.Tensor:
        """What a step depends on besides gradients: rate, powers of the two decays, share of the moving
        average that is new.
        """
        least = 1 - self.schedule.ema
        new = least if step > _SETTLED else max(least, 1 / (step + 1))
        return tf.constant([learning_rate, *(math.pow(beta, step + 1) for beta in _BETAS), new], tf.float32)

    def apply(self, gradients: Sequence[tf.Tensor], numbers: tf.Tensor) -> None:
        """One step along the gradients, clipped; matrices and kernels decay, vectors do not."""
        gradients, _ = tf.clip_by_global_norm(gradients, self.schedule.clip)
        speed, power1, power2, new = tf.unstack(numbers)
        rates = self.network.rates or [1.0] * len(self.first)
        for variable, gradient, first, second, own in zip(
            self.network.learnt, gradients, self.first, self.second, rates, strict=True
        ):
            if len(variable.shape) > 1 and own == 1:
                variable.assign_sub(variable * (speed * self.schedule.weight_decay))
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=first.handle, v=second.handle,
                beta1_power=power1, beta2_power=power2, lr=speed * own,
                beta1=_BETAS[0], beta2=_BETAS[1], epsilon=1e-8, grad=gradient,
            )  # fmt: skip
        for average, variable in zip(self.average, self.network.learnt + self.network.followed, strict=True):
            average.assign_sub((average - variable) * new)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """While it lasts, the network has the moving average of its weights."""
        variables = [*self.network.learnt, *self.network.followed]
        own = [variable.numpy() for variable in variables]
        try:
            for variable, average in zip(variables, self.average, strict=True):
                variable.assign(average)
            yield
        finally:
            for variable, value in zip(variables, own, strict=True):
                variable.assign(value)
