"""Choice of the language of the page: that of the browser until another one is chosen."""

import streamlit as st

from components.session.keys import BATCH_FILES, CLASSES, UPLOAD, remember
from components.words.i18n import LANGUAGE, LANGUAGES, _, browser_language

FILES = (UPLOAD, BATCH_FILES)
"""Where files are given: nobody may set these, and an empty one looks like nothing chosen from a list."""


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
    """Options come by the names that the browser shows: they are understood before these change."""
    for key, value in dict(st.session_state.items()).items():
        if key != LANGUAGE and not str(key).startswith(FILES) and (key == CLASSES or _is_choice(value)):
            remember(str(key), value)


def _is_choice(value: object) -> bool:
    """Whether it may be what was chosen from a list; buttons, which nobody may set, have True and False."""
    several = value if isinstance(value, list) else [value]
    return all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in several)
