"""A small residual U-Net (Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597) of Keras' own layers.

Its encoder is of residual blocks with random weights, or a network that was trained on ImageNet.
"""

from typing import Any

import keras
from keras import layers

from model_store.pretrained.efficientnet_lite import LITE_SIZES, build_lite, load_lite
from training.common.config import ConfigError
from training.segment.config import Model

OUTPUTS = 8
_RESIZE = "bilinear"


class _Builder:
    """Adds convolutions with their normalisation, or, folded, with the bias that stands for it."""

    def __init__(self, folded: bool) -> None:
        self.folded = folded

    def conv(self, inputs: Any, width: int, name: str, size: int = 3, stride: int = 1) -> Any:
        """Convolution and normalisation, named `NAME_conv` and `NAME_norm`."""
        outputs = layers.Conv2D(width, size, stride, "same", use_bias=self.folded, name=f"{name}_conv")(
            inputs
        )
        return (
            outputs
            if self.folded
            else layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}_norm")(outputs)
        )

    def residual(self, inputs: Any, width: int, name: str) -> Any:
        """Two convolutions around which the input is carried."""
        inner = layers.ReLU(name=f"{name}_inner")(self.conv(inputs, width, f"{name}_first"))
        outer = self.conv(inner, width, f"{name}_second")
        return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([inputs, outer]))

    def stage(self, inputs: Any, width: int, blocks: int, name: str) -> Any:
        """Halves the size, then refines."""
        outputs = layers.ReLU(name=f"{name}_down")(self.conv(inputs, width, f"{name}_down", stride=2))
        for block in range(blocks):
            outputs = self.residual(outputs, width, f"{name}_block{block + 1}")
        return outputs

    def bottom(self, inputs: Any, width: int) -> Any:
        """Projection of the coarsest stage, plus what the whole picture says."""
        whole = layers.GlobalAveragePooling2D(keepdims=True, name="whole_pool")(inputs)
        whole = layers.Conv2D(width, 1, activation="relu", name="whole_conv")(whole)
        return layers.ReLU(name="bottom_out")(
            layers.Add(name="bottom_add")([self.conv(inputs, width, "bottom", size=1), whole])
        )

    def merge(self, coarse: Any, fine: Any, width: int, name: str) -> Any:
        """Doubles the size, adds the finer stage, refines."""
        larger = layers.UpSampling2D(2, interpolation=_RESIZE, name=f"{name}_up")(coarse)
        joined = layers.Add(name=f"{name}_add")([larger, self.conv(fine, width, f"{name}_skip", size=1)])
        outputs = layers.ReLU(name=f"{name}_join")(joined)
        return layers.ReLU(name=f"{name}_out")(self.conv(outputs, width, f"{name}_refine"))


def _new_stages(build: _Builder, model: Model) -> tuple[Any, list[Any]]:
    """Input, and the outputs of five stages of random weights."""
    inputs = keras.Input((None, None, 3), name="rgb")
    outputs = layers.Rescaling(1 / 58.0, -2.0, name="scaled")(inputs)
    stages = []
    for number, (width, blocks) in enumerate(zip(model.widths, model.blocks, strict=True), 1):
        outputs = build.stage(outputs, width, blocks, f"enc{number}")
        stages.append(outputs)
    return inputs, stages


def residual_encoder() -> keras.Model:
    """The encoder of random weights that the first U-Net had: RGB 0-255 to five maps, at 1/2 to 1/32."""
    return keras.Model(*_new_stages(_Builder(False), Model("unet", (16, 32, 64, 96, 128), (0, 1, 2, 2, 2))))


def _pretrained_stages(model: Model) -> tuple[Any, list[Any]]:
    """Input, and the last output of each of five sizes of a pretrained network, without its widest layer."""
    size = LITE_SIZES[model.encoder]
    if size.weights.path is None:
        raise ConfigError(f"The package {size.weights.package} with the encoder's weights is not installed.")
    encoder = load_lite(size, size.weights.path)
    names = size.target_layers().usual
    return encoder.input, [encoder.get_layer(names[place]).output for place in (0, 1, 2, 4, 6)]


def build_unet(model: Model, folded: bool = False) -> keras.Model:
    """The network: RGB 0-255 float32 (B, H, W, 3), H and W multiples of 32, to logits (B, H/4, W/4, 8).

    Args:
        model: the encoder, or widths and blocks of its five stages (sizes 1/2 to 1/32); width of the decoder.
        folded: without normalisation layers, for weights from `fold_unet`.
    """
    build = _Builder(folded)
    inputs, stages = _pretrained_stages(model) if model.encoder else _new_stages(build, model)
    outputs = build.bottom(stages[-1], model.decoder)
    for number in range(len(stages) - 2, 0, -1):
        outputs = build.merge(outputs, stages[number], model.decoder, f"dec{number + 1}")
    logits = layers.Conv2D(OUTPUTS, 1, name="logits")(outputs)
    return keras.Model(inputs, logits, name="streets_unet")


def encoder_weights(unet: keras.Model, model: Model) -> set[str]:
    """Paths of the weights that came with a pretrained encoder."""
    if not model.encoder:
        return set()
    known = {layer.name for layer in build_lite(LITE_SIZES[model.encoder], 0).layers}
    return {weight.path for layer in unet.layers if layer.name in known for weight in layer.weights}


def fold_unet(trained: keras.Model, model: Model) -> keras.Model:
    """The same function without normalisation layers: their scale and shift become part of the convolution
    before them.
    """
    folded = build_unet(model, folded=True)
    for layer in folded.layers:
        if not layer.weights:
            continue
        source = trained.get_layer(layer.name)
        if source.use_bias:
            layer.set_weights(source.get_weights())
            continue
        gamma, beta, mean, variance = trained.get_layer(
            layer.name.removesuffix("_conv") + "_norm"
        ).get_weights()
        scale = gamma / (variance + 1e-3) ** 0.5
        layer.set_weights([source.get_weights()[0] * scale, beta - mean * scale])
    return folded
