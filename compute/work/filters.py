"""Pictures of what filters look for: what is asked, what comes back, and how it is kept on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from compute.base.store import Arrays, ResultStore
from compute.work.specs import FORMAT, Floats, digest_of
from engine.errors import ParamsError
from engine.filters import OUTPUT, FilterParams
from engine.gradients.run import choose_taps
from engine.images.picture import Pixels
from engine.model import ModelFacts, Tap
from engine.phrase import later
from model_store.catalogue import ModelRef

BATCH_PIXELS = 32 * 96 * 96
"""Of all pictures in a batch: what the network makes of them stays below half a gigabyte."""

CLASSIFIER_SIDE = 256
"""About the side at which classifiers look at pictures."""

MAX_CHANNELS = 512
MAX_BATCH = 64
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class FilterSpec:
    """Channels of a layer that pictures are to be drawn for.

    Attributes:
        ref: the model.
        layer: name of a tap, ``BEST`` for the best one, or ``OUTPUT`` for classes.
        channels: numbers from 0, each once.
        params: how they are drawn.
    """

    ref: ModelRef
    layer: str
    channels: tuple[int, ...]
    params: FilterParams = field(default_factory=FilterParams)


@dataclass(frozen=True, eq=False)
class Drawing:
    """The picture of one channel.

    Attributes:
        pixels: uint8 (H, W, 3).
        steps: int32 (n,), after how many steps it was looked at; the first is 0.
        curve: float32 (n,), activation of the channel then: its mean over the picture.
    """

    pixels: Pixels
    steps: Ints
    curve: Floats

    @property
    def start(self) -> float:
        """Activation of the noise at the start."""
        return float(self.curve[0])

    @property
    def reached(self) -> float:
        """Activation of the picture."""
        return float(self.curve[-1])

    @property
    def gain(self) -> float | None:
        """Activation over that of the noise; None where that is not positive."""
        return self.reached / self.start if self.start > 0 else None

    @property
    def silent(self) -> bool:
        """Whether the channel never answered, or no more than to the noise."""
        return len(self.curve) > 1 and self.reached <= self.start


@dataclass(frozen=True, eq=False)
class Glance:
    """What a batch looks like after some steps.

    Attributes:
        channels: int32 (N,).
        step: how many steps are done.
        pixels: uint8 (N, H, W, 3).
        activation: float32 (N,).
    """

    channels: Ints
    step: int
    pixels: Pixels
    activation: Floats


@dataclass(frozen=True, eq=False)
class FilterOrder:
    """Pictures for some channels of a model that is known.

    Attributes:
        spec: what is asked.
        facts: the model.
        taps: its layers.

    Raises:
        ModelError: there is no such layer.
        ParamsError: there is no such channel, or none, or too many are asked for.
    """

    spec: FilterSpec
    facts: ModelFacts
    taps: tuple[Tap, ...]

    def __post_init__(self) -> None:
        last = self.width - 1
        wrong = [channel for channel in self.spec.channels if not 0 <= channel <= last]
        if wrong:
            text = later(
                "The layer {layer} has the channels 0 to {last}; received {channel}. Please choose others."
            )
            raise ParamsError(text, layer=self.layer, last=last, channel=wrong[0])
        if not 0 < len(set(self.spec.channels)) == len(self.spec.channels) <= MAX_CHANNELS:
            text = later(
                "Pictures are drawn for 1 to {most} channels at a time, each once; received {count}."
            )
            raise ParamsError(text, most=MAX_CHANNELS, count=len(self.spec.channels))

    @cached_property
    def layer(self) -> str:
        """The layer's own name."""
        return OUTPUT if self.spec.layer == OUTPUT else choose_taps(self.taps, [self.spec.layer])[0]

    @property
    def width(self) -> int:
        """How many channels the layer has."""
        if self.layer == OUTPUT:
            return len(self.facts.labels)
        return next(tap.channels for tap in self.taps if tap.name == self.layer)

    @property
    def own_size(self) -> bool:
        """Whether the pictures have the model's own size: a classifier names no others."""
        return self.layer == OUTPUT and self.facts.task == "classification"

    def key_of(self, channel: int) -> str:
        """Hex digest: equal keys give equal pictures, whatever is drawn beside them, up to rounding."""
        return digest_of(
            FORMAT, "filters", self.facts.fingerprint, self.layer, channel, self.spec.params.as_dict()
        )

    @cached_property
    def key(self) -> str:
        """Hex digest of all."""
        return digest_of([self.key_of(channel) for channel in self.spec.channels])

    def batches(self, drawn: Mapping[int, Drawing]) -> list[tuple[int, ...]]:
        """Channels that are not drawn yet, in groups that are drawn together."""
        missing = [channel for channel in self.spec.channels if channel not in drawn]
        side = CLASSIFIER_SIDE if self.own_size else self.spec.params.size
        size = int(np.clip(BATCH_PIXELS // side**2, 1, MAX_BATCH))
        return [tuple(missing[first : first + size]) for first in range(0, len(missing), size)]


class FilterSheet:
    """Pictures as far as they are drawn.

    Args:
        order: what is asked.
        drawn: those that are finished.
    """

    def __init__(self, order: FilterOrder, drawn: Mapping[int, Drawing]) -> None:
        self.order = order
        self.drawings: dict[int, Drawing] = dict(drawn)

    @property
    def steps(self) -> int:
        """Steps that all pictures have taken."""
        return min((self._steps_of(channel) for channel in self.order.spec.channels), default=0)

    @property
    def share(self) -> float:
        """Finished part of all steps, 0-1."""
        channels = self.order.spec.channels
        return sum(self._steps_of(channel) for channel in channels) / (
            len(channels) * self.order.spec.params.steps
        )

    @property
    def complete(self) -> bool:
        """Whether every picture is finished."""
        return self.steps >= self.order.spec.params.steps

    def add(self, glance: Glance) -> None:
        """Take what a batch looks like now."""
        for channel, pixels, activation in zip(
            glance.channels.tolist(), glance.pixels, glance.activation, strict=True
        ):
            before = self.drawings.get(channel) if glance.step else None
            steps = np.append(
                np.zeros(0, np.int32) if before is None else before.steps, np.int32(glance.step)
            )
            curve = np.append(
                np.zeros(0, np.float32) if before is None else before.curve, np.float32(activation)
            )
            self.drawings[channel] = Drawing(pixels, steps, curve)

    def _steps_of(self, channel: int) -> int:
        drawing = self.drawings.get(channel)
        return 0 if drawing is None else int(drawing.steps[-1])


def find_drawings(store: ResultStore | None, order: FilterOrder) -> dict[int, Drawing]:
    """The finished pictures that the store has."""
    found = {}
    for channel in order.spec.channels if store else ():
        stored = store.get(order.key_of(channel)) if store else None
        if store and stored is not None and not {"pixels", "steps", "curve"} <= stored.arrays.keys():
            store.remove(order.key_of(channel), "an array is missing")
        elif stored is not None:
            found[channel] = Drawing(stored.arrays["pixels"], stored.arrays["steps"], stored.arrays["curve"])
    return found


def keep_drawings(store: ResultStore | None, sheet: FilterSheet, channels: Sequence[int]) -> None:
    """Put finished pictures into the store."""
    order = sheet.order
    for channel in channels if store else ():
        drawing = sheet.drawings[channel]
        arrays: Arrays = {"pixels": drawing.pixels, "steps": drawing.steps, "curve": drawing.curve}
        facts = {
            "layer": order.layer,
            "channel": channel,
            "params": order.spec.params.as_dict(),
            "model": order.facts.key,
        }
        if store:
            store.put(order.key_of(channel), arrays, facts)
