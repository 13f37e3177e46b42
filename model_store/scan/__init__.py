"""Scanners of model files: what could run code, read or write files is refused.

They look through a file before any library makes something of it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from engine.errors import ModelError
from model_store.own.kinds import CONFIG, GRAPH, HF_WEIGHTS
from model_store.own.model import Kind
from model_store.scan.hdf5 import scan_hdf5, scan_whole_model
from model_store.scan.json import parsed
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
    _SCANS[kind](path)


def _scan_keras(path: Path) -> None:
    scan_archive(path, settings().trust_models)


def _scan_h5(path: Path) -> None:
    scan_whole_model(path, settings().trust_models)


def _scan_saved_model(path: Path) -> None:
    from model_store.scan.graph import scan_graph  # TensorFlow reads the format

    scan_graph(path / GRAPH, settings().trust_models)


def _scan_huggingface(path: Path) -> None:
    config = path / CONFIG
    if config.stat().st_size > LARGEST_CONFIG:
        raise ModelError(
            "{name} is larger than 8 MB, which no configuration is. Please fetch the model again.",
            name=CONFIG,
        )
    parsed(config.read_bytes(), CONFIG)
    weights = next(path / name for name in HF_WEIGHTS if (path / name).is_file())
    if weights.suffix == ".h5":
        scan_hdf5(weights, weights.name)
    else:
        scan_safetensors(weights)


_SCANS: Mapping[Kind, Callable[[Path], None]] = MappingProxyType(
    {"keras": _scan_keras, "h5": _scan_h5, "saved_model": _scan_saved_model, "huggingface": _scan_huggingface}
)
