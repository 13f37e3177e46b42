"""The steps of a SegFormer that Keras has no layer for; imported after ``runtime.keras``."""

from typing import Any

import keras
from keras import ops

from model_store.base import runtime


def exact_gelu(inputs: Any) -> Any:
    """X * P(X <= x) by the error function, written so that OpenVINO knows it as this activation."""
    return 0.5 * inputs * (1.0 + ops.erf(inputs * 0.5**0.5))


class ChannelDense(keras.layers.Dense):  # type: ignore[misc]
    """A dense layer over channels as one product of rows, without an activation."""

    def call(self, inputs: Any, training: Any = None) -> Any:
        rows = ops.matmul(ops.reshape(inputs, (-1, inputs.shape[-1])), self.kernel)
        rows = rows if self.bias is None else ops.add(rows, self.bias)
        return ops.reshape(rows, (*ops.shape(inputs)[:-1], self.units))


class ChannelNorm(keras.layers.LayerNormalization):  # type: ignore[misc]
    """A layer normalisation over channels, written so that OpenVINO knows it as one step."""

    def call(self, inputs: Any) -> Any:
        rows = ops.reshape(inputs, (-1, inputs.shape[-1]))
        centred = rows - ops.mean(rows, -1, keepdims=True)
        variance = ops.mean(ops.square(centred), -1, keepdims=True)
        normal = centred * ops.rsqrt(variance + self.epsilon) * self.gamma + self.beta
        return ops.reshape(normal, ops.shape(inputs))


class SelfAttention(keras.layers.Layer):  # type: ignore[misc]
    """What each cell gets from all cells that it attends to.

    It takes queries (N, h, w, C), and keys and values (N, i, j, C); it gives maps (N, h, w, C).

    Args:
        heads: how many; they divide C.
    """

    def __init__(self, heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads = heads

    def call(self, query: Any, key: Any, value: Any) -> Any:
        gathered = ops.matmul(self._shares(query, key), self._split(value, (0, 2, 1, 3)))
        return ops.reshape(ops.transpose(gathered, (0, 2, 1, 3)), ops.shape(query))

    def compute_output_shape(self, query_shape: Any, key_shape: Any, value_shape: Any) -> Any:
        return query_shape

    def shares(self, query: Any, key: Any, value: Any) -> Any:
        """How much each cell attends to each: (N, heads, h, w, i, j), which sum to 1 over i and j."""
        rows, columns = ops.shape(query)[1:3], ops.shape(key)[1:3]
        return ops.reshape(self._shares(query, key), (ops.shape(query)[0], self.heads, *rows, *columns))

    def _shares(self, query: Any, key: Any) -> Any:
        scaled = self._split(query, (0, 2, 1, 3)) * (query.shape[-1] // self.heads) ** -0.5
        return ops.softmax(ops.matmul(scaled, self._split(key, (0, 2, 3, 1))))

    def _split(self, maps: Any, axes: tuple[int, ...]) -> Any:
        """Cells (N, cells, heads, C / heads), with other axes."""
        width = maps.shape[-1] // self.heads
        return ops.transpose(ops.reshape(maps, (ops.shape(maps)[0], -1, self.heads, width)), axes)


class StageOutput(keras.layers.Layer):  # type: ignore[misc]
    """The maps of a stage as the decode head takes them: their gradient is that of the way through the head.

    The next stage goes on from what this is made of.
    """

    def call(self, maps: Any) -> Any:
        return runtime.tensorflow().identity(maps)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class EnlargedTo(keras.layers.Layer):  # type: ignore[misc]
    """Maps (N, i, j, C) enlarged to the height and width of others (N, h, w, K), between cells linearly."""

    def call(self, maps: Any, others: Any) -> Any:
        tf = runtime.tensorflow()  # Keras 3.15 takes no size that is not known yet
        return tf.image.resize(maps, tf.shape(others)[1:3], method="bilinear")

    def compute_output_shape(self, maps_shape: Any, others_shape: Any) -> Any:
        return (*others_shape[:3], maps_shape[3])
