"""Texts of strangers, such as names of files, in sentences that are drawn as Markdown."""

import re

_SIGNS = re.compile(r"([\\`*_\[\]()~$:<>#|!{}&])")
_LISTS = re.compile(r"^(\d*)([-+=.])")
"""What begins a list, a line or a heading where a text begins with it."""

_ADDRESSES = re.compile(r"www(?=\.)|:(?=//)|@|:(?=[\w+/-]+:)", re.IGNORECASE)
"""What makes a link, or of a word between colons a symbol; Streamlit looks for it after it has read signs."""

_ESCAPED = re.compile(r"\\(_|[^\w\s])")
_JOINER = "\u2060"
"""A sign without width that keeps apart what stands on either side of it."""


def as_code(name: str) -> str:
    """A name as code: nothing in it is taken for markup."""
    return f"`{' '.join(name.replace('`', ' ').split()) or '?'}`"


def as_text(text: str) -> str:
    """A text on one line in which nothing is markup, link or symbol: it is shown as it is written."""
    disarmed = _ADDRESSES.sub(rf"\g<0>{_JOINER}", " ".join(text.split()))
    return _LISTS.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", disarmed))


def as_plain(text: str) -> str:
    """A sentence of ours without its marks of bold, and with texts of strangers in it as they are written.

    Example:
        >>> as_plain(f"**{as_text('a_b')}** speaks for it.")
        'a_b speaks for it.'
    """
    return _ESCAPED.sub(r"\1", text.replace("**", "").replace(_JOINER, ""))
