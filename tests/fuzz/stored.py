"""Doors for what was written before: results in the store, files of batches, and words that are printed."""

import io
import json
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from commands.terminal import tamed
from commands.trust.score import read_map
from components.words.plain import as_text
from compute.base.store import ARRAYS, MANIFEST, ResultStore, Stored
from compute.batch.files import read_maps, read_rows, write_maps
from compute.batch.keeping import _items_of, _part
from engine.errors import StoreError, VitrineError
from engine.explanation import Cost, Explanation, Provenance
from engine.targets import ZoneTarget
from model_store.own.label_sets import labels_from_text

KEY = "0123456789abcdef"
SCORES = {"scores": np.arange(12, dtype=np.float32).reshape(4, 3), "firsts": np.zeros(4, bool)}
FACTS = {"seconds": 1.5, "runs": 4}
FILES = {"npz": ARRAYS, "json": MANIFEST}
NAMES = "tench\n0: [goldfish](http://x)\ncaf\u00e9, www.x.org\n"


def open_a_result(data: bytes, kind: str, folder: Path) -> None:
    """An entry of the store one of whose files is another one: what cannot be read must be gone."""
    store = ResultStore(folder, 2**30)
    store.put(KEY, SCORES, FACTS)
    (folder / KEY / FILES[kind]).write_bytes(data)
    if store.read_as(KEY, _scores) is None:
        if store.sizes():
            raise AssertionError("a damaged entry stays")
        raise StoreError("The entry is damaged.")


def _scores(stored: Stored) -> float:
    return float(stored.arrays["scores"].sum()) + float(stored.facts["seconds"])


def open_a_part(data: bytes, kind: str, folder: Path) -> None:
    """Rows that a batch has kept."""
    path = folder / "part.parquet"
    path.write_bytes(data)
    if not (_items_of(path) and _part(path)):
        raise StoreError("The part is damaged.")


def open_maps(data: bytes, kind: str, folder: Path) -> None:
    """Maps and rows that a batch has kept of one picture."""
    path = folder / "maps.npz"
    path.write_bytes(data)
    read_rows(path)
    read_maps(path)


def open_a_map(data: bytes, kind: str, folder: Path) -> None:
    """A map of another tool that is to be graded."""
    path = folder / f"map.{'npy' if kind == 'npy' else 'npz'}"
    path.write_bytes(data)
    read_map(path)


def take_names(data: bytes, kind: str, folder: Path) -> None:
    """A text file with the names of classes, and what the command line prints of it."""
    text = data.decode("utf-8", "surrogateescape")
    seen = (letter for letter in tamed(text) if letter != "\n" and unicodedata.category(letter) != "Zs")
    if not "".join(seen).isprintable():
        raise AssertionError("a sign steers the terminal")
    as_text(text)
    try:
        labels_from_text(data.decode("utf-8"), 3)
    except UnicodeDecodeError as error:
        raise VitrineError("This file is no text.") from error


def stored_seeds() -> dict[str, bytes]:
    """A good file for each of these doors."""
    buffer = io.BytesIO()
    np.savez(buffer, **SCORES)  # type: ignore[arg-type]
    one = io.BytesIO()
    np.save(one, SCORES["scores"])
    manifest = json.dumps({"arrays": list(SCORES), "facts": FACTS}).encode()
    return {
        "npz": buffer.getvalue(),
        "npy": one.getvalue(),
        "json": manifest,
        "parquet": _rows(),
        "maps": _maps(),
        "names": NAMES.encode(),
    }


def _rows() -> bytes:
    buffer = io.BytesIO()
    rows = [{"_item": f"{number:016x}", "mean": [0.5, number / 8]} for number in range(8)]
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def _maps() -> bytes:
    values = np.random.default_rng(3).random((4, 4)).astype(np.float32)
    target, origin = ZoneTarget(1, np.eye(6, 8, dtype=bool)), Provenance("toy", "f" * 64, "x", "0" * 64)
    found = Explanation(values, False, target, "sobol", {"grid": 4}, 0.5, Cost(24), origin)
    with TemporaryDirectory() as folder:
        write_maps(Path(folder, "maps"), (found, found), ({"picture": "x"},))
        return Path(folder, "maps").read_bytes()
