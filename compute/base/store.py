"""Store of finished results on disk: arrays without pickle and a manifest, bounded in bytes.

Several processes may use it at once.
"""

import errno
import json
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from engine.arrays import Array
from engine.npz import read_npz
from settings import MEGABYTE, settings

Arrays = Mapping[str, Array]
Replaces = Callable[[Mapping[str, Any]], bool]
Value = TypeVar("Value")
ABANDONED_SECONDS = 3600
MANIFEST, ARRAYS = "manifest.json", "arrays.npz"
LARGEST_MANIFEST = 2**20
"""Bytes."""
PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN})
"""Reasons for not reading a file that lie with this process and this moment, not with the file."""
_KEY = re.compile(r"[0-9a-f]{16,64}")
_WORK = ".work-"
logger = logging.getLogger(__name__)


def _never(_known: Mapping[str, Any]) -> bool:
    """What is there stays."""
    return False


@dataclass(frozen=True, eq=False)
class Stored:
    """One entry.

    Attributes:
        arrays: by name.
        facts: everything else, as it comes out of JSON.
    """

    arrays: Arrays
    facts: Mapping[str, Any]


class ResultStore:
    """Entries below one folder, the least recently used ones removed first.

    A disk that is full or read-only is a warning in the log, never an error: the result is then computed
    again.

    Args:
        folder: made when it is needed; that of ``VITRINE_CACHE`` if None.
        max_bytes: limit over all entries; that of ``VITRINE_LIMIT_STORE`` if None.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int | None = None) -> None:
        self.folder = folder or settings().cache
        self.max_bytes = settings().limit_store * MEGABYTE if max_bytes is None else max_bytes

    def get(self, key: str) -> Stored | None:
        """The entry of a key, or None; one that cannot be read is removed, whatever the reason."""
        return self.read_as(key, lambda stored: stored)

    def read_as(self, key: str, read: Callable[[Stored], Value]) -> Value | None:
        """What is made of the entry of a key, or None where there is none.

        One that cannot be read, or that ``read`` can make nothing of, is removed: nobody meets it again.
        """
        entry = self._entry(key)
        try:
            value = read(_read(entry))
        except FileNotFoundError:
            if entry.exists() and not all((entry / name).exists() for name in (MANIFEST, ARRAYS)):
                self._discard(entry, "incomplete")
            return None
        except Exception as error:  # damage makes libraries raise whatever they like
            if isinstance(error, OSError) and error.errno in PASSING:
                logger.warning("the stored result %s cannot be read: %s", entry.name, error)
            else:
                self._discard(entry, error)
            return None
        self._touch(entry)
        return value

    def put(self, key: str, arrays: Arrays, facts: Mapping[str, Any], replaces: Replaces = _never) -> None:
        """Keep an entry.

        Args:
            key: its name, 16 to 64 hexadecimal digits.
            arrays, facts: what is kept.
            replaces: told the facts of an entry that is there already, whether this one takes its place.
        """
        entry = self._entry(key)
        if entry.exists() and not self._gives_way(key, replaces):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=_WORK, dir=self.folder, ignore_cleanup_errors=True
            ) as work:
                made = Path(work) / "entry"
                _write(made, arrays, facts)
                _rename(made, entry)
            self._evict(spare=entry)
        except OSError as error:
            logger.warning("the result is not kept: %s", error)

    def _gives_way(self, key: str, replaces: Replaces) -> bool:
        """Remove an entry that is to be replaced; True if there is none any more."""
        if replaces is not _never and self.read_as(key, lambda stored: replaces(stored.facts)):
            self._discard(self._entry(key), None)
        return not self._entry(key).exists()

    def forget(self, unwanted: Callable[[Mapping[str, Any]], bool]) -> None:
        """Remove entries by their facts, and those of which nobody can say what they are about."""
        for _used, _size, entry in self._listing():
            try:
                if unwanted(_manifest(entry)["facts"]):
                    self._discard(entry, None)
            except Exception as error:
                self._discard(entry, error)

    def sizes(self) -> dict[str, int]:
        """Bytes of each entry, the least recently used first."""
        return {entry.name: size for _, size, entry in self._listing()}

    def _entry(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"a key is 16 to 64 hexadecimal digits; received {key!r}")
        return self.folder / key

    def _touch(self, entry: Path) -> None:
        try:
            os.utime(entry / MANIFEST)
        except OSError as error:  # removed by others, or a read-only disk: what was read is still good
            logger.debug("%s: %s", entry, error)

    def _listing(self) -> list[tuple[float, int, Path]]:
        """Time of last use, bytes and folder of each entry, oldest first."""
        found = []
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            if _KEY.fullmatch(entry.name):
                try:
                    states = [file.stat() for file in entry.iterdir()]
                except OSError:  # removed by another process meanwhile
                    continue
                used = max((state.st_mtime for state in states), default=0.0)
                found.append((used, sum(state.st_size for state in states), entry))
        return sorted(found)

    def _evict(self, spare: Path) -> None:
        """Remove what was not used for longest until the rest fits, and what killed processes left behind."""
        entries = self._listing()
        total = sum(size for _, size, _ in entries)
        for _, size, entry in entries:
            if total <= self.max_bytes:
                break
            if entry != spare or size > self.max_bytes:
                self._discard(entry, None)
                total -= size
        for work in self.folder.glob(f"{_WORK}*"):
            if time.time() - _age_mark(work) > ABANDONED_SECONDS:
                shutil.rmtree(work, ignore_errors=True)

    def _discard(self, entry: Path, reason: object) -> None:
        """Remove an entry at once, as others see it."""
        try:
            with tempfile.TemporaryDirectory(
                prefix=_WORK, dir=self.folder, ignore_cleanup_errors=True
            ) as work:
                os.rename(entry, Path(work) / "entry")
        except FileNotFoundError:  # removed by another process meanwhile
            return
        except OSError as error:
            logger.warning("the stored result %s (%s) cannot be removed: %s", entry.name, reason, error)
            return
        if reason is not None:
            logger.warning("the stored result %s was damaged and is removed: %s", entry.name, reason)


def _age_mark(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _read(entry: Path) -> Stored:
    """An entry; whatever is wrong with it raises something."""
    manifest = _manifest(entry)
    arrays = read_npz(entry / ARRAYS, most=_size(entry / ARRAYS))  # they are not packed
    if not isinstance(manifest["facts"], dict):
        raise TypeError("the facts are no object")
    return Stored({name: arrays[name] for name in manifest["arrays"]}, manifest["facts"])


def _manifest(entry: Path) -> dict[str, Any]:
    """What is said of an entry, as it comes out of JSON."""
    if _size(entry / MANIFEST) > LARGEST_MANIFEST:
        raise ValueError("the manifest is too large")
    found: dict[str, Any] = json.loads((entry / MANIFEST).read_text("utf-8"))
    return found


def _size(file: Path) -> int:
    """Bytes of a file; a pipe, which would be waited for, is none."""
    state = file.stat()
    if not stat.S_ISREG(state.st_mode):
        raise ValueError(f"{file.name} is no file")
    return state.st_size


def _write(folder: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    folder.mkdir()
    np.savez(folder / ARRAYS, **cast(dict[str, Any], dict(arrays)))
    (folder / MANIFEST).write_text(
        json.dumps({"arrays": list(arrays), "facts": dict(facts)}, indent=2) + "\n", "utf-8"
    )


def _rename(made: Path, entry: Path) -> None:
    """Put a finished folder in its place, unless another process was first."""
    try:
        os.rename(made, entry)
    except OSError:
        if not entry.exists():
            raise
