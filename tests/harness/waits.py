"""Waiting until something is true: no test waits for a number of seconds."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOK_SECONDS = 0.01
"""Pause between two looks."""


def wait_for(
    condition: Callable[[], Found],
    seconds: float = 30.0,
    said: Callable[[], object] = lambda: "it never came true",
    pause: float = LOOK_SECONDS,
) -> Found:
    """Wait until a condition holds.

    Args:
        condition: asked again and again; it may give back what it has found, or raise what ends the wait.
        seconds: it must hold by then, however busy the machine is.
        said: what to say otherwise.
        pause: seconds between two looks, longer where a look costs much.

    Returns:
        What the condition gave back, which is true.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, said()
        time.sleep(pause)
    return found
