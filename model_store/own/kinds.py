"""Kinds of model files, told by their content, not by their names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.errors import ModelError
from model_store.own.model import Kind

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
GRAPH, VARIABLES = "saved_model.pb", "variables"
HF_WEIGHTS = ("model.safetensors", "tf_model.h5")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy")

SINGLE: frozenset[Kind] = frozenset(("keras", "h5"))
"""Kinds whose models are one file."""

_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"


def kind_of(path: Path) -> Kind:
    """How a file or folder is to be read.

    Raises:
        ModelError: it is not there, a pickle, or nothing that is known; the sentence says what is.
    """
    if path.is_dir():
        return _kind_of_folder(path)
    _refuse_pickle(path)
    with _open(path) as stream:
        beginning = stream.read(8)
    if beginning.startswith(_ZIP):
        return "keras"
    if beginning == _HDF5:
        return "h5"
    raise ModelError(
        "{name} is not a model that Vitrine reads. It reads .keras or .h5 files with the whole "
        "model, and folders with a SavedModel or a Hugging Face model. Please save it again, with "
        "model.save(...).",
        name=path.name[:80],
    )


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
        return {f"model.{kind}": path}
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
