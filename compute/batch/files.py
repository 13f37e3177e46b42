"""File of an image in a batch: raw maps without pickle, and a manifest beside them."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from compute.batch.each import TableRow
from engine.arrays import Array
from engine.errors import StoreError
from engine.explanation import DAMAGE, MOST_BYTES, Explanation
from engine.images.untrusted_zip import unpack
from engine.npz import read_npz
from replacing import replacing

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 2**20
"""Bytes; there is a line in it for each target, parameter and figure."""


def write_maps(path: Path, explanations: Sequence[Explanation], rows: Sequence[TableRow]) -> None:
    """Write ``INDEX.NAME`` arrays and ``manifest.json`` into one NPZ: it is there completely or not at all.

    Arrays that are equal, such as the superpixels of all targets, are written once; the manifest says which.

    Args:
        path: the file.
        explanations: what was found out.
        rows: the rows of the table, ready for JSON.

    Raises:
        StoreError: the disk is full or cannot be written to.
    """
    arrays: dict[str, Array] = {}
    same: dict[str, str] = {}
    first: dict[tuple[str, tuple[int, ...], bytes], str] = {}
    for index, explanation in enumerate(explanations):
        for name, array in explanation.arrays().items():
            full = f"{index}.{name}"
            kept = first.setdefault(
                (array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).digest()), full
            )
            if kept == full:
                arrays[full] = array
            else:
                same[full] = kept
    manifest = {
        "explanations": [explanation.manifest() for explanation in explanations],
        "rows": list(rows),
        "same": same,
    }
    with replacing(path) as file:
        np.savez_compressed(file, **cast(dict[str, Any], arrays))
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))


def read_rows(path: Path) -> list[dict[str, Any]] | None:
    """The rows of a file, or None if it is not there or damaged."""
    try:
        return [dict(row) for row in _manifest(path)["rows"]]
    except DAMAGE:
        return None


def read_maps(path: Path) -> list[Explanation]:
    """The explanations that ``write_maps`` wrote; they compare equal.

    Raises:
        StoreError: the file is missing or damaged.
    """
    try:
        manifest, arrays = _manifest(path), read_npz(path, MOST_BYTES)
        arrays |= {name: arrays[kept] for name, kept in manifest["same"].items()}
        return [
            Explanation.of(facts, _of_index(arrays, index))
            for index, facts in enumerate(manifest["explanations"])
        ]
    except DAMAGE as error:
        raise StoreError(
            "The maps in {path} are missing or damaged. Please compute them again.", path=path
        ) from error


def _manifest(path: Path) -> dict[str, Any]:
    """What a file says beside its maps; raises one of ``DAMAGE``."""
    with zipfile.ZipFile(path) as archive:
        content = unpack(archive, MANIFEST, LARGEST_MANIFEST)
    if content is None:
        raise ValueError("the manifest is too large")
    found: dict[str, Any] = json.loads(content)
    return found


def _of_index(arrays: Mapping[str, Array], index: int) -> dict[str, Array]:
    start = f"{index}."
    return {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
