"""Batches prepared ahead in another thread."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import cv2

Drawn = TypeVar("Drawn")
_AHEAD = 6


def ahead(draw: Callable[[int], Drawn], first: int) -> Iterator[Drawn]:
    """Endless `draw(number)` from number `first` on, prepared a few ahead in one other thread."""
    cv2.setNumThreads(0)
    with ThreadPoolExecutor(1, "crops") as thread:
        waiting: list[Future[Drawn]] = [
            thread.submit(draw, number) for number in range(first, first + _AHEAD)
        ]
        for number in itertools.count(first + _AHEAD):
            drawn = waiting.pop(0).result()
            waiting.append(thread.submit(draw, number))
            yield drawn
