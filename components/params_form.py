"""A form made from the parameters of a method."""

from __future__ import annotations

from typing import Any, TypeVar

import streamlit as st

from components.guard import attempt, say
from components.i18n import _
from components.session import PARAMS, keep, recall
from engine.errors import VitrineError
from engine.params import ParamInfo, Params, describe

P = TypeVar("P", bound=Params)


def params_form(kind: type[P]) -> P:
    """The parameters as they were applied last; nothing changes while the form is filled in.

    Values that do not fit together are said in the form, and the last good ones stay.
    """
    kept = f"{PARAMS}-{kind.__name__}"
    with st.form(f"form-{kind.__name__}", border=False):
        values = {info.name: _widget(info) for info in describe(kind) if not info.elsewhere}
        st.form_submit_button(_("Apply"))
        made = attempt(kind, **values)
        if isinstance(made, VitrineError):
            say(made)
            return recall(kept, None) or kind()
    keep(kept, made)
    return made


def _widget(info: ParamInfo) -> Any:
    title = _("{title}, in {unit}").format(title=_(info.title), unit=_(info.unit)) if info.unit else _(info.title)
    shared = {"key": info.name, "help": _(info.help), "bind": "query-params"}
    if info.choices is not None:
        titles = {value: _(text) for value, text in info.choices.items()}
        options = list(titles)
        return st.selectbox(title, options, index=options.index(info.default), format_func=titles.__getitem__, **shared)
    if info.scale == "double":
        return st.select_slider(title, info.options(), value=info.default, **shared)
    if info.low is not None and info.high is not None:
        return _number(info, title, shared)
    return st.text_input(title, value=str(info.default), **shared)


def _number(info: ParamInfo, title: str, shared: dict[str, Any]) -> Any:
    kind = type(info.default)
    low, high, step = kind(info.low), kind(info.high), kind(info.step or 1)
    few = (high - low) / step <= 64
    draw = st.slider if few else st.number_input
    return draw(title, low, high, info.default, step, **shared)
