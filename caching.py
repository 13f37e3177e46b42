"""LRU cache in memory, bounded by count and by bytes, that makes each value once; and what values weigh."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from time import monotonic
from typing import Any, Generic, TypeVar

import numpy as np

Value = TypeVar("Value")
REST = 50
"""After weighing, ``trim`` rests so many times as long as that took."""

ROOMS = ("compute.", "engine.", "scipy.sparse.", "tests.")
"""Modules whose objects are looked into when they are weighed; all others are somebody else's."""

NUMBERS = frozenset({int, float, bool, type(None)})
"""Types of most of what there is, none of which takes room that counts."""


class _Slot(Generic[Value]):
    """Room for one value, and what others wait for while one thread makes it."""

    __slots__ = ("nbytes", "pending", "value", "version")
    value: Value

    def __init__(self, version: Hashable = None) -> None:
        self.version = version
        self.nbytes: int | None = None
        self.pending: Future[Value] | None = None

    def get(self) -> Value:
        pending = self.pending
        return self.value if pending is None else pending.result()


class LRUCache(Generic[Value]):
    """The values used last; each is made once, also when several threads ask at the same time.

    Nobody waits for the value of another key. What could not be made is an error for all who wait for it, and
    is made anew by the next. The value used last stays, however large it is.

    Args:
        count: how many there are at most.
        limit: gives the bytes that they may take, asked each time. Values whose bytes are not known before
            they are made are weighed together whenever one is added, since they share arrays and grow.
        on_evict: called after values have made room.
    """

    def __init__(
        self,
        count: float = math.inf,
        limit: Callable[[], float] = lambda: math.inf,
        on_evict: Callable[[], object] = lambda: None,
    ) -> None:
        self._count, self._limit, self._on_evict = count, limit, on_evict
        self._slots: OrderedDict[Hashable, _Slot[Value]] = OrderedDict()
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def get(
        self,
        key: Hashable,
        make: Callable[[], Value],
        version: Hashable = None,
        nbytes: Callable[[], int] | None = None,
    ) -> Value:
        """The value of a key, made if it is not there.

        Args:
            key: its name.
            make: makes it.
            version: a value of another version is not this one: it is made anew in its place.
            nbytes: what it is going to weigh, if that is known: then others make room before it is made.
        """
        with self._lock:
            slot = self._slots.get(key)
            known = slot is not None and slot.version == version
            if slot is None or not known:
                slot = self._slots[key] = _Slot(version)
                slot.pending = Future()
            self._slots.move_to_end(key)
        if not known:
            self._fill(key, slot, make, nbytes)
        return slot.get()

    def find(self, key: Hashable) -> Value | None:
        """The value of a key, if it is there."""
        slot = self._slots.get(key)
        return slot.value if slot is not None and slot.pending is None else None

    def keep(self, key: Hashable, value: Value) -> None:
        """Put a value in the place of a key; weighing is left to ``trim`` or ``shrink``."""
        slot: _Slot[Value] = _Slot()
        slot.value = value
        with self._lock:
            self._slots[key] = slot
            self._slots.move_to_end(key)
        self._evict(self._too_many)

    @property
    def nbytes(self) -> int:
        """Bytes of all values; what several of them hold counts once."""
        with self._lock:
            slots = list(self._slots.values())
        told = sum(slot.nbytes for slot in slots if slot.nbytes is not None)
        return told + bytes_of(
            *(slot.value for slot in slots if slot.nbytes is None and slot.pending is None)
        )

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._slots)

    def clear(self) -> None:
        """Let go of all values."""
        with self._lock:
            self._slots.clear()

    def trim(self) -> None:
        """``shrink``, unless that was done a moment ago: however often it is called, it takes a fiftieth of a
        processor's time.
        """
        began = monotonic()
        if began >= self._rests_until:
            self.shrink()
            self._rests_until = began + REST * (monotonic() - began)

    def shrink(self) -> None:
        """Let go of what was not used for longest until the rest fits."""
        most = self._limit()
        self._evict(
            lambda: self._too_many() or (math.isfinite(most) and len(self._slots) > 1 and self.nbytes > most)
        )

    def _fill(
        self, key: Hashable, slot: _Slot[Value], make: Callable[[], Value], nbytes: Callable[[], int] | None
    ) -> None:
        pending = slot.pending
        assert pending is not None
        try:
            if nbytes is None:
                self._evict(self._too_many)
            else:
                slot.nbytes = nbytes()
                self.shrink()
            slot.value = make()
            slot.pending = None
            pending.set_result(slot.value)
        except BaseException as error:
            with self._lock:
                if self._slots.get(key) is slot:
                    del self._slots[key]
            pending.set_exception(error)
        if nbytes is None:
            self.shrink()

    def _too_many(self) -> bool:
        return len(self._slots) > self._count

    def _evict(self, full: Callable[[], bool]) -> None:
        gone = False
        while full():
            with self._lock:
                if self._slots:
                    self._slots.popitem(last=False)
            gone = True
        if gone:
            self._on_evict()


def bytes_of(*things: Any) -> int:
    """Bytes of all arrays and texts in some objects of ours; what is in several of them counts once."""
    total, seen, left = 0, set(), list(things)
    while left:
        thing = left.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            total += _own(thing)
            left.extend(part for part in _inside(thing) if type(part) not in NUMBERS)
    return total


def _own(thing: Any) -> int:
    if isinstance(thing, np.ndarray):
        return int(thing.nbytes)
    return len(thing) if isinstance(thing, bytes | str) else 0


def _inside(thing: Any) -> Iterable[Any]:
    if isinstance(thing, Mapping):
        return list(thing.values())
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    return list(getattr(thing, "__dict__", {}).values()) if type(thing).__module__.startswith(ROOMS) else ()
