"""Decoder of strangers' pictures for all of a server: a few processes, and turns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from compute.decoding.process import DecodingFailed, DecodingProcess
from compute.decoding.turns import Turns
from engine.errors import PictureError
from engine.images.decoding import Charge
from engine.images.picture import Picture, check_bytes
from settings import settings

MOST_PICTURES = 200
"""So many pictures later a process is replaced: what libraries leave behind goes with it."""

IDLE_SECONDS = 60.0
"""A process that nobody has asked for so long is ended."""


@dataclass(frozen=True)
class Guest:
    """Whoever has a picture decoded.

    Attributes:
        had: how much they have had lately; those with less come first.
        charge: is told how many pixels the picture has, and may refuse them.
        is_here: whether they still wait.
        on_failure: is called where the process ended over the picture, which took long.
    """

    had: float = 0.0
    charge: Charge = lambda _pixels: None
    is_here: Callable[[], bool] = lambda: True
    on_failure: Callable[[], None] = lambda: None


class Decoder:
    """As many processes as pictures may be decoded at once, started when they are needed.

    Args:
        at_once: gives how many; asked each time.
    """

    def __init__(self, at_once: Callable[[], int]) -> None:
        self._turns = Turns(at_once)
        self._idle: list[DecodingProcess] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def read(self, data: bytes, name: str, guest: Guest) -> Picture:
        """A picture, decoded in another process.

        Raises:
            PictureError: it is none that can be read, or takes too long, or is refused.
            Gone: the guest is.
        """
        check_bytes(data)
        with self._turns.taken(guest.had, guest.is_here), self._process() as process:
            try:
                return process.read(data, name, guest.charge, guest.is_here)
            except DecodingFailed as error:
                guest.on_failure()
                raise _late() if error.late else _ended() from error

    def close(self) -> None:
        """End all processes that nobody asks; a later picture starts one again."""
        with self._lock:
            idle, self._idle = self._idle, []
            if self._timer is not None:
                self._timer.cancel()
        for process in idle:
            process.end()

    @contextmanager
    def _process(self) -> Iterator[DecodingProcess]:
        with self._lock:
            found = self._idle.pop() if self._idle else None
        process = found if found is not None and found.alive else DecodingProcess()
        try:
            yield process
        except PictureError:
            self._put_back(process)
            raise
        except BaseException:
            process.end()
            raise
        else:
            self._put_back(process)

    def _put_back(self, process: DecodingProcess) -> None:
        if not process.alive or process.read_so_far >= MOST_PICTURES:
            process.end()
            return
        with self._lock:
            self._idle.append(process)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(IDLE_SECONDS, self.close)
            self._timer.daemon = True
            self._timer.start()


def _late() -> PictureError:
    return PictureError(
        "Reading this file as an image takes too long and was stopped. Please save it again, or a "
        "smaller copy."
    )


def _ended() -> PictureError:
    return PictureError(
        "This file cannot be read as an image: it is damaged, or needs too much memory. Please "
        "save it again, or a smaller copy."
    )


_decoder = Decoder(lambda: settings().decodes)


def decoder() -> Decoder:
    """The one of this server."""
    return _decoder
