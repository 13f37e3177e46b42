"""Reader and writer of ``model.toml``; what was written is read back equal."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, get_args

from engine.errors import ModelError
from engine.model import Task
from model_store.base.entries import Colour, FixedSize, InputPolicy
from model_store.base.folders import reason_of
from model_store.base.scaling import SCALINGS
from model_store.own.class_names import told_apart
from model_store.own.model import (
    LONGEST_LABEL,
    LONGEST_NOTE,
    LONGEST_TITLE,
    MOST_LABELS,
    Kind,
    OutputKind,
    OwnModel,
    Preprocessing,
    clean,
    clean_name,
)

WORDS = "model.toml"
FORMAT = 1
LABELS = "labels.txt"
"""Where labels are written that are too many for ``model.toml``."""
LARGEST_BYTES, LARGEST_LABELS = 64 * 2**10, 4 * 2**20
SMALLEST_SIDE, LARGEST_SIDE = 8, 4096

_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIXED, _ASPECT = {"height", "width"}, {"short_side", "long_side", "multiple"}


def read_own(folder: Path) -> OwnModel:
    """What ``model.toml`` in a folder says.

    Raises:
        ModelError: it cannot be read; the sentence names the key, what was received, and what is wanted.
    """
    path = folder / WORDS
    content = _parsed(path)
    try:
        return _model(content, folder)
    except _Wrong as wrong:
        raise ModelError(
            "In {path}, {key} is {received}; it must be {wanted}. Please correct it.",
            path=path,
            key=wrong.key,
            received=wrong.received,
            wanted=wrong.wanted,
        ) from wrong


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ModelError(
                "The file {path} is larger than {limit} KB; it should only describe the model. "
                "Please put the labels into a text file beside it, one per line, and name that "
                "file there.",
                path=path,
                limit=LARGEST_BYTES >> 10,
            )
        text = path.read_text("utf-8")
        if _DEEP_KEY.search(text):  # tomllib takes minutes for a key of thousands of parts
            raise ValueError("a key has too many parts")
        return tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            "The file {path} cannot be read as TOML: {reason}. Please correct it, or admit the model again.",
            path=path,
            reason=reason_of(error),
        ) from error


class _Wrong(Exception):
    """A value that cannot be used."""

    def __init__(self, key: str, received: object, wanted: str) -> None:
        super().__init__(key)
        self.key, self.wanted = key, wanted
        self.received = clean("missing" if received is None else repr(received), 80)


def _model(content: dict[str, Any], folder: Path) -> OwnModel:
    unknown = sorted(content.keys() - _KEYS.keys() - {"format"})
    if unknown:
        raise _Wrong(clean(unknown[0], 40), content[unknown[0]], f"one of {', '.join(_KEYS)}")
    if content.get("format", FORMAT) != FORMAT:
        raise _Wrong("format", content["format"], f"{FORMAT}")
    values = {name: read(content.get(key), folder) for key, (name, read) in _KEYS.items()}
    return OwnModel(**values)


def _text(key: str, longest: int, needed: bool) -> Callable[[Any, Path], str]:
    def read(value: Any, _: Path) -> str:
        text = clean(value, longest) if isinstance(value, str) else ""
        if (needed and not text) or (value is not None and not isinstance(value, str)):
            raise _Wrong(key, value, "a text in quotes")
        return text

    return read


def _one_of(key: str, known: tuple[str, ...], default: str | None = None) -> Callable[[Any, Path], str]:
    def read(value: Any, _: Path) -> str:
        value = default if value is None else value
        if value not in known:
            raise _Wrong(key, value, " or ".join(f'"{name}"' for name in known))
        return str(value)

    return read


def _labels(value: Any, folder: Path) -> tuple[str, ...]:
    """Names inline, or in a text file beside, one on each line."""
    if isinstance(value, str):
        value = _lines_of(value, folder)
    if (
        not isinstance(value, list)
        or not 2 <= len(value) <= MOST_LABELS
        or not all(isinstance(name, str) for name in value)
    ):
        raise _Wrong(
            "labels",
            value,
            f"a list of 2 to {MOST_LABELS:,} texts, or the name of a text file in the same folder",
        )
    names = tuple(clean_name(name[: 2 * LONGEST_LABEL], LONGEST_LABEL) for name in value)
    if "" in names:
        raise _Wrong("labels", value, "without empty names")
    return told_apart(names)


def _lines_of(name: str, folder: Path) -> list[str]:
    try:
        if (
            PurePosixPath(name).name != name
            or (folder / name).is_symlink()
            or (folder / name).stat().st_size > LARGEST_LABELS
        ):
            raise _Wrong("labels", name, "the name of a text file in the same folder, of at most 4 MB")
        return (folder / name).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise _Wrong("labels", name, "the name of a text file in the same folder") from error


def _converted(value: Any, _: Path) -> bool:
    if value is not None and not isinstance(value, bool):
        raise _Wrong("converted", value, "true or false")
    return bool(value)


def _colours(value: Any, _: Path) -> tuple[Colour, ...]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(_is_colour(row) for row in rows):
        raise _Wrong("colours", value, "a list of [red, green, blue], each a whole number from 0 to 255")
    return tuple((row[0], row[1], row[2]) for row in rows)


def _is_colour(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 3
        and all(type(part) is int and 0 <= part <= 255 for part in row)
    )


def _preprocessing(value: Any, _: Path) -> Preprocessing:
    table = {"preset": "raw"} if value is None else value
    if not isinstance(table, dict) or not table.keys() <= {"preset", "mean", "scale", "order"}:
        raise _Wrong("preprocessing", value, "a table with preset, or with mean, scale and order")
    given = {key: _triple(key, table[key]) for key in ("mean", "scale") if key in table}
    order = _one_of("preprocessing.order", ("rgb", "bgr"), "rgb")(table.get("order"), _)
    preset = _one_of("preprocessing.preset", (*SCALINGS, "file", "hand"), "hand")(table.get("preset"), _)
    if preset != "hand" and (given or order != "rgb"):
        raise _Wrong("preprocessing.preset", preset, '"hand" where mean, scale or order are given')
    return Preprocessing(preset, order=order, **given)  # type: ignore[arg-type]


def _triple(key: str, value: Any) -> tuple[float, float, float]:
    if (
        not isinstance(value, list)
        or len(value) != 3
        or not all(type(part) in (int, float) for part in value)
    ):
        raise _Wrong(f"preprocessing.{key}", value, "three numbers, for red, green and blue")
    return float(value[0]), float(value[1]), float(value[2])


def _policy(value: Any, _: Path) -> FixedSize | InputPolicy:
    if not isinstance(value, dict) or value.keys() not in (_FIXED, _ASPECT):
        raise _Wrong(
            "input", value, "a table with height and width, or with short_side, long_side and multiple"
        )
    for key, side in value.items():
        smallest = 1 if key == "multiple" else SMALLEST_SIDE
        if type(side) is not int or not smallest <= side <= LARGEST_SIDE:
            raise _Wrong(f"input.{key}", side, f"a whole number of pixels from {smallest} to {LARGEST_SIDE}")
    if value.keys() == _FIXED:
        return FixedSize(**value)
    if not value["multiple"] <= value["short_side"] <= value["long_side"]:
        raise _Wrong(
            "input.long_side",
            value["long_side"],
            "at least as long as short_side, and that at least multiple",
        )
    return InputPolicy(**value)


def _files(value: Any, _: Path) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise _Wrong("files", value, "a table of file names and their sha256")
    for name, digest in value.items():
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or "\\" in name or name != str(place) or name == WORDS:
            raise _Wrong("files", name, "made of paths inside the folder")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise _Wrong(
                f"files.{clean(name, 60)}", digest, "the sha256 of the file in 64 hexadecimal digits"
            )
    return dict(value)


_KEYS: Mapping[str, tuple[str, Callable[[Any, Path], Any]]] = MappingProxyType(
    {
        "title": ("title", _text("title", LONGEST_TITLE, True)),
        "task": ("task", _one_of("task", get_args(Task))),
        "kind": ("kind", _one_of("kind", get_args(Kind))),
        "converted": ("converted", _converted),
        "answer": ("answer", _one_of("answer", get_args(OutputKind), "logits")),
        "licence": ("licence", _text("licence", LONGEST_NOTE, False)),
        "source": ("source", _text("source", LONGEST_NOTE, False)),
        "labels": ("labels", _labels),
        "colours": ("colours", _colours),
        "preprocessing": ("preprocessing", _preprocessing),
        "input": ("policy", _policy),
        "files": ("files", _files),
    }
)
"""Keys of the file, the attribute that each becomes, and how it is read."""


def write_words(folder: Path, model: OwnModel) -> None:
    """Write ``model.toml``, and beside it labels that are too many for it: ``read_own`` gives the same model
    back.
    """
    text = words_of(model)
    if len(text.encode()) > LARGEST_BYTES:
        (folder / LABELS).write_text("\n".join(model.labels) + "\n", "utf-8")
        text = words_of(model, LABELS)
    (folder / WORDS).write_text(text, "utf-8")


def words_of(model: OwnModel, labels_file: str = "") -> str:
    """The text of ``model.toml``, with its labels unless they are in a file beside it."""
    top: dict[str, Any] = {
        "format": FORMAT,
        "title": model.title,
        "task": model.task,
        "kind": model.kind,
        "answer": model.answer,
    }
    top |= {"converted": True} if model.converted else {}
    top |= {"licence": model.licence, "source": model.source}
    top["labels"] = labels_file or list(model.labels)
    if model.colours:
        top["colours"] = [list(colour) for colour in model.colours]
    tables = {
        "preprocessing": _scaling_words(model.preprocessing),
        "input": vars(model.policy),
        "files": model.files,
    }
    return _lines(top) + "".join(f"\n[{name}]\n{_lines(table)}" for name, table in tables.items())


def _scaling_words(chosen: Preprocessing) -> dict[str, Any]:
    if chosen.preset != "hand":
        return {"preset": chosen.preset}
    return {"preset": "hand", "mean": list(chosen.mean), "scale": list(chosen.scale), "order": chosen.order}


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(
        f"{key if key.replace('_', '').isalnum() and key.isascii() else _written(key)} = {_written(value)}\n"
        for key, value in table.items()
    )


def _written(value: Any) -> str:
    """A value in TOML; its strings, numbers and lists of these are those of JSON."""
    return json.dumps(value, ensure_ascii=False)
