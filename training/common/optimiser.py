"""Keras' AdamW and moving average of weights, with the little that recipes want besides."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from training.common.config import Schedule


class RecipeAdamW(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with ``use_ema``.

    The moving average is the plain mean of the weights until so many steps are done that a mean would look
    back further than it: a short training is not held back by its random beginning. Vectors do not decay.

    Args:
        schedule: rate, decay, clipping and moving average.
        model: whose weights are learnt.
        gentle: paths of weights that come from another training: they do not decay.
        share: learning rate of these, relative to that of the others.
    """

    def __init__(
        self, schedule: Schedule, model: keras.Model, gentle: Collection[str] = (), share: float = 1.0
    ) -> None:
        super().__init__(
            schedule.learning_rate,
            weight_decay=schedule.weight_decay,
            beta_2=0.99,
            epsilon=1e-8,
            global_clipnorm=schedule.clip,
            use_ema=True,
            ema_momentum=schedule.ema,
        )
        learnt = model.trainable_variables
        self._share, self._slow = share, {at for at, one in enumerate(learnt) if one.path in gentle}
        still = [one for at, one in enumerate(learnt) if len(one.shape) < 2 or at in self._slow]
        self.exclude_from_weight_decay(still)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of a weight, at its own rate."""
        share = self._share if self._get_variable_index(variable) in self._slow else 1.0
        super().update_step(gradient, variable, learning_rate * share)

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        steps = ops.cast(self.iterations, "float32")
        old = ops.minimum(self.ema_momentum, steps / (steps + 1))
        for weight, average in zip(trainable_variables, self._model_variables_moving_average, strict=True):
            average.assign(old * average + (1 - old) * weight)


@contextmanager
def averaged(model: keras.Model) -> Iterator[None]:
    """While it lasts, a network has the moving average of its weights."""
    own = [weight.numpy() for weight in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        for weight, value in zip(model.trainable_variables, own, strict=True):
            weight.assign(value)
