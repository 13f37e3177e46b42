"""Entry of the process that unpacks a ZIP and reads it as a data set: it has limits, and ends with whoever
started it.

The first line that it reads is its order; it writes lines of JSON: how far it is, then what it found, or why
there is nothing.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from compute.base.offspring import answer_channel, end_with_parent
from compute.base.priority import go_behind
from compute.doctor.limits import limit
from data_store.uploads.members import UploadLimits
from data_store.uploads.reading import read_upload
from data_store.uploads.unpack import unpack_upload
from engine.errors import DataSetError, VitrineError

FILES = "files"
"""Folder of the files of the set, below that of the upload."""
LARGEST_ANSWER = 16 * 2**20
"""Bytes of what the server is told: names, classes and columns of all items."""
TOLD_SECONDS = 0.2
_Say = Callable[[dict[str, Any]], None]


def run_unpacking() -> None:
    """Do what the order says."""
    channel = answer_channel()
    order = json.loads(sys.stdin.readline())
    end_with_parent()

    def say(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")

    def end_for_memory() -> None:
        say({"memory": True})
        os._exit(0)

    go_behind()
    _warm_up()
    begun_mb = psutil.Process().memory_info().vms >> 20
    limit(begun_mb + order["room_mb"], order["cpu_seconds"], end_for_memory)
    try:
        say(_outcome(order, say))
    except MemoryError:
        end_for_memory()
    channel.flush()
    os._exit(0)


def _warm_up() -> None:
    """Import what readers are made of before memory is counted."""
    import pyarrow.parquet  # noqa: F401
    from PIL import Image

    Image.init()


def _outcome(order: dict[str, Any], say: _Say) -> dict[str, Any]:
    folder, tell = Path(order["folder"]), _Teller(say).tell
    try:
        left_out = 0
        if order["zip"] is not None:
            left_out = unpack_upload(
                Path(order["zip"]), folder / FILES, UploadLimits(**order["limits"]), tell
            )
        found = read_upload(folder / FILES, order["key"], order["title"], order["kind"], tell)
        return {"found": _short({**found.to_json(), "left_out": left_out})}
    except VitrineError as error:
        values = {
            name: value if isinstance(value, int | float | str) else str(value)
            for name, value in error.values.items()
        }
        return {"refused": {"text": error.text, "values": values}}


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """What was found, where the server can hold it in memory."""
    if len(json.dumps(found)) > LARGEST_ANSWER:
        raise DataSetError(
            "The names and columns of this data set have more than {most} MB. Please upload a part of it.",
            most=LARGEST_ANSWER >> 20,
        )
    return found


class _Teller:
    """Tells how far it is, not too often."""

    def __init__(self, say: _Say) -> None:
        self._say, self._stage, self._next = say, "", 0.0

    def tell(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage or now >= self._next:
            self._stage, self._next = stage, now + TOLD_SECONDS
            self._say({"stage": stage, "done": done, "total": total})


if __name__ == "__main__":
    run_unpacking()
