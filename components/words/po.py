"""Catalogues of translations: the files that translators edit are read as they are."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FIELD = re.compile(r'(msgid_plural|msgid|msgstr(?:\[(\d+)\])?)?\s*(".*")$')
_PLURAL = re.compile(r"Plural-Forms:.*?plural=([^;]+)")


def _english(count: int) -> int:
    return int(count != 1)


@dataclass(frozen=True)
class Catalogue:
    """Texts of one language.

    Attributes:
        texts: translation by English text.
        plurals: forms by English singular.
        form: which form a number takes.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = _english


def read_po(path: Path) -> Catalogue:
    """A catalogue in gettext's PO format, without contexts; what is not translated is left out.

    Raises:
        ValueError: a line is not understood.
    """
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in path.read_text("utf-8").split("\n\n"):
        fields = _fields(entry)
        forms = tuple(fields[name] for name in sorted(fields) if name.startswith("msgstr["))
        if forms and all(forms):
            plurals[fields["msgid"]] = forms
        elif fields.get("msgstr"):
            texts[fields["msgid"]] = fields["msgstr"]
    found = _PLURAL.search(texts.pop("", ""))
    return Catalogue(texts, plurals, gettext.c2py(found[1]) if found else _english)  # type: ignore[attr-defined]


def _fields(entry: str) -> dict[str, str]:
    """The strings of one entry by their keywords."""
    found: dict[str, str] = {}
    name = ""
    for line in entry.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _FIELD.match(line)
        if match is None:
            raise ValueError(f"This line of a catalogue is not understood: {line[:80]}")
        name = line.split(None, 1)[0] if match[1] else name
        found[name] = found.get(name, "") + ast.literal_eval(match[3])
    return found
