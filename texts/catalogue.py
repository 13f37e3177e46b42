"""Catalogues as files: every text that people see, in the order of the places where they stand."""

from __future__ import annotations

import json
from pathlib import Path

from components.words.po import Catalogue, read_po
from texts.source import Text, marked, spoken
from texts.tables import tabled

HEAD = """# Texts of Vitrine. "make texts" brings this file up to date; only the msgstr are written by hand.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


def collect() -> dict[Text, str]:
    """All texts that people see, each with the place where it stands first."""
    return spoken() | tabled() | marked()


def missing(path: Path) -> list[str]:
    """English texts that a catalogue does not translate."""
    known = read_po(path)
    lacking = [text for text in collect() if _translated(known, text) is None]
    return [text if isinstance(text, str) else text[0] for text in lacking]


def unused(path: Path) -> list[str]:
    """Texts of a catalogue that nothing shows any more."""
    known, needed = read_po(path), collect()
    singulars = {text[0] for text in needed if isinstance(text, tuple)}
    return [text for text in known.texts if text not in needed] + [
        text for text in known.plurals if text not in singulars
    ]


def update(path: Path) -> None:
    """Write a catalogue anew with the translations that it has."""
    known = read_po(path) if path.is_file() else Catalogue()
    head = path.read_text("utf-8").partition("\n\n")[0] + "\n" if path.is_file() else HEAD
    by_place = sorted(collect().items(), key=lambda item: item[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *(_entry(known, text, place) for text, place in by_place)]), "utf-8")


def _translated(known: Catalogue, text: Text) -> str | tuple[str, ...] | None:
    return known.texts.get(text) if isinstance(text, str) else known.plurals.get(text[0])


def _entry(known: Catalogue, text: Text, place: str) -> str:
    if isinstance(text, str):
        return f"#: {place}\nmsgid {_quoted(text)}\nmsgstr {_quoted(known.texts.get(text, ''))}\n"
    one, many = text
    forms = "".join(
        f"msgstr[{number}] {_quoted(form)}\n" for number, form in enumerate(known.plurals.get(one, ("", "")))
    )
    return f"#: {place}\nmsgid {_quoted(one)}\nmsgid_plural {_quoted(many)}\n{forms}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
