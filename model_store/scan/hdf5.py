"""Scanner of HDF5 files: only plain arrays in the file itself, and of a whole model its description."""

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

_DAMAGED = later("{name} is damaged: {reason}. Please save or copy the model again.")


def scan_whole_model(path: Path, trusted: bool) -> None:
    """Lets only a whole Keras model pass whose layers are known; Keras itself would not look for code in this
    format.

    Raises:
        ModelError: it is damaged, holds weights alone, or something that is not allowed.
    """
    config = scan_hdf5(path, path.name)
    if config is None:
        raise ModelError(
            "{name} holds weights without their model. Please save the whole model, with model.save(...).",
            name=path.name,
        )
    description = parsed(config, MODEL_CONFIG)
    if not trusted:
        refuse_unknown_layers(description, legacy=True)


def scan_hdf5(source: Path | BinaryIO, name: str) -> bytes | str | None:
    """Lets only plain arrays pass: no links to other files, nothing virtual, nothing that is far larger than
    the file.

    Returns:
        The description of the model, if there is one.

    Raises:
        ModelError: it is damaged or holds something else.
    """
    import h5py

    size = source.stat().st_size if isinstance(source, Path) else len(source.getbuffer())  # type: ignore[attr-defined]
    try:
        with h5py.File(source, "r") as file:
            _refuse_odd_objects(h5py, file, max(SMALL, HIGHEST_RATIO * size), name)
            config: bytes | str | None = file.attrs.get(MODEL_CONFIG)
            return config
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, UnicodeError, OverflowError) as error:
        raise ModelError(_DAMAGED, name=name, reason=str(error)[:120] or type(error).__name__) from error


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
