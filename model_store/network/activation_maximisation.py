"""Activation maximisation: several steps of gradient ascent on pictures as one graph.

Pictures are painted in waves whose strength falls with their frequency, in colours that natural pictures do
not correlate (Olah et al. 2017, https://distill.pub/2017/feature-visualization/; Mordvintsev et al. 2018,
https://distill.pub/2018/differentiable-parameterizations/), and looked at shifted, turned and zoomed. All
pictures of a batch are treated alike in a step, and none of them depends on the others.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.filters import OUTPUT, FilterParams, MaximisationState
from model_store.base import runtime
from model_store.network.layer_gradients import Network, refuse_unknown_target_layers

KEPT_GRAPHS = 4
FIRST_DECAY, SECOND_DECAY, TINY = 0.9, 0.999, 1e-8
CONTRAST = 0.25

_COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]], np.float32)
"""Square root of the covariance of red, green and blue in ImageNet, as Lucid has it."""

COLOURS = _COLOURS / np.linalg.norm(_COLOURS, axis=0).max()


@dataclass(frozen=True)
class AscentGraph:
    """What a graph is traced for.

    Attributes:
        layer: name of a target layer, or ``OUTPUT``.
        size_hw: height and width of the pictures.
        waves: painted in waves, not in pixels.
        moved: looked at through transformations.
        directed: for sums of channels, not for single ones.
    """

    layer: str
    size_hw: tuple[int, int]
    waves: bool
    moved: bool
    directed: bool


class GradientAscent:
    """Draws for the channels of one network; the last few graphs are kept.

    Args:
        network: what is inside the model.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._climb: Callable[[AscentGraph], Any] = lru_cache(KEPT_GRAPHS)(lambda plot: _trace(network, plot))

    def advance(
        self, layer: str, state: MaximisationState, params: FilterParams, steps: int
    ) -> MaximisationState:
        """The pictures after some more steps; see ``engine.model.LoadedModel.maximise``."""
        if layer != OUTPUT:
            refuse_unknown_target_layers(self._network, [layer])
        height, width = state.pixels.shape[1:3]
        plot = AscentGraph(
            layer,
            (height, width),
            params.painting == "fourier",
            bool(params.jitter or params.rotation or params.zoom),
            state.directions.shape[1] > 0,
        )
        knobs = np.array(
            [params.rate, params.jitter, params.rotation, params.zoom, params.smoothness, params.paleness],
            np.float32,
        )
        climb = self._climb(plot)
        values, moments, pixels, activation = climb(
            state.values,
            state.moments,
            (state.directions if plot.directed else state.channels),
            np.array([state.step, steps, params.seed], np.int32),
            knobs,
        )
        if not np.isfinite(activation).all():
            raise ModelError(
                "The activation of the layer {layer} is not a number: nothing can be visualized for it.",
                layer=layer,
            )
        return replace(
            state,
            values=values.numpy(),
            moments=moments.numpy(),
            step=state.step + steps,
            pixels=pixels.numpy(),
            activation=activation.numpy(),
        )


def _trace(network: Network, plot: AscentGraph) -> Any:
    """A graph that changes pictures some times and looks at them."""
    tf = runtime.tensorflow()
    height, width = plot.size_hw
    shape = (None, 3, 2, height, width // 2 + 1) if plot.waves else (None, 3, height, width)

    def climb(values: Any, moments: Any, wanted: Any, counts: Any, knobs: Any) -> Any:
        start, steps, seed = tf.unstack(counts)

        def one(step: Any, values: Any, moments: Any) -> Any:
            painted = _paint(tf, values, plot)
            seen = _move(tf, painted, tf.stack([seed, step]), knobs) if plot.moved else painted
            pull = _unit(tf, tf.gradients(_answer(tf, network, plot, seen, wanted), painted)[0])
            restraint = tf.gradients(_roughness(tf, painted, knobs), painted)[0]
            gradient = tf.gradients(painted, values, grad_ys=pull - restraint)[0]
            return (step + 1, *_adam(tf, (values, moments), gradient, step, knobs[0]))

        _, values, moments = tf.while_loop(
            lambda step, *_: step < start + steps, one, (start, values, moments), parallel_iterations=1
        )
        painted = _paint(tf, values, plot)
        pixels = tf.saturate_cast(tf.round(painted * 255), tf.uint8)
        return values, moments, pixels, _answer(tf, network, plot, painted, wanted)

    signature = [
        tf.TensorSpec(shape, tf.float32),
        tf.TensorSpec((2, *shape), tf.float32),
        tf.TensorSpec((None, None), tf.float32) if plot.directed else tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((3,), tf.int32),
        tf.TensorSpec((6,), tf.float32),
    ]
    return tf.function(climb, input_signature=signature, autograph=False)


def wave_scale(size_hw: tuple[int, int]) -> Floats:
    """float32 (H, W // 2 + 1): strength of each wave, 1 over its frequency, the slowest as strong as one over
    the whole picture.
    """
    height, width = size_hw
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    scale = np.sqrt(height * width) / np.maximum(frequency, 1 / max(height, width))
    return (CONTRAST * scale).astype(np.float32)


def _paint(tf: Any, values: Any, plot: AscentGraph) -> Any:
    """float32 (N, H, W, 3), RGB 0-1, of what is changed."""
    if plot.waves:
        spectrum = tf.complex(values[:, :, 0], values[:, :, 1]) * wave_scale(plot.size_hw)
        values = tf.signal.irfft2d(spectrum, fft_length=plot.size_hw)
    colours = tf.transpose(values, (0, 2, 3, 1))
    return tf.sigmoid(tf.linalg.matmul(colours, COLOURS.T) if plot.waves else colours)


def _move(tf: Any, pictures: Any, seed: Any, knobs: Any) -> Any:
    """Pictures shifted by whole pixels, turned and zoomed, all alike; what leaves on one side comes back on
    the other.
    """
    chance = tf.random.stateless_uniform((4,), seed, -1.0, 1.0)
    angle, zoom = chance[0] * knobs[2] * (np.pi / 180), 1 + chance[1] * knobs[3] / 100
    across, along = zoom * tf.cos(angle), zoom * tf.sin(angle)
    centre_y, centre_x = ((side - 1) / 2 for side in pictures.shape[1:3])
    shift_y, shift_x = tf.round(chance[2] * knobs[1]), tf.round(chance[3] * knobs[1])
    first = [across, -along, centre_x - across * centre_x + along * centre_y + shift_x]
    second = [along, across, centre_y - along * centre_x - across * centre_y + shift_y]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=pictures,
        transforms=tf.stack([*first, *second, 0.0, 0.0])[None],
        output_shape=pictures.shape[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="WRAP",
    )


def _answer(tf: Any, network: Network, plot: AscentGraph, pictures: Any, wanted: Any) -> Any:
    """float32 (N,): the mean over the places of picture n (RGB 0-1) of its channel or sum of channels.

    Args:
        tf: TensorFlow.
        network: what is inside the model.
        plot: which layer, and which of the two.
        pictures: (N, H, W, 3).
        wanted: int32 (N,) channels, or float32 (N, K) directions.
    """
    activation = network.forward_to(pictures * 255.0, plot.layer)
    mean = tf.reduce_mean(activation, axis=list(range(1, len(activation.shape) - 1)))
    weights = wanted if plot.directed else tf.one_hot(wanted, mean.shape[-1])
    return tf.reduce_sum(mean * weights, axis=-1)


def _unit(tf: Any, gradient: Any) -> Any:
    """The gradient of each picture with a root mean square of 1, or zero: channels of any strength pull
    alike.
    """
    return gradient * tf.math.rsqrt(
        tf.maximum(tf.reduce_mean(tf.square(gradient), axis=(1, 2, 3), keepdims=True), 1e-30)
    )


def _roughness(tf: Any, pictures: Any, knobs: Any) -> Any:
    """Total variation and squared distance from grey, weighted, summed over all pictures."""
    down, right = (tf.roll(pictures, -1, axis) - pictures for axis in (1, 2))
    variation = tf.reduce_sum(tf.sqrt(tf.square(down) + tf.square(right) + 1e-6))
    return knobs[4] * variation + knobs[5] * tf.reduce_sum(tf.square(pictures - 0.5))


def _adam(tf: Any, state: tuple[Any, Any], gradient: Any, step: Any, rate: Any) -> tuple[Any, Any]:
    """Values and moments after one step uphill (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980)."""
    values, moments = state
    first = FIRST_DECAY * moments[0] + (1 - FIRST_DECAY) * gradient
    second = SECOND_DECAY * moments[1] + (1 - SECOND_DECAY) * tf.square(gradient)
    count = tf.cast(step + 1, tf.float32)
    pace = rate * tf.sqrt(1 - SECOND_DECAY**count) / (1 - FIRST_DECAY**count)
    return values + pace * first / (tf.sqrt(second) + TINY), tf.stack([first, second])
