"""Catalogues of translations: every text that people see, as Babel finds it, in another language."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import compute.base.errors  # noqa: F401, its errors are subclasses of VitrineError
from engine.errors import VitrineError
from texts.tables import tabled

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("components", "pages", "compute", "engine", "experiments", "model_store", "data_store")
"""Rooms with texts that people see, beside the modules at the top."""

HEAD = """Texts of Vitrine. "make texts" brings this file up to date; only the msgstr are written by hand."""


def marks() -> dict[str, tuple[int, ...]]:
    """Functions and classes that mark a text, each with the places of its arguments that are one."""
    return {"_": (1,), "later": (1,), "plural": (1, 2), "Phrase": (1,), **dict.fromkeys(_errors(), (1,))}


def _errors(kind: type[VitrineError] = VitrineError) -> Iterator[str]:
    """Names of the errors that carry a sentence for people."""
    yield kind.__name__
    for special in kind.__subclasses__():
        yield from _errors(special)


@cache
def collect() -> Catalog:
    """All texts that people see, each with the places where it stands and without translation."""
    texts = Catalog(project="Vitrine", header_comment=f"# {HEAD}", fuzzy=False)
    sources = [(pattern, "python") for pattern in ("*.py", *(f"{room}/**.py" for room in ROOMS))]
    for path, line, text, *_others in extract_from_dir(ROOT, sources, keywords=marks()):
        texts.add(text, locations=[(path, line)])
    for text, path in tabled():
        texts.add(text, locations=[(path, 0)])
    return texts


def read(path: Path) -> Catalog:
    """A catalogue that translators edit.

    Raises:
        babel.messages.pofile.PoFileError: a line is not understood.
    """
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def missing(path: Path) -> list[str]:
    """English texts that a catalogue does not translate, or of which nobody has said yet that it does."""
    known = read(path)
    return [_english(text) for text in collect() if text.id and not _translated(known.get(text.id))]


def unused(path: Path) -> list[str]:
    """Texts of a catalogue that nothing shows any more."""
    needed = collect()
    return [_english(text) for text in read(path) if text.id and text.id not in needed]


def update(path: Path) -> None:
    """Write a catalogue anew; a new text has no translation, or that of a similar one, marked as fuzzy."""
    texts = collect()
    known = read(path) if path.is_file() else Catalog(path.parts[-3], project="Vitrine", fuzzy=False)
    known.update(texts, update_creation_date=False, update_header_comment=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=0, ignore_obsolete=True, sort_by_file=True, include_lineno=False)


def _english(text: Message) -> str:
    return text.id if isinstance(text.id, str) else text.id[0]


def _translated(found: Message | None) -> bool:
    if found is None or found.fuzzy:
        return False
    return bool(found.string) if isinstance(found.string, str) else all(found.string or ())
