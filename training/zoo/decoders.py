"""Decoders: from feature maps of a backbone, fine to coarse, to one map at the finest or at 1/4.

All are of built-in layers with names that say where they stand, so that any of them can be explained.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from keras import layers

from training.common.config import ConfigError

Decoder = Callable[[Sequence[Any], int], Any]
"""From maps (B, H/s, W/s, C), fine to coarse, and a width to one map."""


def _conv(inputs: Any, width: int, name: str, size: int = 3) -> Any:
    """Convolution, normalisation, ReLU."""
    outputs = layers.Conv2D(width, size, padding="same", use_bias=False, name=f"{name}_conv")(inputs)
    outputs = layers.BatchNormalization(momentum=0.95, name=f"{name}_norm")(outputs)
    return layers.ReLU(name=f"{name}_relu")(outputs)


def _larger(inputs: Any, name: str, factor: int = 2) -> Any:
    return layers.UpSampling2D(factor, interpolation="bilinear", name=f"{name}_up")(inputs)


def unet(taps: Sequence[Any], width: int) -> Any:
    """U-Net (Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597): enlarge, concatenate, refine.

    `width` is that of the block at the finest map, and doubles with each coarser one, up to eight times.
    """
    outputs = taps[-1]
    for level in range(len(taps) - 2, -1, -1):
        name, wide = f"unet{level + 1}", width * 2 ** min(level, 3)
        outputs = layers.Concatenate(name=f"{name}_join")([_larger(outputs, name), taps[level]])
        outputs = _conv(_conv(outputs, wide, f"{name}_first"), wide, f"{name}_second")
    return outputs


def linknet(taps: Sequence[Any], width: int) -> Any:
    """LinkNet (Chaurasia and Culurciello 2017, https://arxiv.org/abs/1707.03718): narrow, enlarge, add.

    Skips are added, so each block ends with as many channels as its tap; `width` is that of the last one.
    """
    outputs = taps[-1]
    for level in range(len(taps) - 2, -1, -1):
        name, tap = f"link{level + 1}", taps[level]
        narrow = _conv(outputs, max(8, outputs.shape[-1] // 4), f"{name}_narrow", 1)
        inner = _conv(_larger(narrow, name), narrow.shape[-1], f"{name}_inner")
        wide = _conv(inner, tap.shape[-1], f"{name}_wide", 1)
        outputs = layers.Add(name=f"{name}_add")([wide, tap])
    return _conv(outputs, width, "link_last")


def fpn(taps: Sequence[Any], width: int) -> Any:
    """Feature pyramid (Kirillov et al. 2019, https://arxiv.org/abs/1901.02446), at 1/4.

    A pyramid of `4 * width` channels is added from the coarsest map down; its levels are refined to
    `2 * width`, enlarged to 1/4, and added.
    """
    used = list(taps[-4:])
    pyramid, levels = None, []
    for level in range(len(used) - 1, -1, -1):
        side = layers.Conv2D(4 * width, 1, name=f"fpn{level + 1}_side")(used[level])
        if pyramid is not None:
            side = layers.Add(name=f"fpn{level + 1}_add")([side, _larger(pyramid, f"fpn{level + 1}_down")])
        pyramid = side
        refined = _conv(pyramid, 2 * width, f"fpn{level + 1}_refine")
        levels.append(_larger(refined, f"fpn{level + 1}", 2**level) if level else refined)
    return layers.Add(name="fpn_sum")(levels)


DECODERS: Mapping[str, Decoder] = MappingProxyType({"unet": unet, "linknet": linknet, "fpn": fpn})


def find_decoder(key: str) -> Decoder:
    """The decoder of a key.

    Raises:
        ConfigError: there is none.
    """
    if key not in DECODERS:
        raise ConfigError(f"There is no decoder {key!r}; write one of {', '.join(DECODERS)}.")
    return DECODERS[key]
