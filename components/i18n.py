"""Visible texts. English stands in the code; a catalogue under ``locale/`` translates it."""

from __future__ import annotations

import gettext as _gettext
from functools import cache
from pathlib import Path

import streamlit as st

from engine.errors import VitrineError

DOMAIN = "vitrine"
LOCALE = Path(__file__).resolve().parents[1] / "locale"


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=True)


def _language() -> str:
    return (st.context.locale or "en").replace("-", "_")


def _(text: str) -> str:
    """The text in the language of the person's browser, or as it is."""
    return _catalogue(_language()).gettext(text) if text else ""


def plural(one: str, many: str, count: int) -> str:
    """The form of a text that fits a number."""
    return _catalogue(_language()).ngettext(one, many, count)


def sentence(error: VitrineError) -> str:
    """An error's sentence, translated before its values are filled in."""
    return _(error.text).format(**error.values) if error.values else _(error.text)
