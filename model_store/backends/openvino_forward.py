"""Converted networks run by OpenVINO (https://docs.openvino.ai).

It is quicker than TensorFlow on many processors.
"""

import os
import threading
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from caching import LRUCache
from engine.arrays import Floats
from engine.model import Space

Precision = Literal["f32", "bf16"]
KEPT_SHAPES = 6
COMPILED = "compiled"
"""Folder beside a network with what it was compiled to, which is read back sooner than it is compiled."""

KEPT_BYTES = 128 * 2**20
"""Of compiled networks on disk, those that were used last; a network of which two would not fit is compiled
anew each time.
"""

THREADS_VARIABLE = "OMP_NUM_THREADS"
"""Environment variable: threads that this process may use; OpenVINO, which counts cores by itself, is told.
"""


def convert(graph: Any, path: Path) -> None:
    """Writes a frozen graph (see ``model_store.network.frozen``) as OpenVINO reads it: ``path``, an .xml, and
    the weights beside it, float32.
    """
    openvino = import_module("openvino")
    source = path.with_suffix(".pb")
    source.write_bytes(graph.SerializeToString())
    try:
        openvino.save_model(openvino.convert_model(str(source)), str(path), compress_to_fp16=False)
    finally:
        source.unlink()


def forward_settings(precision: Precision) -> dict[str, str]:
    """How a network is compiled: for one request at a time, on as many threads as this process may use."""
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
    threads = os.environ.get(THREADS_VARIABLE, "")
    return settings | ({"INFERENCE_NUM_THREADS": threads} if threads.isdecimal() else {})


def can_run(precision: Precision) -> bool:
    """Whether this processor has the precision."""
    known: list[str] = import_module("openvino").Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return precision == "f32" or precision.upper() in known


class OpenvinoForward:
    """A converted network as a function; threads may share it.

    It is compiled for each size of picture and each power of two of pictures, since fixed shapes run up to
    twice as fast; other numbers of pictures are filled up. The last few are kept, and more of them on disk.

    Args:
        path: what ``convert`` wrote.
        precision: of the sums inside.
    """

    def __init__(self, path: Path, precision: Precision) -> None:
        self._core = import_module("openvino").Core()
        self._path, self._precision = path, precision
        self._compiled: LRUCache[Any] = LRUCache(KEPT_SHAPES)
        self._lock = threading.Lock()

    def __call__(self, pictures: Floats, space: Space) -> Floats:
        """Outputs float32 (N, C) or (N, h, w, C) of pictures float32 (N, H, W, 3), RGB 0-255."""
        count = len(pictures)
        filled = 1 << (count - 1).bit_length()
        batch = np.ascontiguousarray(pictures, np.float32)
        if filled != count:
            batch = np.concatenate([batch, np.broadcast_to(batch[:1], (filled - count, *batch.shape[1:]))])
        with self._lock:
            request = self._compiled.get(batch.shape, partial(self._compile, batch.shape))
            request.infer([batch], share_inputs=True)
            outputs: Floats = np.array(request.get_tensor(f"{space}:0").data[:count], np.float32)
        return outputs

    def _compile(self, shape: tuple[int, ...]) -> Any:
        model = self._core.read_model(self._path)
        model.reshape(list(shape))
        request = self._core.compile_model(model, "CPU", self._settings()).create_infer_request()
        trim_folder(self._path.parent / COMPILED, KEPT_BYTES)
        return request

    def _settings(self) -> dict[str, str]:
        return forward_settings(self._precision) | (
            {"CACHE_DIR": str(self._path.parent / COMPILED)} if self._worth_keeping() else {}
        )

    def _worth_keeping(self) -> bool:
        folder = self._path.parent
        return os.access(folder, os.W_OK) and 2 * self._path.with_suffix(".bin").stat().st_size <= KEPT_BYTES


def trim_folder(folder: Path, limit: int) -> None:
    """Removes the files of a folder that were read or written least lately, until the rest has so many bytes;
    the folder may be missing.
    """
    with suppress(OSError):  # another process may do the same
        found = sorted(
            ((file.stat(), file) for file in folder.iterdir()),
            key=lambda one: -max(one[0].st_atime, one[0].st_mtime),
        )
        total = 0
        for status, file in found:
            total += status.st_size
            if total > limit:
                file.unlink()
