"""Storage of the answers of a batch until all of them are in the table: what is done is what is kept."""

import hashlib
import re
import threading
from abc import ABC, abstractmethod
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from compute.base.keys import digest_of
from compute.base.parquet import DAMAGE, opened_table
from compute.batch.each import Answers, EachImage, TableRow
from compute.batch.files import read_rows, write_maps
from compute.batch.pictures import BatchItem
from engine.errors import StoreError
from replacing import remove_leftovers, replacing

MAPS, PARTS = "maps", "parts"
PART_IMAGES, PART_SECONDS = 256, 5.0
"""A part is written when it has so many images, or is so old: more is not lost with the process."""

ITEM = "_item"
"""Column of the parts that says which image of which question a row is of."""


class Keeping(ABC):
    """Answers that are kept, by image.

    Args:
        folder: of the batch.
        name: of the folder in it.
        key: of the question.

    Raises:
        StoreError: the folder cannot be made.
    """

    def __init__(self, folder: Path, name: str, key: str) -> None:
        self.folder = folder / name
        self._key = key
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                "The folder {folder} cannot be made: {reason}.", folder=folder, reason=error.strerror
            ) from error
        remove_leftovers(folder)
        remove_leftovers(self.folder)

    def digest_of(self, item: BatchItem, data: bytes) -> str:
        """16 hex digits of question, place and content, so nothing else is ever taken for it."""
        return digest_of(self._key, item.name, hashlib.sha256(data).hexdigest())[:16]

    @abstractmethod
    def find(self, item: BatchItem, data: bytes) -> list[TableRow] | None:
        """The rows of an image that is done, or None."""

    @abstractmethod
    def keep(self, item: BatchItem, data: bytes, answers: Answers, common: TableRow) -> tuple[TableRow, ...]:
        """Keep what was found out about an image; its rows as they stand in the table.

        Raises:
            StoreError: the disk is full or cannot be written to.
        """

    @abstractmethod
    def rows(self, name: str) -> list[TableRow]:
        """The rows of an image that is done."""

    def flush(self) -> None:  # noqa: B027 (files of images are written at once)
        """Write what is only in memory."""


class MapFiles(Keeping):
    """One NPZ for each image, with its maps and rows."""

    def __init__(self, folder: Path, key: str) -> None:
        super().__init__(folder, MAPS, key)
        self._paths: dict[str, Path] = {}

    def path_of(self, item: BatchItem, data: bytes) -> Path:
        """Where the maps of an image are."""
        stem = re.sub(r"[^A-Za-z0-9.]+", "-", item.name).strip("-.")[-60:]
        return self.folder / f"{stem or 'picture'}-{self.digest_of(item, data)}.npz"

    def find(self, item: BatchItem, data: bytes) -> list[TableRow] | None:
        path = self.path_of(item, data)
        rows = read_rows(path)
        if rows is not None:
            self._paths[item.name] = path
        return None if rows is None else list(rows)

    def keep(self, item: BatchItem, data: bytes, answers: Answers, common: TableRow) -> tuple[TableRow, ...]:
        path = self.path_of(item, data)
        of_file = {"maps": f"{MAPS}/{path.name}", "error": None}
        rows = tuple({**common, **row, **of_file} for row in answers.rows)
        write_maps(path, answers.maps, rows)
        self._paths[item.name] = path
        return rows

    def rows(self, name: str) -> list[TableRow]:
        return list(read_rows(self._paths[name]) or ())


class RowParts(Keeping):
    """Rows of many images in a few Parquet files, which only ever grow in number."""

    def __init__(self, folder: Path, key: str, schema: pa.Schema) -> None:
        super().__init__(folder, PARTS, key)
        self._schema = schema.append(pa.field(ITEM, pa.string()))
        self._waiting: dict[str, list[dict[str, Any]]] = {}
        self._since = monotonic()
        self._where: dict[str, Path] = {}
        self._digests: dict[str, str] = {}
        self._lock = threading.RLock()
        for path in sorted(self.folder.glob("*.parquet")):
            self._where |= dict.fromkeys(_items_of(path), path)

    def find(self, item: BatchItem, data: bytes) -> list[TableRow] | None:
        digest = self.digest_of(item, data)
        self._digests[item.name] = digest
        return self._read(digest)

    def keep(self, item: BatchItem, data: bytes, answers: Answers, common: TableRow) -> tuple[TableRow, ...]:
        digest = self.digest_of(item, data)
        self._digests[item.name] = digest
        rows = tuple({**common, **row, "error": None} for row in answers.rows)
        with self._lock:
            self._waiting[digest] = [{**row, ITEM: digest} for row in rows]
            if len(self._waiting) >= PART_IMAGES or monotonic() - self._since >= PART_SECONDS:
                self.flush()
        return rows

    def flush(self) -> None:
        with self._lock:
            self._since = monotonic()
            if not self._waiting:
                return
            path = self.folder / f"{uuid4().hex}.parquet"
            with replacing(path) as file:
                rows = [row for rows in self._waiting.values() for row in rows]
                pq.write_table(pa.Table.from_pylist(rows, self._schema), file)
            self._where |= dict.fromkeys(self._waiting, path)
            self._waiting = {}

    def rows(self, name: str) -> list[TableRow]:
        return self._read(self._digests[name]) or []

    def _read(self, digest: str) -> list[TableRow] | None:
        if digest in self._waiting:
            return [_plain(row) for row in self._waiting[digest]]
        path = self._where.get(digest)
        rows = None if path is None else _part(path).get(digest)
        return None if rows is None else [_plain(row) for row in rows]


def _items_of(path: Path) -> set[str]:
    """The images that a part has; none if it is damaged."""
    try:
        with opened_table(path) as stored:
            return set(stored.read([ITEM])[ITEM].to_pylist())
    except DAMAGE:
        return set()


@lru_cache(maxsize=8)
def _part(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a part by image; none if it is damaged."""
    rows: dict[str, list[dict[str, Any]]] = {}
    try:
        with opened_table(path) as stored:
            for row in stored.read().to_pylist():
                rows.setdefault(row[ITEM], []).append(row)
    except DAMAGE:
        return {}
    return rows


def _plain(row: dict[str, Any]) -> TableRow:
    return {name: value for name, value in row.items() if name != ITEM}


def keeping_of(spec: EachImage, folder: Path, key: str) -> Keeping:
    """Where the answers to a question are kept."""
    return MapFiles(folder, key) if spec.has_maps else RowParts(folder, key, spec.schema)
