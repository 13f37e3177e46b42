"""Reading of ONNX, TFLite and OpenVINO IR by OpenVINO (https://docs.openvino.ai), each by its own reader.

OpenVINO's ``read_model`` finds out by itself what a file is. Here the kind that was scanned decides, and what
was scanned is what is read: the same bytes, or the same open file.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from model_store.own.model import Kind
from model_store.scan.exchange.openvino_ir import scan_openvino


def read_exchange(file: BinaryIO, kind: Kind) -> Any:
    """The ``openvino.Model`` in an open file that was scanned.

    Raises:
        RuntimeError and others: OpenVINO cannot make anything of it.
    """
    return _READERS[kind](file)


def _read_onnx(file: BinaryIO) -> Any:
    file.seek(0)
    return _converted("onnx", BytesIO(file.read()))


def _read_tflite(file: BinaryIO) -> Any:
    """OpenVINO takes a path alone, with this ending: a link to the open file, where there are such."""
    with tempfile.TemporaryDirectory(prefix="vitrine-tflite-") as folder:
        path = Path(folder) / "model.tflite"
        if sys.platform == "linux":
            path.symlink_to(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        else:
            file.seek(0)
            path.write_bytes(file.read())
        return _converted("tflite", str(path), enable_mmap=False)


def _read_ir(file: BinaryIO) -> Any:
    files, openvino = scan_openvino(file), import_module("openvino")
    weights = openvino.Tensor(np.frombuffer(files.weights, np.uint8).copy())
    return openvino.Core().read_model(files.graph, weights)


def _converted(framework: str, source: Any, **options: Any) -> Any:
    manager = import_module("openvino.frontend").FrontEndManager()
    reader = manager.load_by_framework(framework=framework)
    return reader.convert(reader.load(source, **options))


_READERS: Mapping[Kind, Callable[[BinaryIO], Any]] = MappingProxyType(
    {"onnx": _read_onnx, "tflite": _read_tflite, "openvino": _read_ir}
)
