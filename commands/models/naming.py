"""Names of the classes of a model, as the command line finds them or is told."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from compute.doctor.diagnosis import Diagnosis, Outline
from engine.errors import ModelError
from model_store.base.entries import Colour
from model_store.own.label_sets import (
    LABEL_SETS,
    colours_for,
    fitting_sets,
    labels_for,
    labels_from_text,
    lone_set,
    placeholder_labels,
)
from model_store.own.toml import LARGEST_LABELS

NUMBERS = "numbers"
"""In place of a set of names: class 0, class 1, ..."""
BESIDE = ("{stem}.labels.txt", "{stem}.labels.json", "labels.json", "labels.txt")
"""Files beside a model that may name its classes, as `python -m training tune` writes one."""


@dataclass(frozen=True)
class GivenNames:
    """Where names are looked for.

    Attributes:
        text: a key of `LABEL_SETS`, `NUMBERS`, or a text file; empty where nothing is said.
        model: the file or folder of the model.
        content: of the text file.

    Raises:
        ModelError: the text file cannot be read.
    """

    text: str
    model: Path
    content: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if self.text and self.text != NUMBERS and self.text not in LABEL_SETS:
            object.__setattr__(self, "content", _read(self.text))


@dataclass(frozen=True)
class ClassNames:
    """Names of all classes.

    Attributes:
        labels: in the order of the outputs.
        source: where they are from, for people.
        colours: one RGB triple 0-255 per class, or none.
        guessed: whether only their number speaks for them.
    """

    labels: tuple[str, ...]
    source: str
    colours: tuple[Colour, ...] = ()
    guessed: bool = False


def class_names(given: GivenNames, outline: Outline | Diagnosis) -> ClassNames:
    """The names that are given, or came with the files, or are beside the model, or alone fit its classes.

    Raises:
        ModelError: there are none, or another number of them.
    """
    found = _given(given, outline.classes) if given.text else _found(given, outline)
    if found is not None:
        return found
    fitting = fitting_sets(outline.classes)
    raise ModelError(
        "The model answers {classes} classes, and nothing says what they are called; please give --labels "
        "FILE, {known} (that many: {fitting}), or numbers for class 0, class 1 and so on.",
        classes=outline.classes,
        known=", ".join(LABEL_SETS),
        fitting=", ".join(fitting) or "none",
    )


def names_or_numbers(given: GivenNames, outline: Outline | Diagnosis) -> ClassNames:
    """The same; where there are none, numbers.

    Raises:
        ModelError: given ones do not fit.
    """
    found = _given(given, outline.classes) if given.text else _found(given, outline)
    return found or _numbered(outline.classes, "none")


def _given(given: GivenNames, classes: int) -> ClassNames:
    if given.text == NUMBERS:
        return _numbered(classes, NUMBERS)
    if given.text in LABEL_SETS:
        return _of_set(given.text, classes)
    return ClassNames(labels_from_text(given.content, classes), given.text)


def _found(given: GivenNames, outline: Outline | Diagnosis) -> ClassNames | None:
    if outline.labels:
        return ClassNames(outline.labels, "its files")
    beside = _beside(given.model, outline.classes)
    if beside is not None:
        return beside
    known = lone_set(outline.classes)
    return _of_set(known, outline.classes, guessed=True) if known else None


def _numbered(classes: int, source: str) -> ClassNames:
    return ClassNames(placeholder_labels(classes), source)


def _of_set(key: str, classes: int, guessed: bool = False) -> ClassNames:
    return ClassNames(
        labels_for(key, classes), LABEL_SETS[key].title, colours_for(key, classes), guessed=guessed
    )


def _beside(model: Path, classes: int) -> ClassNames | None:
    """Names in a file beside a model file, if it has as many as there are classes."""
    for name in (pattern.format(stem=model.stem) for pattern in BESIDE):
        path = model.with_name(name)
        with suppress(ModelError):
            if model.is_file() and path.is_file():
                return ClassNames(labels_from_text(_read(str(path)), classes), str(path))
    return None


def _read(place: str) -> str:
    """The text of a file.

    Raises:
        ModelError: it is no text that can be read, or too large.
    """
    try:
        with Path(place).open("rb") as file:
            content = file.read(LARGEST_LABELS + 1)
        if len(content) <= LARGEST_LABELS:
            return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        pass
    raise ModelError(
        "The labels {text} are neither a text file of at most 4 MB that can be read, nor numbers, nor one of "
        "{known}.",
        text=place,
        known=", ".join(LABEL_SETS),
    )
