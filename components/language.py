"""In which language the page speaks: that of the browser until another one is chosen."""

from __future__ import annotations

import streamlit as st

from components.i18n import LANGUAGES, _, browser_language
from components.session import LANGUAGE, SOURCE, keep


def choose_language() -> None:
    """Draw the choice; what was chosen elsewhere stays, although all options get other names."""
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        default=browser_language(),
        required=True,
        key=LANGUAGE,
        bind="query-params",
        on_change=_carry_over,
        help=", ".join(f"{code}: {spoken.name}" for code, spoken in LANGUAGES.items()),
    )


def _carry_over() -> None:
    """The browser sends options by the names that it shows: they are understood before these change."""
    for key in {SOURCE, *st.query_params} & set(st.session_state) - {LANGUAGE}:
        keep(str(key), st.session_state[key])
