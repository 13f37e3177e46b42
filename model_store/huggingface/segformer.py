"""The SegFormer (Xie et al. 2021, https://arxiv.org/abs/2105.15203) of Hugging Face, on a shorter way.

What the library computes and what is computed here, with the same weights, is equal up to rounding (1e-5):

- Its decode head projects each stage to D channels, enlarges all to 1/4 size, joins them and fuses them with
  a 1x1 convolution and a batch normalisation. All of this is linear in the stages, so projection, fuse and
  normalisation become one matrix per stage, used *before* enlarging.
- Its depthwise convolution is a grouped one, which TensorFlow can run on a processor only by compiling it for
  each size of picture; the depthwise operation of TensorFlow is the same sum.
- Its layer normalisation is made of a batch normalisation over a reshaped array; written out it is faster.
- Its dense layers are products over any number of axes, made of many operations on shapes; as one product of
  rows they are traced and derived in a fraction of the time.
- Its GELU is made of the complementary error function; made of the error function, converters know it as one
  activation.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.features import Features
from engine.filters import OUTPUT
from engine.model import TargetLayer
from model_store.base import runtime
from model_store.base.folders import read_json, reason_of
from model_store.base.scaling import Scaling
from model_store.huggingface.segformer_features import SegformerFeatures
from model_store.huggingface.segformer_weights import load_weights
from model_store.network.graph import Hook, no_hook
from model_store.network.heads import OutputActivation

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


class SegformerNetwork:
    """A SegFormer of Hugging Face as a function of RGB 0-255.

    Args:
        model: a ``TFSegformerForSemanticSegmentation`` with its weights, of this network alone: two of its
            layers are replaced.
        scale: factor of each channel, float32 (3,).
        shift: what is added afterwards, float32 (3,).
    """

    output_activation: OutputActivation = "softmax"
    traits: frozenset[str] = frozenset()

    def __init__(self, model: Any, scale: Floats, shift: Floats) -> None:
        self._tf = runtime.tensorflow()
        self._model = _quicken(model)
        self._scale, self._shift = scale, shift
        self.parameters = int(model.count_params())
        self._kernels, self._bias = _fused_head(model.decode_head)
        widths, last = [len(kernel) for kernel in self._kernels], len(self._kernels)
        self.target_layers = tuple(
            TargetLayer(f"stage {number}", width, best=number == last)
            for number, width in enumerate(widths, 1)
        )
        self.features: Features = SegformerFeatures(model, self)

    def stages(self, pictures: Any) -> list[Any]:
        """Feature maps (N, h, w, C) of the stages, from 1/4 to 1/32 of the size of pictures (N, H, W, 3), RGB
        0-255.
        """
        tf = self._tf
        scaled = tf.transpose(self.scaled(pictures), (0, 3, 1, 2))
        outputs = self._model.segformer(scaled, output_hidden_states=True, training=False)
        return [tf.transpose(stage, (0, 2, 3, 1)) for stage in outputs.hidden_states]

    def scaled(self, pictures: Any) -> Any:
        """What the network takes, channels last, of pictures (N, H, W, 3), RGB 0-255."""
        return pictures * self._scale + self._shift

    def __call__(self, pictures: Any) -> Any:
        """Logits (N, H/4, W/4, C) of a float32 tensor (N, H, W, 3), RGB 0-255."""
        return self.head(self.stages(pictures))

    def forward_with_activations(
        self, pictures: Any, target_layers: Sequence[str], hook: Hook = no_hook
    ) -> tuple[Any, dict[str, Any]]:
        """The same logits, and the feature maps of some stages, which the library gives only when all of them
        are made.
        """
        hook(pictures)
        stages = self.stages(pictures)
        named = {
            target_layer.name: stage for target_layer, stage in zip(self.target_layers, stages, strict=True)
        }
        return self.head(stages), {name: named[name] for name in target_layers}

    def forward_to(self, pictures: Any, layer: str) -> Any:
        """The feature map of one stage, or the logits for ``OUTPUT``; in a graph, what is not needed for it
        is not run.
        """
        stages = self.stages(pictures)
        named = {
            target_layer.name: stage for target_layer, stage in zip(self.target_layers, stages, strict=True)
        }
        return self.head(stages) if layer == OUTPUT else named[layer]

    def head(self, stages: list[Any]) -> Any:
        """Logits (N, H/4, W/4, C) of the feature maps of the stages."""
        return self.classified(self._tf.nn.relu(self.fused(stages)))

    def classified(self, fused: Any) -> Any:
        """Logits (N, H/4, W/4, C) of the fused maps, after their ReLU."""
        return self._model.decode_head.classifier(fused)

    def fused(self, stages: list[Any]) -> Any:
        """Maps (N, H/4, W/4, D) that the decode head makes of the stages, before its ReLU."""
        tf = self._tf
        size_hw = tf.shape(stages[0])[1:3]
        fused = tf.linalg.matmul(stages[0], self._kernels[0]) + self._bias
        for stage, kernel in zip(stages[1:], self._kernels[1:], strict=True):
            fused += tf.image.resize(tf.linalg.matmul(stage, kernel), size_hw, method="bilinear")
        return fused


def load_segformer(
    folder: Path, weights: Path, classes: int, scaling: Scaling | None = None
) -> SegformerNetwork:
    """Reads a folder as the library saves it.

    Args:
        folder: holds ``config.json`` and ``preprocessor_config.json``.
        weights: the file of weights.
        classes: how many it has to answer.
        scaling: how colours are scaled before it, in place of what the folder says; it takes red, green,
            blue.

    Raises:
        ModelError: a file does not fit; the sentence names it.
    """
    settings = read_json(folder / "config.json")
    if settings.get("model_type") != "segformer":
        raise ModelError(
            "{path} describes a model of kind {kind}; a SegFormer was expected.",
            path=folder,
            kind=settings.get("model_type"),
        )
    transformers = runtime.transformers_tf()
    try:
        config = transformers.SegformerConfig.from_dict(settings | {"reshape_last_stage": True})
        model = transformers.TFSegformerForSemanticSegmentation(config)
        model.build_in_name_scope()
    except (
        Exception
    ) as error:  # the library checks little: TypeError, KeyError, ValueError, errors of TensorFlow ...
        raise ModelError(
            "{path} does not describe a SegFormer: {reason}.",
            path=folder / "config.json",
            reason=reason_of(error),
        ) from error
    if config.num_labels != classes:
        raise ModelError(
            "{path} has {found} classes instead of {wanted}.",
            path=folder,
            found=config.num_labels,
            wanted=classes,
        )
    load_weights(model, weights)
    scale, shift = (
        (scaling.scale, scaling.shift) if scaling else normalisation(folder / "preprocessor_config.json")
    )
    return SegformerNetwork(model, scale, shift)


def normalisation(path: Path) -> tuple[Floats, Floats]:
    """Factor and shift of each channel, float32 (3,) each, that make the network's input of RGB 0-255.

    Raises:
        ModelError: the file does not say them.
    """
    settings = read_json(path)
    try:
        scale = np.full(
            3, settings.get("rescale_factor", 1 / 255) if settings.get("do_rescale", True) else 1.0
        )
        shift = np.zeros(3)
        if settings.get("do_normalize", True):
            std = np.broadcast_to(np.asarray(settings.get("image_std", _STD), np.float64), 3)
            shift = -np.broadcast_to(np.asarray(settings.get("image_mean", _MEAN), np.float64), 3) / std
            scale = scale / std
        if not (np.isfinite(scale).all() and np.isfinite(shift).all()):
            raise ValueError("a value is not finite")
    except (TypeError, ValueError) as error:
        raise ModelError(
            "{path} does not say how colours are scaled: {reason}.", path=path, reason=reason_of(error)
        ) from error
    return scale.astype(np.float32), shift.astype(np.float32)


def _fused_head(head: Any) -> tuple[list[Floats], Floats]:
    """Projection, fuse and normalisation of the decode head as one matrix (C, D) for each stage, fine to
    coarse, and a bias (D,).
    """
    gamma, beta, mean, variance = (weight.numpy().astype(np.float64) for weight in head.batch_norm.weights)
    factor = gamma / np.sqrt(variance + head.batch_norm.epsilon)
    bias = beta - mean * factor
    fuse = np.split(head.linear_fuse.kernel.numpy()[0, 0].astype(np.float64) * factor, len(head.mlps))[
        ::-1
    ]  # joined coarse to fine
    kernels = []
    for projection, own in zip((mlp.proj for mlp in head.mlps), fuse, strict=True):
        kernels.append((projection.kernel.numpy() @ own).astype(np.float32))
        bias = bias + projection.bias.numpy() @ own
    return kernels, bias.astype(np.float32)


def _quicken(model: Any) -> Any:
    """Replaces some kinds of layers by the same thing in quicker operations; returns the model."""
    for layer in model.segformer._flatten_layers():
        if type(layer).__name__ == "LayerNormalization":
            layer.call = _plain_normalisation(layer)
        elif type(layer).__name__ == "TFSegformerDWConv":
            layer.depthwise_convolution.call = _depthwise(layer.depthwise_convolution)
        elif type(layer).__name__ == "TFSegformerMixFFN" and model.config.hidden_act == "gelu":
            layer.intermediate_act_fn = _gelu
        elif type(layer).__name__ == "Dense":
            layer.call = _product(layer)
    return model


def _plain_normalisation(layer: Any) -> Any:
    tf = runtime.tensorflow()

    def call(inputs: Any) -> Any:
        centred = inputs - tf.reduce_mean(inputs, -1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centred), -1, keepdims=True)
        return centred * tf.math.rsqrt(variance + layer.epsilon) * layer.gamma + layer.beta

    return call


def _product(layer: Any) -> Any:
    """A dense layer without an activation, for any number of axes."""
    tf = runtime.tensorflow()

    def call(inputs: Any) -> Any:
        rows = tf.nn.bias_add(
            tf.linalg.matmul(tf.reshape(inputs, (-1, inputs.shape[-1])), layer.kernel), layer.bias
        )
        return tf.reshape(rows, tf.concat([tf.shape(inputs)[:-1], [layer.units]], 0))

    return call


def _gelu(inputs: Any) -> Any:
    """X * P(X <= x) by the error function itself, which converters know as this activation."""
    return 0.5 * inputs * (1.0 + runtime.tensorflow().math.erf(inputs * 0.5**0.5))


def _depthwise(layer: Any) -> Any:
    tf = runtime.tensorflow()

    def call(inputs: Any) -> Any:
        kernel = tf.transpose(layer.kernel, (0, 1, 3, 2))
        return tf.nn.bias_add(tf.nn.depthwise_conv2d(inputs, kernel, (1, 1, 1, 1), "SAME"), layer.bias)

    return call
