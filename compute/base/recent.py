"""A bounded, make-once LRU cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

from compute.base.bounds import Bound
from compute.base.sizes import bytes_of

Value = TypeVar("Value")
REST = 50
"""After weighing, ``tend`` rests so many times as long as that took."""


class _Slot(Generic[Value]):
    """Room for one value that one thread makes while others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.made: list[Value] = []

    def get(self, make: Callable[[], Value]) -> Value:
        with self._lock:
            if not self.made:
                self.made.append(make())
            return self.made[0]


class Recent(Generic[Value]):
    """The most recently used values; each is made once, also when two threads ask at the same time.

    Args:
        limit: how many there are at most.
        bound: of their bytes, or None. They are weighed again whenever one is added, since values grow; the
            last one always stays.
    """

    def __init__(self, limit: int, bound: Bound | None = None) -> None:
        self._limit = limit
        self._bound = bound
        self._slots: OrderedDict[Hashable, _Slot[Value]] = OrderedDict()
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made if it is not there; nobody waits for the value of another key."""
        with self._lock:
            known = key in self._slots
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._limit:
                self._slots.popitem(last=False)
        value = slot.get(make)
        if not known:
            self.shrink()
        return value

    def keep(self, key: Hashable, value: Value) -> None:
        """Put a value in the place of a key; weighing is left to ``tend`` or ``shrink``."""
        slot: _Slot[Value] = _Slot()
        slot.made.append(value)
        with self._lock:
            self._slots.pop(key, None)
            self._slots[key] = slot
            while len(self._slots) > self._limit:
                self._slots.popitem(last=False)

    @property
    def nbytes(self) -> int:
        """Bytes of all values."""
        with self._lock:
            return bytes_of(*(slot.made for slot in self._slots.values()))

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._slots)

    def clear(self) -> None:
        """Let go of all values."""
        with self._lock:
            self._slots.clear()

    def tend(self) -> None:
        """``shrink``, unless that was done a moment ago: however often it is called, it takes a fiftieth of a
        processor's time.
        """
        began = monotonic()
        if began >= self._rests_until:
            self.shrink()
            self._rests_until = began + REST * (monotonic() - began)

    def shrink(self) -> None:
        """Let go of what was not used for longest until the rest fits."""
        if self._bound is None:
            return
        most = self._bound.nbytes
        while len(self._slots) > 1 and self.nbytes > most:
            with self._lock:
                self._slots.popitem(last=False)
