"""Feature maps of a backbone, from fine to coarse, as decoders take them."""

from typing import Any

from training.backbones import BACKBONES, CONVNEXT, Backbone, build_backbone, scaled_colours
from training.common.config import ConfigError


def find_backbone(key: str) -> Backbone:
    """The row of a backbone that decoders can tap.

    Raises:
        ConfigError: there is none.
    """
    row = BACKBONES.get(key)
    if row is None or not row.taps:
        fitting = ", ".join(name for name, each in BACKBONES.items() if each.taps)
        raise ConfigError(f"There is no backbone {key!r} for a decoder; write one of {fitting}.")
    return row


def tapped(key: str, inputs: Any, weights: str = "none") -> list[Any]:
    """Feature maps (B, H/s, W/s, C) of a backbone at strides s = 2, 4, 8, 16, 32, or from 4 on (ConvNeXt).

    Args:
        key: of the table.
        inputs: Keras input of RGB 0-255, (B, H, W, 3), sides multiples of 32.
        weights: `imagenet`, or `none` for random ones.

    Raises:
        ConfigError: there is no such backbone, or its weights cannot be had.
    """
    row = find_backbone(key)
    colours = inputs if row.preset == "raw" else scaled_colours(inputs, row.preset)
    network = build_backbone(row, colours, weights)
    return [_output(network, name) for name in row.taps]


def _output(network: Any, name: str) -> Any:
    """A layer's output; what goes into a depthwise convolution of ConvNeXt is the sum before its block."""
    if not name:
        return network.output
    layer = network.get_layer(name)
    return layer.input if name in CONVNEXT else layer.output
