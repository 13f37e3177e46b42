"""Entry of the process that examines a model: it has limits, and ends with whoever started it.

It writes lines of JSON to what was its standard output: stages, an outline, then the diagnosis, or why there
is none.
Whatever libraries print goes to the error stream.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from compute.base.offspring import answer_channel, end_with_parent
from compute.base.priority import go_behind
from compute.doctor.limits import limit

ORDER, PICTURES = "order.json", "pictures.npz"


def run_examination() -> None:
    """Examine what the order says."""
    channel = answer_channel()
    end_with_parent()
    folder = Path(sys.argv[1])
    order = json.loads((folder / ORDER).read_text("utf-8"))

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")

    def end_for_memory() -> None:
        tell({"memory": True})
        os._exit(0)

    go_behind()
    limit(order["memory_mb"], order["cpu_seconds"], end_for_memory)
    try:
        tell(_outcome(folder, order, tell))
    except MemoryError:
        end_for_memory()
    channel.flush()
    os._exit(0)  # without waiting for what libraries leave behind


def _outcome(folder: Path, order: dict[str, Any], tell: Any) -> dict[str, Any]:
    from compute.doctor.examining import examine_in_process
    from engine.errors import VitrineError

    try:
        diagnosis = examine_in_process(
            Path(order["path"]),
            _pictures(folder),
            lambda stage: tell({"stage": stage}),
            tuple(order["size_hw"]) if order["size_hw"] else None,
            lambda outline: tell({"outline": outline.to_json()}),
        )
    except VitrineError as error:
        values = {
            name: value if isinstance(value, int | float | str) else str(value)
            for name, value in error.values.items()
        }
        return {"refused": {"text": error.text, "values": values}}
    return {"diagnosis": diagnosis.to_json()}


def _pictures(folder: Path) -> list[Any]:
    import numpy as np

    from engine.images.picture import Picture

    with np.load(folder / PICTURES) as arrays:
        return [Picture(arrays[name], name) for name in arrays.files]


if __name__ == "__main__":
    run_examination()
