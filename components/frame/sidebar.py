"""The side bar: which model looks at which picture, in which language."""

import streamlit as st

from components.frame.picture_choice import choose_picture
from components.session.choice import remember_choice
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.keys import BATCH_FILES, CLASSES, MODEL, UPLOAD, remember
from components.session.own_models import first_model, link_to_model, visible_models
from components.words import numbers
from components.words.i18n import LANGUAGE, LANGUAGES, _, browser_language
from model_store.catalogue import Entry, ModelRef, availability

FILES = (UPLOAD, BATCH_FILES)
"""Where files are given: nobody may set these, and an empty one looks like nothing chosen from a list."""


def show_sidebar() -> None:
    """Draw the side bar and remember what is chosen in it."""
    with st.sidebar:
        ref = _choose_model()
        st.divider()
        remember_choice(choose_picture(ref))
        st.divider()
        _choose_language()


def _choose_model() -> ModelRef:
    models = visible_models()
    first = list(models).index(first_model(models))
    key = choose_from_list(MODEL, _("Model"), list(models), by_title(models), index=first)
    link_to_model(key)
    entry = models[key]
    st.caption(_(entry.description) + _to_fetch(entry))
    return ModelRef(key, entry.grouping is not None and _wants_groups(entry))


def _to_fetch(entry: Entry) -> str:
    if not entry.fetched or availability(entry).ready:
        return ""
    return " " + _("Fetched on first use, {size}.").format(size=numbers.megabytes(entry.size_mb))


def _wants_groups(entry: Entry) -> bool:
    """Whether the model's classes are summed up to categories."""

    def title(grouped: bool) -> str:
        few = len(entry.grouping.labels) if entry.grouping else 0
        return (
            _("{count} groups").format(count=few)
            if grouped
            else _("All {count}").format(count=len(entry.colours))
        )

    return choose_one(CLASSES, _("Classes"), {"all": False, "grouped": True}, title, False)


def _choose_language() -> None:
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
