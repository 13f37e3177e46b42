"""Bodies of classifiers with few channels, their layers named as in keras.applications.

VGG16: Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556. InceptionV3: Szegedy et al. 2015,
https://arxiv.org/abs/1512.00567. In InceptionV3 two things differ from keras.applications: every convolution
and pooling pads to the same size, which suits small pictures, and all widths are multiplied by a factor.
"""

from typing import Any

from keras import layers

from training.classify.config import BodyShape

CONVOLUTIONS = (2, 2, 3, 3, 3)
_MULTIPLE = 8
_FACTORISED = (128, 160, 160, 192)
"""Inner widths of mixed4 to mixed7, before the factor."""
Branch = tuple[tuple[int, tuple[int, int]], ...]


class _Modules:
    """The parts of the network; every width is that of InceptionV3 and is multiplied by the factor."""

    def __init__(self, conv: Any, factor: float) -> None:
        self._conv, self._factor = conv, factor

    def conv(self, inputs: Any, width: int, size: tuple[int, int], name: str, stride: int = 1) -> Any:
        slim = max(_MULTIPLE, round(width * self._factor / _MULTIPLE) * _MULTIPLE)
        return self._conv(inputs, slim, size, name, stride)

    def chain(self, inputs: Any, branch: Branch, name: str, stride: int = 1) -> Any:
        """Convolutions one after the other; the stride is that of the last one."""
        for place, (width, size) in enumerate(branch, 1):
            inputs = self.conv(inputs, width, size, f"{name}_{place}", stride if place == len(branch) else 1)
        return inputs

    def stem(self, inputs: Any) -> Any:
        """From pixels to 1/8 of their size."""
        outputs = self.conv(inputs, 32, (3, 3), "stem_1", 2)
        outputs = self.chain(outputs, ((32, (3, 3)), (64, (3, 3))), "stem_2")
        outputs = layers.MaxPooling2D(3, 2, "same", name="stem_pool1")(outputs)
        outputs = self.chain(outputs, ((80, (1, 1)), (192, (3, 3))), "stem_3")
        return layers.MaxPooling2D(3, 2, "same", name="stem_pool2")(outputs)

    def module(self, inputs: Any, branches: dict[str, Branch], pooled: int, name: str) -> Any:
        """Branches side by side, the last of them an average pooling with `pooled` channels."""
        outputs = [self.chain(inputs, branch, f"{name}_{key}") for key, branch in branches.items()]
        average = layers.AveragePooling2D(3, 1, "same", name=f"{name}_average")(inputs)
        return layers.Concatenate(name=name)([*outputs, self.conv(average, pooled, (1, 1), f"{name}_pooled")])

    def reduction(self, inputs: Any, branches: dict[str, Branch], name: str) -> Any:
        """Branches of stride 2 and a maximum pooling side by side: half the size."""
        outputs = [self.chain(inputs, branch, f"{name}_{key}", 2) for key, branch in branches.items()]
        return layers.Concatenate(name=name)(
            [*outputs, layers.MaxPooling2D(3, 2, "same", name=f"{name}_largest")(inputs)]
        )

    def fan(self, inputs: Any, name: str) -> Any:
        """A 1x3 and a 3x1 convolution of the same input side by side."""
        return layers.Concatenate(name=name)(
            [self.conv(inputs, 384, (1, 3), f"{name}_wide"), self.conv(inputs, 384, (3, 1), f"{name}_high")]
        )

    def widest(self, inputs: Any, name: str) -> Any:
        """The module of the coarsest size."""
        single = self.conv(inputs, 320, (1, 1), f"{name}_single_1")
        fan = self.fan(self.conv(inputs, 384, (1, 1), f"{name}_three_1"), f"{name}_0")
        deep = self.fan(self.chain(inputs, ((448, (1, 1)), (384, (3, 3))), f"{name}_double"), f"{name}_1")
        average = layers.AveragePooling2D(3, 1, "same", name=f"{name}_average")(inputs)
        return layers.Concatenate(name=name)(
            [single, fan, deep, self.conv(average, 192, (1, 1), f"{name}_pooled")]
        )


def _fine(pooled: int) -> tuple[dict[str, Branch], int]:
    """Branches of mixed0 to mixed2."""
    double: Branch = ((64, (1, 1)), (96, (3, 3)), (96, (3, 3)))
    return {"single": ((64, (1, 1)),), "five": ((48, (1, 1)), (64, (5, 5))), "double": double}, pooled


def _factorised(width: int) -> dict[str, Branch]:
    """Branches of mixed4 to mixed7: 7x7 convolutions as 1x7 after 7x1."""
    seven: Branch = ((width, (1, 1)), (width, (1, 7)), (192, (7, 1)))
    double: Branch = ((width, (1, 1)), (width, (7, 1)), (width, (1, 7)), (width, (7, 1)), (192, (1, 7)))
    return {"single": ((192, (1, 1)),), "seven": seven, "double": double}


def inception(conv: Any, inputs: Any, body: BodyShape) -> Any:
    """Stem and eleven modules, `mixed0` to `mixed10`; the last map is 1/32 of the input.

    Args:
        conv: adds a convolution with its activation.
        inputs: scaled pixels.
        body: `factor` multiplies the widths of InceptionV3.
    """
    build = _Modules(conv, body.factor)
    outputs = build.stem(inputs)
    for number, pooled in enumerate((32, 64, 64)):
        outputs = build.module(outputs, *_fine(pooled), f"mixed{number}")
    outputs = build.reduction(
        outputs, {"three": ((384, (3, 3)),), "double": ((64, (1, 1)), (96, (3, 3)), (96, (3, 3)))}, "mixed3"
    )
    for number, width in enumerate(_FACTORISED, 4):
        outputs = build.module(outputs, _factorised(width), 192, f"mixed{number}")
    seven: Branch = ((192, (1, 1)), (192, (1, 7)), (192, (7, 1)), (192, (3, 3)))
    outputs = build.reduction(outputs, {"three": ((192, (1, 1)), (320, (3, 3))), "seven": seven}, "mixed8")
    return build.widest(build.widest(outputs, "mixed9"), "mixed10")


def vgg(conv: Any, inputs: Any, body: BodyShape) -> Any:
    """VGG16: thirteen convolutions in five blocks; the last map is 1/32 of the input, or 1/64 with a first
    stride of 2.

    Args:
        conv: adds a convolution with its activation.
        inputs: scaled pixels.
        body: `widths` are the channels of the five blocks, `stride` that of the first convolution (1 in
            VGG16).
    """
    outputs = inputs
    for block, (width, number) in enumerate(zip(body.widths, CONVOLUTIONS, strict=True), 1):
        for place in range(1, number + 1):
            stride = body.stride if (block, place) == (1, 1) else 1
            outputs = conv(outputs, width, (3, 3), f"block{block}_conv{place}", stride)
        outputs = layers.MaxPooling2D(2, name=f"block{block}_pool")(outputs)
    return outputs


def plain(conv: Any, inputs: Any, body: BodyShape) -> Any:
    """Blocks of two convolutions with a pooling between blocks, for images of a few dozen pixels.

    The last map of three blocks is 1/4 of the input.

    Args:
        conv: adds a convolution with its activation.
        inputs: scaled pixels.
        body: `widths` are the channels of the blocks.
    """
    outputs = inputs
    for block, width in enumerate(body.widths, 1):
        if block > 1:
            outputs = layers.MaxPooling2D(2, name=f"block{block - 1}_pool")(outputs)
        for place in (1, 2):
            outputs = conv(outputs, width, (3, 3), f"block{block}_conv{place}")
    return outputs
