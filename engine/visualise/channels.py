"""Channels of a layer: their statistics, orders and scales."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from engine.arrays import Bools, Floats, Pixels
from engine.errors import ParamsError
from engine.visualise.render import Scale, scale_of

BINS = 40


@dataclass(frozen=True, eq=False)
class Distribution:
    """Histogram of values.

    Attributes:
        edges: float32 (bins + 1,), ascending, raw values.
        shares: float32 (bins,), share of all values between two edges; they sum to 1.
    """

    edges: Floats
    shares: Floats


@dataclass(frozen=True, eq=False)
class Channels:
    """All maps that a layer makes of one picture.

    Attributes:
        values: float32 (h, w, K), raw.

    Example:
        >>> channels = Channels(np.array([[[1, 0, 2], [3, 0, 0]]], np.float32))  # two places, three channels
        >>> channels.mean.tolist(), channels.dead.tolist(), channels.order("maximum")
        ([2.0, 0.0, 1.0], [False, True, False], [0, 2, 1])
    """

    values: Floats

    @property
    def count(self) -> int:
        """Number of channels."""
        return self.values.shape[-1]

    @cached_property
    def mean(self) -> Floats:
        """float32 (K,), over all places."""
        return self.values.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)

    @cached_property
    def maximum(self) -> Floats:
        """float32 (K,)."""
        return self.values.max(axis=(0, 1))

    @cached_property
    def active(self) -> Floats:
        """float32 (K,), share of places with a value above zero, 0-1."""
        return (self.values > 0).mean(axis=(0, 1), dtype=np.float32)

    @property
    def dead(self) -> Bools:
        """Bool (K,), no value above zero on this picture."""
        return self.maximum <= 0

    @cached_property
    def signed(self) -> bool:
        """Whether there are values below zero, anywhere in the layer."""
        return bool(self.values.min() < 0)

    @cached_property
    def scale(self) -> Scale:
        """The scale that all channels can share."""
        return scale_of(self.values, self.signed)

    def scale_of(self, channel: int) -> Scale:
        """The scale of one channel, signed where the layer is."""
        return scale_of(self.values[..., channel], self.signed)

    def order(self, by: str) -> list[int]:
        """Channels in an order of ``ORDERS``; the greatest first, equal ones by index.

        Raises:
            ParamsError: there is no such order.
        """
        if by not in ORDERS:
            raise ParamsError("There is no order {by!r}; there are {known}.", by=by, known=", ".join(ORDERS))
        return np.argsort(-ORDERS[by](self), kind="stable").tolist()

    @cached_property
    def distribution(self) -> Distribution:
        """How often values occur in the whole layer."""
        return distribution_of(self.values)

    def figures(self) -> dict[str, float]:
        """The layer in numbers; shares are 0-1."""
        return {
            "channels": self.count,
            "dead channels": int(self.dead.sum()),
            "active places": float(self.active.mean()),
            "mean": float(self.mean.mean()),
            "minimum": float(self.values.min()),
            "maximum": float(self.maximum.max()),
        }


ORDERS: Mapping[str, Callable[[Channels], Floats]] = {
    "index": lambda channels: -np.arange(channels.count, dtype=np.float32),
    "mean": lambda channels: channels.mean,
    "maximum": lambda channels: channels.maximum,
    "active": lambda channels: channels.active,
}
"""What channels can be sorted by: the greatest comes first."""


def joined(scales: Sequence[Scale]) -> Scale:
    """The scale that shows what each of some scales shows; signed if one of them is."""
    signed = any(scale.signed for scale in scales)
    reach = max(max(-scale.low, scale.high) for scale in scales)
    return Scale(-reach, reach, True) if signed else Scale(min(scale.low for scale in scales), reach, False)


def distribution_of(values: Floats, bins: int = BINS) -> Distribution:
    """How often values occur, between so many equal steps from the least to the greatest."""
    counts, edges = np.histogram(values, bins)
    return Distribution(edges.astype(np.float32), (counts / counts.sum()).astype(np.float32))


def channel_csv(channels: Channels) -> str:
    """What is known of each channel, as the text of a CSV file."""
    lines = ["channel,mean,maximum,active"]
    for channel, found in enumerate(zip(channels.mean, channels.maximum, channels.active, strict=True)):
        lines.append(",".join((str(channel), *(f"{value:.6g}" for value in found))))
    return "\n".join(lines) + "\n"


def reduced(values: Floats, side: int) -> Floats:
    """A map (h, w) on at most so many cells a side: the mean over square blocks of cells; as it is where it
    is small enough.

    Example:
        >>> reduced(np.array([[1, 3, 5, 7]], np.float32), side=2).tolist()
        [[2.0, 6.0]]
    """
    factor = -(-max(values.shape) // side)
    return (
        values
        if factor <= 1
        else np.asarray(Image.fromarray(np.ascontiguousarray(values, np.float32)).reduce(factor), np.float32)
    )


def kernel_pixels(weights: Floats) -> Pixels:
    """A kernel (rows, columns, 3) as a picture uint8 of the same size: zero is grey, the weight of the
    greatest magnitude full colour.

    Example:
        >>> kernel_pixels(np.array([[[-2, 0, 1]]], np.float32)).tolist()
        [[[0, 128, 191]]]
    """
    reach = float(np.abs(weights).max()) or 1.0
    return np.round(127.5 + 127.5 * weights / reach).astype(np.uint8)
