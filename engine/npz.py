"""Arrays in an NPZ, without pickle; headers are checked before memory is taken, whoever wrote them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine.arrays import Array
from engine.images.untrusted_zip import count_entries, unpack

Arrays = dict[str, Array]
SUFFIX = ".npy"
MOST_MEMBERS = 4096
"""An archive makes an object for each member, however little is in it."""
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class ArraysTooLargeError(ValueError):
    """Arrays that are larger together than they may be."""


def npz_of(arrays: Mapping[str, Array]) -> bytes:
    """The file content of an NPZ."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **cast(dict[str, Any], dict(arrays)))
    return buffer.getvalue()


def read_npz(source: bytes | Path, most: int) -> Arrays:
    """The arrays of an NPZ that may come from anybody; members that are no arrays are passed over.

    Args:
        source: the file content, or the file.
        most: bytes that they may have together.

    Raises:
        ArraysTooLargeError: they are larger.
        ValueError: a header lies, or there are objects inside.
        DAMAGE: one of ``engine.images.untrusted_zip.DAMAGE``, where it is damaged.

    Example:
        >>> read_npz(npz_of({"scores": np.array([1, 2])}), most=1000)
        {'scores': array([1, 2])}
        >>> read_npz(npz_of({"scores": np.zeros(1000)}), most=1000)
        Traceback (most recent call last):
        engine.npz.ArraysTooLargeError: the arrays are too large
    """
    if count_entries(source) > MOST_MEMBERS:
        raise ValueError("there are too many arrays")
    found: Arrays = {}
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(SUFFIX):
                continue
            content = unpack(archive, member, most)
            if content is None:
                raise ArraysTooLargeError("the arrays are too large")
            most -= len(content)
            found[member.filename.removesuffix(SUFFIX)] = _array(content)
    return found


def read_npy(path: Path, most: int) -> Array:
    """The array of an NPY file that may come from anybody.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        ArraysTooLargeError: it is larger.
        ValueError: its header lies, or there are objects inside.
        DAMAGE: one of ``engine.images.untrusted_zip.DAMAGE``, where it is damaged.
    """
    if path.stat().st_size > most:
        raise ArraysTooLargeError("the array is too large")
    return _array(path.read_bytes())


def _array(content: bytes) -> Array:
    """An array, whose memory is only taken when there are as many bytes as its header says."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError("a header is of another version")
    shape, by_columns, kind = _HEADERS[version](file)
    if kind.hasobject or min(shape, default=0) < 0:
        raise ValueError("there are objects inside")
    count = 1
    for side in shape:  # plain integers do not overflow
        count *= side
    if count * kind.itemsize != len(content) - file.tell():
        raise ValueError("a header does not fit its array")
    values = np.frombuffer(content, kind, offset=file.tell()).reshape(shape, order="F" if by_columns else "C")
    return values.copy()
