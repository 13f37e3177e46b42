"""Files of a data set, read within bounds; links are not followed."""

import json
import os
from pathlib import Path
from typing import Any

from engine.errors import DataSetError

_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)
"""A link in the place of a file is not followed, nor a pipe waited for."""


def read_bytes(path: Path, most: int) -> bytes:
    """The content of a file, of which there may be so many bytes.

    Raises:
        DataSetError: it cannot be read, is a link, or is larger.
    """
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise DataSetError(
            "{name} cannot be read: {reason}.", name=path.name, reason=error.strerror or error
        ) from error
    if len(content) > most:
        raise DataSetError("{name} is larger than the limit of {most:,} bytes.", name=path.name, most=most)
    return content


def read_end(path: Path, size: int, most: int) -> bytes:
    """The last bytes of a file of a known size.

    Raises:
        DataSetError: it cannot be read, or is a link.
    """
    try:
        file = os.open(path, _FLAGS)
        try:
            os.lseek(file, max(0, size - most), os.SEEK_SET)
            return os.read(file, most)
        finally:
            os.close(file)
    except OSError as error:
        raise DataSetError(
            "{name} cannot be read: {reason}.", name=path.name, reason=error.strerror or error
        ) from error


def read_json_object(path: Path, most: int) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        DataSetError: it is too large, or no JSON object.
    """
    try:
        content = json.loads(read_bytes(path, most))
    except (ValueError, RecursionError) as error:
        raise DataSetError("{name} cannot be read as JSON.", name=path.name) from error
    if not isinstance(content, dict):
        raise DataSetError("{name} does not hold a JSON object.", name=path.name)
    return content
