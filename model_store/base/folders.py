"""Folders of the files of models, and whether all files are there."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.phrase import later
from model_store.base.entries import Entry
from settings import settings

WEIGHTS = Path(__file__).resolve().parents[1] / "weights"
PICKLE = "pytorch_model.bin"
"""What PyTorch saves without safetensors."""


@dataclass(frozen=True)
class Availability:
    """Whether a model can be loaded now.

    Attributes:
        ready: all its files are there.
        missing: names of the files that are not; of the weights the name that is tried first.
        folder: where they are looked for.
    """

    ready: bool
    missing: tuple[str, ...]
    folder: Path


def model_folder(entry: Entry) -> Path:
    """The folder of a model's files, whether it exists or not."""
    if entry.shipped:
        return WEIGHTS / (entry.folder or entry.key)
    if entry.own:
        return settings().own / entry.key
    return settings().models / entry.key


def availability(entry: Entry) -> Availability:
    """Whether all files of a model are there."""
    folder = model_folder(entry)
    missing = [name for name in entry.settings_files if not (folder / name).is_file()]
    if _weights(entry) is None:
        missing.append(entry.weight_files[0])
    return Availability(not missing, tuple(missing), folder)


def _weights(entry: Entry) -> Path | None:
    """The file of weights that is there."""
    if entry.packaged is not None:
        return entry.packaged.path
    paths = (model_folder(entry) / name for name in entry.weight_files)
    return next((path for path in paths if path.is_file()), None)


def weight_file(entry: Entry) -> Path:
    """The file of weights that is read.

    Raises:
        ModelError: it or another file is missing; the sentence names it and the folder.
    """
    state, path = availability(entry), _weights(entry)
    if not state.ready or path is None:
        raise _missing(entry, state)
    if entry.packaged is not None and sha256_of(path) != entry.packaged.sha256:
        raise ModelError(
            "{files} of {title} is not what came with Vitrine. Please install Vitrine again.",
            files=path.name,
            title=entry.title,
        )
    return path


def _missing(entry: Entry, state: Availability) -> ModelError:
    if entry.weight_files[0] in state.missing and (state.folder / PICKLE).is_file():
        return ModelError(
            "The weights of {title} exist only as {pickle}, which can run code when it is read; "
            "please put {files} into {folder}.",
            title=entry.title,
            pickle=PICKLE,
            files=_names(entry, state.missing),
            folder=state.folder,
        )
    text = later("{title} is not on this computer yet: please download it, or put {files} into {folder}.")
    if entry.shipped:
        text = later(
            "The files of {title} are incomplete: {files} is missing in {folder}. Please install "
            "Vitrine again."
        )
    elif entry.own:
        text = later(
            "The files of {title} are incomplete: {files} is missing in {folder}. Please add the model again."
        )
    return ModelError(text, title=entry.title, files=_names(entry, state.missing), folder=state.folder)


def wanted_names(entry: Entry) -> str:
    """Names of all files of a model for a sentence; of the weights all names that would do."""
    return _names(entry, (*entry.settings_files, entry.weight_files[0]))


def _names(entry: Entry, missing: tuple[str, ...]) -> str:
    """File names for a sentence; of the weights all names that would do."""
    return ", ".join(
        " or ".join(entry.weight_files) if name == entry.weight_files[0] else name for name in missing
    )


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        ModelError: the file cannot be read as such.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "The file {path} cannot be read as JSON: {reason}. Please download the model again.",
            path=path,
            reason=error,
        ) from error
    if not isinstance(content, dict):
        raise ModelError(
            "The file {path} does not hold a JSON object. Please download the model again.", path=path
        )
    return content


def reason_of(error: Exception) -> str:
    """The first line of what a library says, short enough for a sentence."""
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return line[:160].rstrip(". ")


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file's content; remembered while its size and time of change stay the same."""
    state = path.stat()
    return _sha256(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _sha256(path: Path, mtime_ns: int, size: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def training_minutes(entry: Entry) -> int | None:
    """How long the training of a model took that ships, as its card says; None where no card does."""
    import tomllib

    card = model_folder(entry) / "card.toml"
    if not entry.shipped or not card.is_file():
        return None
    found = tomllib.loads(card.read_text("utf-8")).get("minutes")
    return found if isinstance(found, int) else None
