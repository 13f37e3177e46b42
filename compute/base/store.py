"""Store of finished results on disk: arrays without pickle and a manifest, bounded in bytes.

Several processes may use it at once.
"""

import json
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine.arrays import Array
from engine.images.untrusted_zip import DAMAGE
from settings import MEGABYTE, settings

Arrays = Mapping[str, Array]
Replaces = Callable[[Mapping[str, Any]], bool]
ABANDONED_SECONDS = 3600
FILES = ("manifest.json", "arrays.npz")
_KEY = re.compile(r"[0-9a-f]{16,64}")
_WORK = ".work-"
_BROKEN = (*DAMAGE, KeyError, TypeError)
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
        """The entry of a key, or None; a damaged entry is removed."""
        entry = self._entry(key)
        try:
            facts = json.loads((entry / "manifest.json").read_text("utf-8"))
            with np.load(entry / "arrays.npz", allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in facts["arrays"]}
            self._touch(entry)
        except FileNotFoundError:
            if entry.exists() and not all((entry / name).exists() for name in FILES):
                self._discard(entry, "incomplete")
            return None
        except OSError as error:
            logger.warning("the stored result %s cannot be read: %s", entry, error)
            return None
        except _BROKEN as error:
            self._discard(entry, error)
            return None
        return Stored(arrays, facts["facts"])

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
        known = None if replaces is _never else self.get(key)
        if known is not None and replaces(known.facts):
            self._discard(self._entry(key), None)
        return not self._entry(key).exists()

    def remove(self, key: str, reason: object) -> None:
        """Remove an entry that can be read and makes no sense."""
        self._discard(self._entry(key), reason)

    def forget(self, unwanted: Callable[[Mapping[str, Any]], bool]) -> None:
        """Remove entries by their facts."""
        for _used, _size, entry in self._listing():
            try:
                facts = json.loads((entry / "manifest.json").read_text("utf-8"))["facts"]
                if unwanted(facts):
                    self._discard(entry, None)
            except _BROKEN:  # removed by another process meanwhile, or damaged: "get" sees to it
                continue

    def sizes(self) -> dict[str, int]:
        """Bytes of each entry, the least recently used first."""
        return {entry.name: size for _, size, entry in self._listing()}

    def _entry(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"a key is 16 to 64 hexadecimal digits; received {key!r}")
        return self.folder / key

    def _touch(self, entry: Path) -> None:
        try:
            os.utime(entry / "manifest.json")
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
        except OSError as error:  # removed by another process meanwhile, or a read-only disk
            logger.debug("%s: %s", entry, error)
            return
        if reason is not None:
            logger.warning("the stored result %s was damaged and is removed: %s", entry.name, reason)


def _age_mark(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _write(folder: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    folder.mkdir()
    np.savez(folder / "arrays.npz", **cast(dict[str, Any], dict(arrays)))
    (folder / "manifest.json").write_text(
        json.dumps({"arrays": list(arrays), "facts": dict(facts)}, indent=2) + "\n", "utf-8"
    )


def _rename(made: Path, entry: Path) -> None:
    """Put a finished folder in its place, unless another process was first."""
    try:
        os.rename(made, entry)
    except OSError:
        if not entry.exists():
            raise
