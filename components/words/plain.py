"""Names that strangers gave, in sentences that are drawn as Markdown."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_\[\]()~$:<>#|!{}&])")


def as_code(name: str) -> str:
    """A name as code: nothing in it is taken for markup."""
    return f"`{' '.join(name.replace('`', ' ').split()) or '?'}`"


def as_text(name: str) -> str:
    """A name as plain text: signs of markup are shown as they are."""
    return _SIGNS.sub(r"\\\1", " ".join(name.split()))
