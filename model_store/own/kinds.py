"""Kinds of model files, told by their content, not by their names."""

import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from engine.errors import ModelError
from engine.phrase import later
from model_store.own.model import Kind

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
GRAPH, VARIABLES = "saved_model.pb", "variables"
HF_WEIGHTS = ("model.safetensors", "tf_model.h5")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy")

SINGLE: Mapping[Kind, str] = MappingProxyType(
    {"keras": ".keras", "h5": ".h5", "onnx": ".onnx", "tflite": ".tflite", "openvino": ".zip"}
)
"""Kinds whose models are one file, and how it is called here."""

_ZIP, _HDF5, _TFLITE = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"TFL3"
_ONNX = re.compile(rb"\x08[\x01-\x7f][\x12\x1a\x22\x28\x32\x3a\x42\x72]")
"""Its version, and any other field of the message."""
_BEGINNING, _NAME = 512, 30
"""Bytes that are looked at; where the name of the first member of a zip is."""
_IR_FILES = (".xml", ".bin")
_IR_ALONE = later(
    "{name} is only a part of an OpenVINO model. Please pack its .xml and its .bin into one .zip."
)


def kind_of(path: Path) -> Kind:
    """How a file or folder is to be read.

    Raises:
        ModelError: it is not there, a pickle, or nothing that is known; the sentence says what is.
    """
    if path.is_dir():
        return _kind_of_folder(path)
    _refuse_pickle(path)
    with _open(path) as stream:
        beginning = stream.read(_BEGINNING)
    kind = _kind_by(beginning)
    if kind is not None:
        return kind
    if beginning.lstrip().startswith(b"<?xml"):
        raise ModelError(_IR_ALONE, name=path.name[:80])
    raise ModelError(
        "{name} is not a model that Vitrine reads. It reads .keras, .h5, .onnx, .tflite, and OpenVINO in a "
        ".zip. It also reads folders with a SavedModel or a Hugging Face model. Please save it again.",
        name=path.name[:80],
    )


def _kind_by(beginning: bytes) -> Kind | None:
    """What a file is by its first bytes."""
    if beginning.startswith(_ZIP):
        return "openvino" if _first_member(beginning).endswith(_IR_FILES) else "keras"
    if beginning.startswith(_HDF5):
        return "h5"
    if beginning[4:8] == _TFLITE:
        return "tflite"
    return "onnx" if _ONNX.match(beginning) else None


def _first_member(beginning: bytes) -> str:
    """The name of the first file of a zip."""
    length = struct.unpack_from("<H", beginning.ljust(_NAME, b"\0"), 26)[0]
    return beginning[_NAME : _NAME + length].decode("utf-8", "replace").lower()


@contextmanager
def opened_model(path: Path, kind: Kind) -> Iterator[BinaryIO | Path]:
    """The open file of a model, which is scanned and then read; of several files their folder.

    Raises:
        ModelError: it cannot be opened.
    """
    if kind not in SINGLE:
        yield path
        return
    with _open(path) as file:
        yield file


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ModelError(
            "{path} cannot be read: {reason}. Please check the path.",
            path=path.name,
            reason=error.strerror or error,
        ) from error


def _kind_of_folder(path: Path) -> Kind:
    if (path / GRAPH).is_file():
        return "saved_model"
    if (path / CONFIG).is_file() and any((path / name).is_file() for name in HF_WEIGHTS):
        return "huggingface"
    graph = next((found for found in sorted(path.iterdir()) if found.suffix.lower() == ".xml"), None)
    if graph is not None:
        raise ModelError(_IR_ALONE, name=graph.name[:80])
    pickled = next((found for found in sorted(path.iterdir()) if found.suffix in PICKLES), None)
    if pickled is not None:
        _refuse_pickle(pickled)
    raise ModelError(
        "The folder {name} holds no model that Vitrine reads: {graph} of a SavedModel, or "
        "{config} and {weights} of a Hugging Face model.",
        name=path.name[:80],
        graph=GRAPH,
        config=CONFIG,
        weights=" or ".join(HF_WEIGHTS),
    )


def _refuse_pickle(path: Path) -> None:
    if path.suffix.lower() in PICKLES:
        raise ModelError(
            "{name} is a pickle, which can run code when it is read; please convert it to "
            "safetensors, or save the model as .keras.",
            name=path.name[:80],
        )


def files_of(path: Path, kind: Kind) -> dict[str, Path]:
    """The files that belong to a model, by their path in its folder; the weights first.

    Raises:
        ModelError: one that is needed is missing.
    """
    if kind in SINGLE:
        return {f"model{SINGLE[kind]}": path}
    if kind == "saved_model":
        names = (
            [f"{VARIABLES}/{found.name}" for found in sorted((path / VARIABLES).glob("variables.*"))]
            if (path / VARIABLES).is_dir()
            else []
        )
        weights = [name for name in names if ".data-" in name]
        return {
            name: path / name for name in (*weights, GRAPH, *(name for name in names if name not in weights))
        }
    weight = next(name for name in HF_WEIGHTS if (path / name).is_file())
    settings = [name for name in (CONFIG, PREPROCESSOR) if (path / name).is_file()]
    return {name: path / name for name in (weight, *settings)}
