"""Scaling of colours to what a network was trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from engine.arrays import Floats

Preset = Literal["raw", "unit", "signed", "caffe", "torch"]

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
_MEAN_BGR = (103.939, 116.779, 123.68)


@dataclass(frozen=True, eq=False)
class Scaling:
    """What makes the network's input of RGB 0-255: the order of the channels, then factor and shift of each.

    Attributes:
        scale: float32 (3,), in the order of the network.
        shift: float32 (3,), what is added afterwards.
        reverse: whether the network takes BGR.
    """

    scale: Floats
    shift: Floats
    reverse: bool = False


def _of(scale: object, shift: object = 0.0, reverse: bool = False) -> Scaling:
    wide = [np.broadcast_to(np.asarray(value, np.float32), 3) for value in (scale, shift)]
    return Scaling(wide[0], wide[1], reverse)


SCALINGS: Mapping[Preset, Scaling] = MappingProxyType(
    {
        "raw": _of(1),
        "unit": _of(1 / 255),
        "signed": _of(1 / 127.5, -1),
        "caffe": _of(1, -np.array(_MEAN_BGR), reverse=True),
        "torch": _of(1 / 255 / np.array(_STD), -np.array(_MEAN) / np.array(_STD)),
    }
)
"""`raw`: 0-255, where the network scales colours itself. `unit`: 0 to 1. `signed`: -1 to 1. `caffe`: BGR
without the mean colour of ImageNet. `torch`: 0 to 1, then without mean and over standard deviation of
ImageNet. The names are those of Keras."""
