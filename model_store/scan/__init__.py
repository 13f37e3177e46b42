"""Scanners of model files: what could run code, read or write files is refused.

They look through a file before any library makes something of it. What is scanned is what is read: of a
single file both are given the same open file, and the kind that was scanned says how it is read, not a name.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from engine.errors import ModelError
from model_store.base import runtime
from model_store.own.kinds import CONFIG, GRAPH, HF_WEIGHTS, opened_model
from model_store.own.model import ANSWERING, Kind
from model_store.scan.exchange.onnx import scan_onnx
from model_store.scan.exchange.openvino_ir import scan_openvino
from model_store.scan.exchange.tflite import scan_tflite
from model_store.scan.hdf5 import hdf5_library, scan_hdf5, scan_whole_model
from model_store.scan.json import parsed
from model_store.scan.operations import ALLOWED
from model_store.scan.safetensors import scan_safetensors
from model_store.scan.zip import scan_archive
from settings import settings

LARGEST_CONFIG = 8 * 2**20


def scan(path: Path, kind: Kind) -> None:
    """Lets only models pass that are made of known parts.

    Args:
        path: its file or folder.
        kind: how it is going to be read.

    Raises:
        ModelError: something in it is damaged or not allowed; the sentence says what.
    """
    with opened_model(path, kind) as source:
        scan_opened(source, kind)


def scan_opened(source: Any, kind: Kind) -> None:
    """The same of what ``opened_model`` gives, so that this very file can be read afterwards."""
    _SCANS[kind](source)


def import_libraries(kind: Kind) -> None:
    """Imports what the scanner of a kind stands on: seconds that are not the file's fault."""
    _LIBRARIES[kind]()


def _no_library() -> None:
    """Their scanners are our own."""


def _scan_keras(file: BinaryIO) -> None:
    scan_archive(file, settings().trust_models)


def _scan_h5(file: BinaryIO) -> None:
    scan_whole_model(file, settings().trust_models)


def _scan_saved_model(folder: Path) -> None:
    from model_store.scan.graph import scan_graph  # TensorFlow reads the format

    said = settings()
    scan_graph(folder / GRAPH, None if said.trust_models else ALLOWED | said.allow_operations)


def _scan_huggingface(folder: Path) -> None:
    config = folder / CONFIG
    if config.stat().st_size > LARGEST_CONFIG:
        raise ModelError(
            "{name} is larger than 8 MB, which no configuration is. Please download the model again.",
            name=CONFIG,
        )
    parsed(config.read_bytes(), CONFIG)
    weights = next(folder / name for name in HF_WEIGHTS if (folder / name).is_file())
    if weights.suffix == ".h5":
        with weights.open("rb") as file:
            scan_hdf5(file, weights.name)
    else:
        scan_safetensors(weights)


_SCANS: Mapping[Kind, Callable[[Any], object]] = MappingProxyType(
    {
        "keras": _scan_keras,
        "h5": _scan_h5,
        "saved_model": _scan_saved_model,
        "huggingface": _scan_huggingface,
        "onnx": scan_onnx,
        "tflite": scan_tflite,
        "openvino": scan_openvino,
    }
)
_LIBRARIES: Mapping[Kind, Callable[[], Any]] = MappingProxyType(
    {
        "keras": hdf5_library,
        "h5": hdf5_library,
        "saved_model": runtime.saved_model_message,
        "huggingface": hdf5_library,
        **dict.fromkeys(ANSWERING, _no_library),
    }
)
