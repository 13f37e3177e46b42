"""One process that decodes, as whoever started it sees it."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import numpy as np

from compute.base.offspring import bare_environment
from compute.decoding.child import LENGTH_BYTES, NO, YES
from compute.decoding.turns import LOOK_SECONDS, Gone
from engine.errors import PictureError
from engine.images.decoding import Charge
from engine.images.picture import MAX_SIDE, Picture
from settings import ROOT

logger = logging.getLogger(__name__)

SECONDS = 6
"""Processor time for a picture; one of 50 million pixels takes one or two."""

PATIENCE_SECONDS = 60.0
"""For a picture, where the machine has much other work."""

LAST_SECONDS = 2.0
"""A process that has stopped to answer is gone by then."""

LONGEST_LINE = 2**16
LATE = -getattr(signal, "SIGVTALRM", sys.maxsize)  # Windows has no such signal


class DecodingFailed(Exception):
    """The process ended in place of an answer.

    Attributes:
        late: it took too long.
    """

    def __init__(self, late: bool) -> None:
        super().__init__(late)
        self.late = late


class DecodingProcess:
    """A process that is there for one picture after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "compute.decoding.child", str(SECONDS)],
            cwd=ROOT,
            env=bare_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.read_so_far = 0

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was still to be written goes nowhere
                    pipe.close()

    def read(self, data: bytes, name: str, charge: Charge, is_here: Callable[[], bool]) -> Picture:
        """A picture; where anything but an answer comes, the process is ended.

        Args:
            data: the bytes of its file.
            name: what the person called it.
            charge: as in ``read_picture``.
            is_here: whether somebody still waits.

        Raises:
            PictureError: it is none that can be read, or ``charge`` refuses it.
            DecodingFailed: the process ended, for it takes too long or for another reason.
            Gone: nobody waits any more.
        """
        self.read_so_far += 1
        watch = _Watch(self._process, is_here)
        try:
            with watch.watching():
                return self._ask(data, name, charge)
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            code = self._exit_code()
            self.end()
            if watch.gone:
                raise Gone from error
            logger.warning("a process that decodes pictures ended with code %s", code)
            raise DecodingFailed(watch.late or code == LATE) from error

    def _exit_code(self) -> int | None:
        """How it has ended; None where it has not."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_SECONDS)
        return self._process.returncode

    def _ask(self, data: bytes, name: str, charge: Charge) -> Picture:
        self._send(len(data).to_bytes(LENGTH_BYTES, "big") + data)
        refusal = None
        message = self._message()
        if "asks" in message:
            refusal = _refusal(charge, int(message["asks"]))
            self._send(YES if refusal is None else NO)
            message = self._message()
        if refusal is not None:
            raise refusal
        if "refused" in message:
            raise PictureError(message["refused"]["text"], **message["refused"]["values"])
        return self._picture(message, name)

    def _picture(self, message: dict[str, Any], name: str) -> Picture:
        (height, width), file_hw = message["size"], message["file"]
        if not 0 < height <= MAX_SIDE >= width > 0:
            raise ValueError("no picture of ours")
        pixels = np.frombuffer(self._exactly(height * width * 3), np.uint8).reshape(height, width, 3)
        return Picture(pixels, name, (int(file_hw[0]), int(file_hw[1])))

    def _send(self, content: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(content)
        self._process.stdin.flush()

    def _message(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        message = json.loads(self._process.stdout.readline(LONGEST_LINE))
        if not isinstance(message, dict):
            raise ValueError("no message")
        return message

    def _exactly(self, count: int) -> bytes:
        assert self._process.stdout is not None
        content = self._process.stdout.read(count)
        if len(content) < count:
            raise EOFError
        return content


class _Watch:
    """Ends a process that takes too long, or for which nobody waits any more."""

    def __init__(self, process: subprocess.Popen[bytes], is_here: Callable[[], bool]) -> None:
        self._process, self._is_here = process, is_here
        self._done = threading.Event()
        self.late = self.gone = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch it, in a thread, while it is asked."""
        thread = threading.Thread(target=self._watch, name="decoding-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def _watch(self) -> None:
        ends = monotonic() + PATIENCE_SECONDS
        while not (self._done.wait(LOOK_SECONDS) or self.late or self.gone):
            self.late, self.gone = monotonic() > ends, not self._is_here()
            if self.late or self.gone:
                self._process.kill()


def _refusal(charge: Charge, pixels: int) -> PictureError | None:
    try:
        charge(pixels)
    except PictureError as error:
        return error
    return None
