"""The model doctor: examines a model that somebody has brought in a process of its own.

The file is a stranger's. A crash, an endless loop, or eaten memory ends that process, and is a sentence here.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from compute.cluster.processes import ROOT
from compute.doctor.child import ORDER, PICTURES
from compute.doctor.diagnosis import Diagnosis, Outline
from compute.doctor.endings import ended, stopped, too_large, too_slow
from engine.errors import ModelError
from engine.images.picture import Picture
from settings import PREFIX, settings

logger = logging.getLogger(__name__)

OnStage = Callable[[str], None]
Check = Callable[[Outline], None]

AT_ONCE = 1
"""Examinations at the same time in one server; others wait."""

_PASSED_ON = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV"),
    *("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE"),  # without which nothing starts on Windows
)
_PREFIXES = (PREFIX, "TF_", "OMP_", "MKL_", "OPENBLAS_")
_LONGEST_LINE = 32 * 2**20
ERRORS, LAST_BYTES = "errors.txt", 4000
_turns = threading.BoundedSemaphore(AT_ONCE)


class Examination:
    """An examination in a thread and a process of its own.

    Args:
        path: the file or folder.
        pictures: samples of what it might be for.
        size_hw: of the largest pictures that it is to look at, where it takes any; None for the usual size.
        check: called with what is known once it is loaded; a ``ModelError`` of it ends the examination.

    Attributes:
        stage: what is being done.
        outline: what is known once it is loaded; None before.
    """

    def __init__(
        self,
        path: Path,
        pictures: Sequence[Picture],
        size_hw: tuple[int, int] | None = None,
        check: Check = lambda _outline: None,
    ) -> None:
        self._path, self._pictures, self._size_hw = path, tuple(pictures), size_hw
        self._check = check
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = self._late = False
        self._outcome: Diagnosis | Exception | None = None
        self.stage = "wait"
        self.outline: Outline | None = None

    def start(self) -> Examination:
        """Begin, in a thread; gives itself."""
        threading.Thread(target=self._run, name="examination", daemon=True).start()
        return self

    def _run(self) -> None:
        try:
            self._outcome = self.examine()
        except Exception as error:  # kept for whoever asks
            self._outcome = error

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._outcome is not None

    def result(self) -> Diagnosis:
        """The diagnosis, once it is done.

        Raises:
            ModelError: the model cannot be used; the sentence says why.
        """
        if self._outcome is None:
            raise RuntimeError("the examination is not done")
        if isinstance(self._outcome, Diagnosis):
            return self._outcome
        raise self._outcome

    def cancel(self) -> None:
        """End it; its outcome is an error then."""
        self._cancelled = True
        self._kill()

    def _kill(self) -> None:
        with self._lock, suppress(OSError):
            if self._process is not None:
                self._process.kill()

    def _expire(self) -> None:
        self._late = True
        self._kill()

    def examine(self, on_stage: OnStage = lambda _stage: None) -> Diagnosis:
        """The same, waiting for it.

        Raises:
            ModelError: the model cannot be used; the sentence says why.
        """
        try:
            return self._examine(on_stage)
        except OSError as error:
            raise ModelError(
                "The model cannot be examined now: {reason}. Please try again later, or ask the "
                "administrator of this server to free space.",
                reason=error.strerror or error,
            ) from error

    def _examine(self, on_stage: OnStage) -> Diagnosis:
        seconds = settings().examine_seconds
        with _turns, tempfile.TemporaryDirectory(prefix="vitrine-examine-") as folder:
            self._write_order(Path(folder), seconds)
            timer = threading.Timer(seconds, self._expire)
            timer.start()
            try:
                return self._follow(folder, on_stage)
            finally:
                timer.cancel()
                self._kill()

    def _write_order(self, folder: Path, seconds: int) -> None:
        order = {
            "path": str(self._path.absolute()),
            "size_hw": self._size_hw,
            "memory_mb": settings().examine_mb,
            "cpu_seconds": seconds * (os.cpu_count() or 1),
        }
        (folder / ORDER).write_text(json.dumps(order), "utf-8")
        pictures = {picture.name.replace("/", "-"): picture.pixels for picture in self._pictures}
        np.savez(folder / PICTURES, **pictures)  # type: ignore[arg-type]

    def _follow(self, folder: str, on_stage: OnStage) -> Diagnosis:
        with self._lock:
            if self._cancelled:
                raise stopped()
            self._process = _start(folder)
        with self._process as process:
            for message in _messages(process):
                if "stage" in message:
                    self.stage = str(message["stage"])
                    on_stage(self.stage)
                elif "outline" in message:
                    self.outline = Outline.from_json(message["outline"])
                    self._check(self.outline)
                else:
                    return _told(message)
            process.wait()
        if self._cancelled:
            raise stopped()
        logger.warning("an examination ended with code %s: %s", process.returncode, _last_words(Path(folder)))
        raise too_slow() if self._late else ended(process.returncode, self._path)


def examine(
    path: Path,
    pictures: Sequence[Picture],
    on_stage: OnStage = lambda _stage: None,
    size_hw: tuple[int, int] | None = None,
    check: Check = lambda _outline: None,
) -> Diagnosis:
    """What can be found out about a model, in a process with limits; this waits for it.

    Args:
        path: the file or folder.
        pictures: samples of what it might be for.
        on_stage: called with each stage when it begins.
        size_hw: of the largest pictures that it is to look at, where it takes any; None for the usual size.
        check: called with what is known once it is loaded; a ``ModelError`` of it ends the examination.

    Raises:
        ModelError: the model cannot be used, or took too much time or memory; the sentence says which.
    """
    return Examination(path, pictures, size_hw, check).examine(on_stage)


def _start(folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "compute.doctor.child", folder]
    with (Path(folder) / ERRORS).open("wb") as errors:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )


def _last_words(folder: Path) -> str:
    """The end of what the process wrote to its error stream."""
    with (folder / ERRORS).open("rb") as stream:
        stream.seek(max(stream.seek(0, os.SEEK_END) - LAST_BYTES, 0))
        return stream.read().decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    """What the process is told: no secrets of the server, no network, no graphics card."""
    passed = {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PREFIXES)
    }
    return {
        **passed,
        "CUDA_VISIBLE_DEVICES": "-1",
        "HF_HUB_OFFLINE": "1",
        "MALLOC_ARENA_MAX": "4",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _messages(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the process says; lines that are no messages are passed over."""
    if process.stdout is None:
        return
    while line := process.stdout.readline(_LONGEST_LINE):
        with suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


def _told(message: dict[str, Any]) -> Diagnosis:
    if "diagnosis" in message:
        return Diagnosis.from_json(message["diagnosis"])
    if "refused" in message:
        raise ModelError(message["refused"]["text"], **message["refused"]["values"])
    raise too_large()
