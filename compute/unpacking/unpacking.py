"""Unpacking of an upload, as whoever started its process sees it: a crash or a bomb is a sentence here."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from compute.base.offspring import bare_environment
from compute.unpacking.child import FILES, LARGEST_ANSWER
from data_store.uploads.members import UploadLimits
from data_store.uploads.record import UploadReading
from engine.errors import DataSetError, VitrineError
from settings import ROOT, VARIABLES, settings

logger = logging.getLogger(__name__)
AT_ONCE = 1
"""Uploads that are unpacked at the same time in one server; others wait, so that room is not given twice."""
ROOM_MB = 1536
"""Memory for unpacking and reading, beside what the process has at its beginning."""
LONGEST_LINE = LARGEST_ANSWER + 2**20
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class UploadTask:
    """What is to be unpacked, or read again.

    Attributes:
        folder: of the upload.
        key: of the data set.
        title: its name for people, unless it says one itself.
        path: the ZIP; None where it was unpacked before.
        kind: how it is read; "" for the first kind that fits.
        taken: bytes of the other uploads of its session.
    """

    folder: Path
    key: str
    title: str
    path: Path | None = None
    kind: str = ""
    taken: int = 0


@dataclass(frozen=True)
class UnpackingProgress:
    """How far it is.

    Attributes:
        stage: "wait", "unpack", "read" or "masks".
        done, total: numbers of files; 0 where they are not known.
    """

    stage: str = "wait"
    done: int = 0
    total: int = 0


class Unpacking:
    """An upload that is unpacked and read, in a thread and a process of its own.

    Args:
        task: what is to be done.
        room: gives the bytes that there are for it, when its turn comes.

    Attributes:
        progress: how far it is.
    """

    def __init__(self, task: UploadTask, room: Any) -> None:
        self.task, self._room = task, room
        self.progress = UnpackingProgress()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = self._late = False
        self._outcome: UploadReading | Exception | None = None

    def start(self) -> Unpacking:
        """Begin, in a thread; gives itself."""
        threading.Thread(target=self._run, name="unpacking", daemon=True).start()
        return self

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._outcome is not None

    def result(self) -> UploadReading:
        """The data set, once it is done.

        Raises:
            DataSetError: it cannot be used; the sentence says why.
        """
        if isinstance(self._outcome, UploadReading):
            return self._outcome
        raise self._outcome or RuntimeError("it is not done")

    def cancel(self) -> None:
        """End it; its outcome is an error then."""
        self._cancelled = True
        self._kill()

    def unpack(self) -> UploadReading:
        """Do it, and wait for it.

        Raises:
            DataSetError: it cannot be used, or was stopped; the sentence says why.
        """
        with _turns:
            timer = threading.Timer(settings().examine_seconds, self._expire)
            timer.daemon = True
            timer.start()
            try:
                return self._follow()
            except OSError as error:
                raise DataSetError(
                    "The data set cannot be written here: {reason}.", reason=error.strerror or error
                ) from error
            finally:
                timer.cancel()
                self._kill()
                if self.task.path is not None:
                    self.task.path.unlink(missing_ok=True)

    def _run(self) -> None:
        try:
            self._outcome = self.unpack()
        except Exception as error:  # kept for whoever asks
            if not isinstance(error, VitrineError):
                logger.exception("an upload could not be unpacked")
                error = _failed()
            self._outcome = error

    def _kill(self) -> None:
        with self._lock, suppress(OSError):
            if self._process is not None:
                self._process.kill()

    def _expire(self) -> None:
        self._late = True
        self._kill()

    def _follow(self) -> UploadReading:
        order = self._order()
        with self._lock:
            if self._cancelled:
                raise _stopped()
            self._process = _started()
        with self._process as process:
            assert process.stdin is not None
            with suppress(OSError):  # it has ended; why, its answer says
                process.stdin.write(json.dumps(order) + "\n")
                process.stdin.flush()
            for message in _messages(process):
                if "stage" not in message:
                    return self._told(message)
                self.progress = UnpackingProgress(
                    str(message["stage"]), int(message["done"]), int(message["total"])
                )
            process.wait()
        if self._cancelled:
            raise _stopped()
        logger.warning("a process that unpacks an upload ended with code %s", process.returncode)
        raise _late() if self._late or process.returncode in _TOO_LONG else _failed()

    def _order(self) -> dict[str, Any]:
        task, said = self.task, settings()
        limits = UploadLimits(self._room() if task.path is not None else 0, said.data_images)
        return {
            "folder": str(task.folder.absolute()),
            "zip": None if task.path is None else str(task.path.absolute()),
            "limits": asdict(limits),
            "key": task.key,
            "title": task.title,
            "kind": task.kind,
            "room_mb": ROOM_MB,
            "cpu_seconds": said.examine_seconds,
        }

    def _told(self, message: dict[str, Any]) -> UploadReading:
        if "refused" in message:
            raise DataSetError(message["refused"]["text"], **message["refused"]["values"])
        if "found" not in message:
            raise _too_large()
        try:
            return UploadReading.from_json(message["found"], self.task.key, self.task.folder / FILES)
        except (KeyError, TypeError, ValueError) as error:
            raise _failed() from error


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "compute.unpacking.child"],
        cwd=ROOT,
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _messages(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the process says; lines that are no messages are passed over."""
    assert process.stdout is not None
    while line := process.stdout.readline(LONGEST_LINE):
        with suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


_TOO_LONG = (-24,)
"""SIGXCPU, by which Linux ends a process that has had its processor time."""


def _stopped() -> DataSetError:
    return DataSetError("The upload was stopped.")


def _late() -> DataSetError:
    return DataSetError(
        "Unpacking took more than {seconds} s and was stopped. Please upload fewer images, or ask for a "
        "higher {variable}.",
        seconds=settings().examine_seconds,
        variable=VARIABLES["examine_seconds"],
    )


def _too_large() -> DataSetError:
    return DataSetError(
        "Reading this data set needs more than {megabytes} MB of memory and was stopped. Please upload "
        "a part of it.",
        megabytes=ROOM_MB,
    )


def _failed() -> DataSetError:
    return DataSetError("This data set cannot be read. It may be damaged. Please pack it again.")
