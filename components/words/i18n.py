"""Translation of visible texts.

English stands in the code; a catalogue under ``locale/`` translates it. Numbers follow the language, too.
"""

import string
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.words.catalogues import translations
from engine.errors import VitrineError
from engine.phrase import Phrase

LANGUAGE = "lang"
"""Key of the widget, which stands in links."""


@dataclass(frozen=True)
class Language:
    """A language that can be chosen.

    Attributes:
        name: in itself.
        thousands, point: signs in numbers.
        date: as ``strftime`` writes it.
    """

    name: str
    thousands: str
    point: str
    date: str


LANGUAGES = {
    "en": Language("English", ",", ".", "%Y-%m-%d %H:%M"),
    "fr": Language("Français", "\u202f", ",", "%d/%m/%Y %H:%M"),
}
"""By the code that stands in links."""

SOURCE = "en"
"""The language of the texts in the code."""

_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)


class _Run(threading.local):
    """The language of the run of this thread: a page asks for it a thousand times."""

    mark: object = None
    code: str = SOURCE


_RUN = _Run()


def language() -> str:
    """Code of the language of the page: that of the bar on top, or of the link, or of the browser."""
    spoken, context = _SPOKEN.get(), get_script_run_ctx(suppress_warning=True)
    if spoken or context is None:
        return spoken or SOURCE
    if _RUN.mark is not context.cursors:  # made anew for each run of the script
        _RUN.mark, _RUN.code = context.cursors, _chosen()
    return _RUN.code


def _chosen() -> str:
    return (
        _known(st.session_state.get(LANGUAGE)) or _known(st.query_params.get(LANGUAGE)) or browser_language()
    )


def browser_language() -> str:
    """Code of the language that the person's browser asks for, or else of the code's texts."""
    return language_of(st.context.locale or "")


def language_of(tag: str) -> str:
    """Code of the language of a tag such as "fr-FR", or that of the code's texts where it is none of ours."""
    return _known(tag.replace("_", "-").split("-")[0].strip().lower()) or SOURCE


def _known(code: Any) -> str | None:
    return code if code in LANGUAGES else None


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything in a language, whatever the page speaks."""
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def _(text: str) -> str:
    """A text in the language of the page, or as it is; the values of a phrase come after its translation."""
    if not text:
        return ""
    code = language()
    if isinstance(text, Phrase) and text.values:
        return _filled(code, text.text, text.values)
    return translations(code).gettext(text)


def plural(one: str, many: str, count: int) -> str:
    """The form of a text that fits a number."""
    return translations(language()).ngettext(one, many, count)


def sentence(error: VitrineError) -> str:
    """An error's sentence, translated before its values are filled in."""
    return _filled(language(), error.text, error.values) if error.values else _(error.text)


def localised(text: str) -> str:
    """A number as Python writes it (2,112.5), in the signs of the page's language."""
    return _signs(language(), text)


def _signs(code: str, text: str) -> str:
    signs = LANGUAGES[code]
    if signs.point == ".":
        return text
    exchanged: dict[str, str | int | None] = {",": signs.thousands, ".": signs.point}
    return text.translate(str.maketrans(exchanged))


def _filled(code: str, text: str, values: Mapping[str, object]) -> str:
    template = translations(code).gettext(text)
    return _Filler(code).vformat(template, (), values) if values else template


class _Filler(string.Formatter):
    """Fills in numbers in the signs of a language, and phrases in its words."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Phrase):
            with speaking(self._code):
                return format(_(value), format_spec)
        text = format(value, format_spec)
        return (
            _signs(self._code, text)
            if isinstance(value, float) or (isinstance(value, int) and format_spec)
            else text
        )
