"""Arrays of a PyTorch state dictionary in the format from before version 1.6, without PyTorch.

The file is a row of pickles (a magic number, the version, facts of the machine, the dictionary, the keys of
the storages) and then, for each storage, its number of values (int64) and the values. A pickle can name any
function to call. Here it may name the four things that a state dictionary is made of, and nothing else, and
every number in it is checked before it is used.
"""

import math
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from engine.errors import ModelError

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
MOST_BYTES = 1 << 30
"""A larger file is not opened."""
MOST_TENSORS = 10_000
MOST_AXES = 8

_KINDS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class _Storage:
    """A run of values that tensors look into."""

    key: str
    kind: np.dtype[Any]
    count: int


@dataclass(frozen=True)
class _View:
    """A tensor: where it begins in its storage, its shape, and its strides, in values."""

    storage: _Storage
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        whole = (self.start, *self.shape, *self.strides)
        if len(self.shape) != len(self.strides) or len(self.shape) > MOST_AXES:
            raise ValueError("a tensor has another number of strides than of sides")
        if not all(type(number) is int and number >= 0 for number in whole):
            raise ValueError("a tensor has a side that is no natural number")
        last = self.start + sum(
            (side - 1) * step for side, step in zip(self.shape, self.strides, strict=True)
        )
        if math.prod(self.shape) and last >= self.storage.count:
            raise ValueError("a tensor reaches beyond its storage")
        if math.prod(self.shape) > self.storage.count:
            raise ValueError("a tensor is larger than its storage")

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """The tensor as an array of its own; ``values`` are those of its storage."""
        steps = [step * values.itemsize for step in self.strides]
        return as_strided(values[self.start :], self.shape, steps).copy()


def _rebuilt(storage: Any, start: Any, shape: Any, strides: Any, *_: Any) -> _View:
    """What stands in for ``torch._utils._rebuild_tensor_v2``."""
    if not isinstance(storage, _Storage):
        raise ValueError("a tensor has no storage")
    return _View(storage, start, tuple(shape), tuple(strides))


_NAMED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
    **{("torch", name): kind for name, kind in _KINDS.items()},
}
"""All that a pickle may name; nothing of it runs anything."""


class _Reader(pickle.Unpickler):
    """Reads one pickle of the row."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}") from None

    def persistent_load(self, identity: Any) -> _Storage:
        word, kind, key, _place, count, view = identity
        known = word == "storage" and view is None and isinstance(kind, np.dtype)
        if not known or type(count) is not int or count < 0:
            raise pickle.UnpicklingError("it refers to something else than a storage")
        return _Storage(str(key), kind, count)


def read_state(path: Path) -> Arrays:
    """The arrays of a state dictionary by name, float32 or int64, in the shapes of PyTorch.

    Kernels are (out, in, height, width).

    Raises:
        ModelError: the file is not of this format, names anything else, or ends too soon.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES} bytes")
        with path.open("rb") as file:
            return _read(file, path.stat().st_size)
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        AttributeError,
        IndexError,
        pickle.PickleError,
    ) as error:
        raise ModelError(
            "The weights {path} cannot be read: {reason}. Please install Vitrine again.",
            path=path,
            reason=str(error),
        ) from error


def _read(file: BinaryIO, size: int) -> Arrays:
    magic, version, _machine, state, keys = (_Reader(file).load() for _ in range(5))
    if (magic, version) != (MAGIC, VERSION):
        raise ValueError("it is not a PyTorch file of the format from before version 1.6")
    views = _views(state)
    storages = {view.storage.key: view.storage for view in views.values()}
    values = {key: _values(file, storages[key], size) for key in keys}
    return {name: view.of(values[view.storage.key]) for name, view in views.items()}


def _views(state: Any) -> dict[str, _View]:
    if not isinstance(state, dict) or len(state) > MOST_TENSORS:
        raise ValueError("it holds no state dictionary")
    if not all(isinstance(name, str) and isinstance(view, _View) for name, view in state.items()):
        raise ValueError("its dictionary holds something else than tensors")
    return dict(state)


def _values(file: BinaryIO, storage: _Storage, size: int) -> NDArray[Any]:
    (count,) = np.frombuffer(_exactly(file, 8), "<i8")
    if count != storage.count or storage.count * storage.kind.itemsize > size:
        raise ValueError("a storage has another size than the dictionary says")
    return np.frombuffer(_exactly(file, storage.count * storage.kind.itemsize), storage.kind)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise EOFError("it ends too soon")
    return data
