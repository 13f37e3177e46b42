"""Rows of a table as they come in, part by part, and how far it is."""

import threading
from collections import deque
from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any

import numpy as np
import pyarrow as pa

from compute.base.pace import RECENT, Arrival, pace_of
from compute.measure.measure import ITEM, POSITION
from compute.measure.shelf import Shelf
from compute.work.contract import Cut, Part, Progress, Sheet, State, measured_progress
from engine.arrays import Array, LongInts

SECONDS = "seconds"
"""Name in the metadata of a part's rows."""


class RowSheet(Sheet):
    """Rows by item as they come in; safe to read and write from several threads.

    Args:
        digests: of the items, in their order.
        shelf: where rows are kept.
        chunk: images of a part.
    """

    def __init__(self, digests: Sequence[str], shelf: Shelf, chunk: int) -> None:
        self.shelf = shelf
        self._chunk = chunk
        self._digests = digests
        self._rows = np.full(len(digests), -1, np.int64)
        self._tables: list[pa.Table] = []
        self._count = 0
        self._seconds = 0.0
        self._arrivals: deque[Arrival] = deque(maxlen=RECENT)
        self._lock = threading.RLock()

    def find(self) -> None:
        """Enter the rows that are kept."""
        places = {digest: place for place, digest in enumerate(self._digests)}
        for table in self.shelf.find():
            digests = table[ITEM].to_pylist()
            known = [row for row, digest in enumerate(digests) if digest in places]
            self._rows[[places[digests[row]] for row in known]] = self._count + np.arange(len(known))
            self._tables.append(table.take(pa.array(known, pa.int64())))
            self._count += len(known)

    @property
    def complete(self) -> bool:
        return bool((self._rows >= 0).all())

    def has(self, part: Part) -> bool:
        return bool((self._rows[part[0] : part[1]] >= 0).all())

    def missing(self, coming: Collection[Part] = (), cut: Cut = Cut.WHOLE) -> Sequence[Part]:
        """First item of each missing chunk and the one after its last; chunks begin at multiples of their
        size whatever was done before, so that whoever goes on asks the same images together.
        """
        wanted = self._rows < 0
        for part in coming:
            wanted[part[0] : part[1]] = False
        places = np.flatnonzero(wanted)
        breaks = np.flatnonzero((np.diff(places) > 1) | (places[1:] % self._chunk == 0)) + 1
        return [(int(part[0]), int(part[-1]) + 1) for part in np.split(places, breaks) if len(part)]

    def turn(self, part: Part) -> int:
        return int(part[0]) // self._chunk

    def add(self, part: Part, value: pa.Table) -> None:
        with self._lock:
            if self.has(part):
                return
            self.shelf.add(value)
            light = self.shelf.light(value)
            self._rows[part[0] : part[1]] = self._count + np.arange(len(light))
            self._tables.append(light)
            self._count += len(light)
            self._seconds += float((value.schema.metadata or {}).get(SECONDS.encode(), 0.0))
            self._arrivals.append((monotonic(), len(light)))

    def table(self) -> pa.Table:
        """Rows in the order of the items."""
        with self._lock:
            done = np.flatnonzero(self._rows >= 0)
            if not len(done):
                return self.shelf.empty().append_column(POSITION, pa.array([], pa.int64()))
            whole = pa.concat_tables(self._tables).take(pa.array(self._rows[done]))
        return whole.append_column(POSITION, pa.array(done))

    def heavy(self, name: str) -> tuple[LongInts, Array]:
        """Positions that have a value of a heavy column, and the values."""
        positions, chosen = self._heavy_rows(name)
        flat = chosen.flatten().to_numpy(zero_copy_only=False)
        return positions, flat.reshape(len(positions), -1) if len(positions) else flat.reshape(0, 0)

    def ragged(self, name: str) -> tuple[LongInts, list[Array]]:
        """Positions that have a value of a heavy column, and the values, of any length each."""
        positions, chosen = self._heavy_rows(name)
        flat = chosen.flatten().to_numpy(zero_copy_only=False)
        ends = np.cumsum(chosen.value_lengths().to_numpy(zero_copy_only=False))
        return positions, np.split(flat, ends[:-1]) if len(positions) else []

    def _heavy_rows(self, name: str) -> tuple[LongInts, Any]:
        """Positions that have a value of a heavy column, and these as a list of lists."""
        found = self.shelf.heavy(name)
        rows = {digest: row for row, digest in enumerate(found[ITEM].to_pylist())}
        values = found[name].combine_chunks()
        valid = values.is_valid().to_numpy(zero_copy_only=False)
        pairs = [(place, rows.get(digest, -1)) for place, digest in enumerate(self._digests)]
        kept = [(place, row) for place, row in pairs if row >= 0 and valid[row]]
        positions = np.array([place for place, _ in kept], np.int64)
        return positions, values.take(pa.array([row for _, row in kept], pa.int64()))

    def progress(self, state: State) -> Progress:
        with self._lock:
            done = int((self._rows >= 0).sum())
            pace = pace_of(list(self._arrivals), 0.0, state == "running")
            return measured_progress(Progress(done, len(self._rows), self._seconds, None, state), pace)
