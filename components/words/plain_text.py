"""Texts of strangers where Markdown is drawn: they are shown as they are written."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]<>!|~$:&])")


def plain(text: str) -> str:
    """Text in which no letter means anything to Markdown."""
    return _MARKS.sub(r"\\\1", text)
