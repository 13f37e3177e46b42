"""Feature visualisations as they are drawn, and how they are kept on disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from compute.base.store import Arrays, ResultStore, Stored
from compute.work.contract import Cut, Part, Progress, Sheet, State
from engine.arrays import Floats, Ints, Pixels
from engine.model import ModelFacts


class DrawnChannels(Protocol):
    """Channels that images are drawn for; see ``compute.work.filters.FilterOrder``."""

    @property
    def spec(self) -> Any: ...
    @property
    def layer(self) -> str: ...
    @property
    def facts(self) -> ModelFacts: ...
    def key_of(self, channel: int) -> str: ...
    def batches(self, drawn: Mapping[int, Drawing]) -> list[tuple[int, ...]]: ...


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

    def __post_init__(self) -> None:
        kinds = [array.dtype for array in (self.pixels, self.steps, self.curve)]
        if kinds != [np.uint8, np.int32, np.float32] or self.pixels.shape[2:] != (3,):
            raise ValueError("a picture is uint8 (H, W, 3), its steps int32, its curve float32")
        if self.steps.ndim != 1 or self.steps.shape != self.curve.shape or not self.steps.size:
            raise ValueError("a picture has an activation for each step that was looked at, at least one")

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
class Snapshot:
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


class FilterSheet(Sheet):
    """Images as far as they are drawn.

    Args:
        order: what is asked.
        drawn: those that are finished.
    """

    def __init__(self, order: DrawnChannels, drawn: Mapping[int, Drawing]) -> None:
        self.order = order
        self.drawings: dict[int, Drawing] = dict(drawn)
        self.unkept: set[int] = set()
        self._batches = order.batches(drawn)

    @property
    def steps(self) -> int:
        """Steps that all images have taken."""
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
        return self.steps >= self.order.spec.params.steps

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """The next part of each batch: its channels, and the number of its first step, 0 for the noise."""
        under_way = {part[0] for part in coming}
        parts = [(batch, self._next(batch[0])) for batch in self._batches if batch not in under_way]
        return [part for part in parts if part[1] <= self.order.spec.params.steps]

    def has(self, part: Part) -> bool:
        return self._next(part[0][0]) > int(part[1])

    def add(self, part: Part, value: Snapshot) -> None:
        for channel, pixels, activation in zip(
            value.channels.tolist(), value.pixels, value.activation, strict=True
        ):
            before = self.drawings.get(channel) if value.step else None
            steps = np.append(np.zeros(0, np.int32) if before is None else before.steps, np.int32(value.step))
            curve = np.append(
                np.zeros(0, np.float32) if before is None else before.curve, np.float32(activation)
            )
            self.drawings[channel] = Drawing(pixels, steps, curve)
            if value.step >= self.order.spec.params.steps:
                self.unkept.add(channel)

    def copy(self) -> FilterSheet:
        copied = FilterSheet(self.order, self.drawings)
        copied._batches = self._batches
        return copied

    def progress(self, state: State) -> Progress:
        """How far it is, counted in steps."""
        return Progress(self.steps, self.order.spec.params.steps, 0.0, None, state)

    def _next(self, channel: int) -> int:
        drawing = self.drawings.get(channel)
        return 0 if drawing is None else int(drawing.steps[-1]) + 1

    def _steps_of(self, channel: int) -> int:
        return max(self._next(channel) - 1, 0)


def find_drawings(store: ResultStore | None, order: DrawnChannels) -> dict[int, Drawing]:
    """The finished pictures that the store has."""
    if store is None:
        return {}

    def drawing_of(stored: Stored) -> Drawing:
        drawing = Drawing(stored.arrays["pixels"], stored.arrays["steps"], stored.arrays["curve"])
        if drawing.steps[-1] < order.spec.params.steps:
            raise ValueError("the picture is not finished")
        return drawing

    found = {channel: store.read_as(order.key_of(channel), drawing_of) for channel in order.spec.channels}
    return {channel: drawing for channel, drawing in found.items() if drawing is not None}


def keep_drawings(store: ResultStore | None, sheet: FilterSheet) -> None:
    """Put images into the store that have been finished since the last time."""
    order, finished = sheet.order, set(sheet.unkept)
    sheet.unkept -= finished
    for channel in sorted(finished) if store else ():
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
