"""Bar on top of every page: which model looks at which image, in which language."""

import streamlit as st

from components.frame.picture_choice import choose_picture
from components.session.choice import Choice, remember_choice
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.keys import BATCH_FILES, CLASSES, MODEL, UPLOAD, remember
from components.session.own_models import first_model, link_to_model, visible_models
from components.words.i18n import LANGUAGE, LANGUAGES, _, browser_language
from model_store.catalogue import Entry, ModelRef

FILES = (UPLOAD, BATCH_FILES)
"""Where files are given: nobody may set these, and an empty one looks like nothing chosen from a list."""


def show_bar() -> None:
    """Draw the bar and remember what is chosen in it."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        ref = _choose_model()
        choice = choose_picture(ref)
        _choose_language()
    remember_choice(choice)
    _tell_shape(choice)


def _tell_shape(choice: Choice) -> None:
    """Tell the style how wide the image is for its height, so that its place is kept before it is there."""
    if choice.picture is not None:
        height, width = choice.picture.size_hw
        st.html(f"<style>:root {{ --ratio: {width / height:.4f}; }}</style>")


def _choose_model() -> ModelRef:
    models = visible_models()
    first = list(models).index(first_model(models))
    look = {"label_visibility": "collapsed", "width": 210}
    key = choose_from_list(MODEL, _("Model"), list(models), by_title(models), index=first, **look)
    link_to_model(key)
    entry = models[key]
    return ModelRef(key, entry.grouping is not None and _wants_groups(entry))


def _wants_groups(entry: Entry) -> bool:
    """Whether the model's classes are summed up to categories."""

    def title(grouped: bool) -> str:
        few = len(entry.grouping.labels) if entry.grouping else 0
        return (
            _("{count} groups").format(count=few)
            if grouped
            else _("All {count}").format(count=len(entry.colours))
        )

    look = {"label_visibility": "collapsed"}
    return choose_one(CLASSES, _("Classes"), {"all": False, "grouped": True}, title, False, **look)


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
        label_visibility="collapsed",
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
