"""Maps of the randomisation test as they come in, network by network."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from time import monotonic

from compute.base.pace import RECENT, Arrival, pace_of
from compute.work.contract import Cut, Part, Price, Progress, Sheet, State, measured_progress
from engine.arrays import Floats

MapsOfMethods = Mapping[str, Floats]
"""A map float32 (rows, columns) by the key of its method."""


class SanitySheet(Sheet):
    """Maps by network.

    Args:
        parts: networks that are asked, in order.
        price: of all of them.
    """

    def __init__(self, parts: Sequence[Part], price: Price) -> None:
        self.parts, self.price = tuple(parts), price
        self.maps: dict[Part, MapsOfMethods] = {}
        self._arrivals: list[Arrival] = []
        self._lock = threading.Lock()

    @property
    def complete(self) -> bool:
        return len(self.maps) == len(self.parts)

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        return [part for part in self.parts if part not in self.maps and part not in coming]

    def has(self, part: Part) -> bool:
        return part in self.maps

    def add(self, part: Part, value: MapsOfMethods) -> None:
        with self._lock:
            if part in self.parts and part not in self.maps:
                self.maps = {**self.maps, part: value}
                self._arrivals = [*self._arrivals, (monotonic(), 1)][-RECENT:]

    def copy(self) -> SanitySheet:
        twin = SanitySheet(self.parts, self.price)
        twin.maps, twin._arrivals = self.maps, self._arrivals
        return twin

    def turn(self, part: Part) -> int:
        """Networks take turns with other work."""
        return self.parts.index(part)

    def progress(self, state: State) -> Progress:
        each = self.price.seconds / len(self.parts)
        pace = pace_of(self._arrivals, each, state == "running")
        return measured_progress(Progress(len(self.maps), len(self.parts), 0.0, None, state), pace)
