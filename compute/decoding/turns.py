"""Turns: so many at a time, and next is whoever has had the least."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 0.2


class Gone(Exception):
    """Nobody waits any more for what was asked."""


class Turns:
    """Room for a few.

    Args:
        at_once: gives how many; asked each time.
    """

    def __init__(self, at_once: Callable[[], int]) -> None:
        self._at_once = at_once
        self._running = 0
        self._waiting: set[tuple[float, int]] = set()
        self._numbers = itertools.count()
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, had: float, is_here: Callable[[], bool]) -> Iterator[None]:
        """Wait for a turn, and have it.

        Args:
            had: how much one has had: those with less come first, and of equal ones who came first.
            is_here: whether somebody still waits.

        Raises:
            Gone: nobody does.
        """
        self._wait((had, next(self._numbers)), is_here)
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _wait(self, place: tuple[float, int], is_here: Callable[[], bool]) -> None:
        with self._changed:
            self._waiting.add(place)
            try:
                while self._running >= self._at_once() or min(self._waiting) != place:
                    self._changed.wait(LOOK_SECONDS)
                    if not is_here():
                        raise Gone
                self._running += 1
            finally:
                self._waiting.discard(place)
                self._changed.notify_all()
