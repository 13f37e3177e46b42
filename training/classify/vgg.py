"""VGG16 (Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556) with few channels.

Layers are named as in keras.applications.
"""

from typing import Any

from keras import layers

from training.classify.config import Body

CONVOLUTIONS = (2, 2, 3, 3, 3)


def vgg(conv: Any, inputs: Any, body: Body) -> Any:
    """Thirteen convolutions in five blocks; the last map is 1/32 of the input, or 1/64 with a first stride of
    2.

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
