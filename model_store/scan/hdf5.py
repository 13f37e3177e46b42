"""Scanner of HDF5 files: only plain arrays in the file itself, and of a whole model its description."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.errors import ModelError
from engine.phrase import later
from model_store.scan.json import parsed
from model_store.scan.layers import refuse_unknown_layers

MODEL_CONFIG = "model_config"
MOST_OBJECTS = 200_000
HIGHEST_RATIO = 50
SMALL = 64 * 2**20

SIGNATURE, SUPERBLOCK = b"\x89HDF\r\n\x1a\n", 64
"""What the format begins with, and as many bytes as its places below need."""


@dataclass(frozen=True)
class SuperblockLayout:
    """Where a version of the format says how long the file is (HDF5 File Format Specification 3.0, II.A).

    Attributes:
        width: place of the byte that says how many bytes an address has.
        addresses: place of the first address, that of the file's beginning.
        end: the address of its end is so many addresses further on.
    """

    width: int
    addresses: int
    end: int


_LAYOUTS = {
    0: SuperblockLayout(13, 24, 2),
    1: SuperblockLayout(13, 28, 2),
    2: SuperblockLayout(9, 12, 2),
    3: SuperblockLayout(9, 12, 2),
}
"""By version."""

_DAMAGED = later("{name} is damaged: {reason}. Please save or copy the model again.")


def hdf5_library() -> Any:
    """The library that reads them."""
    import h5py

    return h5py


def scan_whole_model(file: BinaryIO, trusted: bool) -> None:
    """Lets only a whole Keras model pass whose layers are known; Keras itself would not look for code in this
    format.

    Raises:
        ModelError: it is damaged, holds weights alone, or something that is not allowed.
    """
    name = Path(file.name).name
    config = scan_hdf5(file, name)
    if config is None:
        raise ModelError(
            "{name} holds weights without their model. Please save the whole model, with model.save(...).",
            name=name,
        )
    description = parsed(config, MODEL_CONFIG)
    if not trusted:
        refuse_unknown_layers(description, legacy=True)


def scan_hdf5(source: BinaryIO, name: str) -> bytes | str | None:
    """Lets only plain arrays pass: no links to other files, nothing virtual, nothing that is far larger than
    the file, and no bytes before or behind what HDF5 reads.

    Args:
        source: an open file, or one in memory.
        name: what it is called.

    Returns:
        The description of the model, if there is one.

    Raises:
        ModelError: it is damaged or holds something else.
    """
    h5py, size = hdf5_library(), source.seek(0, os.SEEK_END)
    _refuse_other_bytes(source, size, name)
    try:
        with h5py.File(source, "r") as file:
            _refuse_odd_objects(h5py, file, max(SMALL, HIGHEST_RATIO * size), name)
            config: bytes | str | None = file.attrs.get(MODEL_CONFIG)
            return config
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, UnicodeError, OverflowError) as error:
        raise ModelError(_DAMAGED, name=name, reason=str(error)[:120] or type(error).__name__) from error


def _refuse_other_bytes(source: BinaryIO, size: int, name: str) -> None:
    """Refuses a file that begins, or goes on, with something else: it may be of another kind as well."""
    source.seek(0)
    head = source.read(SUPERBLOCK)
    layout = _LAYOUTS.get(head[8]) if head.startswith(SIGNATURE) and len(head) == SUPERBLOCK else None
    if layout is None:
        raise ModelError(_DAMAGED, name=name, reason="it does not begin as HDF5 does")
    width, first = head[layout.width], layout.addresses
    base, end = (
        int.from_bytes(head[place : place + width], "little") for place in (first, first + layout.end * width)
    )
    if base or end < size:
        raise ModelError(
            "{name} holds bytes that do not belong to it, and could be read as another kind of file. It is "
            "not read. Please save the model again.",
            name=name,
        )


def _refuse_odd_objects(h5py: Any, file: Any, room: int, name: str) -> None:
    waiting, seen = [file], set()
    while waiting:
        group = waiting.pop()
        for key in group:
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ModelError(
                    "{name} holds the link {key!r}, which may lead to other files. It is not read.",
                    name=name,
                    key=str(key)[:60],
                )
            item = group[key]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            else:
                room -= _plain_bytes(item, name)
            if room < 0 or len(seen) > MOST_OBJECTS:
                raise ModelError(
                    "{name} would become far larger when it is read than it is: a bomb, or "
                    "damaged. It is not read.",
                    name=name,
                )


def _plain_bytes(item: Any, name: str) -> int:
    """Bytes of a plain array."""
    if not hasattr(item, "dtype") or not hasattr(item, "shape"):
        raise ModelError("{name} holds a type of its own, which no model needs. It is not read.", name=name)
    if getattr(item, "external", None) or getattr(item, "is_virtual", False) or item.dtype.kind == "O":
        raise ModelError(
            "{name} holds {key!r}, whose content lies elsewhere. It is not read.",
            name=name,
            key=str(item.name)[:60],
        )
    return int(item.nbytes)
