"""The side bar: which model looks at which picture."""

import streamlit as st

from components.frame.language import choose_language
from components.frame.picture_choice import choose_picture
from components.session.choice import remember_choice
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.keys import CLASSES, MODEL
from components.session.own_models import first_model, link_to_model, visible_models
from components.words import numbers
from components.words.i18n import _
from model_store.catalogue import Entry, ModelRef, availability


def show_sidebar() -> None:
    """Draw the side bar and remember what is chosen in it."""
    with st.sidebar:
        ref = _choose_model()
        st.divider()
        remember_choice(choose_picture(ref))
        st.divider()
        choose_language()


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
