"""A form made from the parameters of a method."""

from functools import partial
from typing import Any, TypeVar

import streamlit as st

from components.session.guard import attempt, say
from components.session.keys import PARAMS, recall, remember
from components.session.links import accept_short, going_to_hold
from components.words.i18n import _
from engine.errors import VitrineError
from engine.params import ParamInfo, Params, describe_params

P = TypeVar("P", bound=Params)
FEW = 8
"""So many parameters stand in one column."""


def params_form(kind: type[P], prefix: str = "") -> P:
    """The parameters as they were applied last; nothing changes while the form is filled in.

    Values that do not fit together are said in the form, and the last good ones stay.

    Args:
        kind: type of the parameters.
        prefix: of the widgets' keys, which stand in links, where a page has several forms.
    """
    kept = f"{PARAMS}-{kind.__name__}"
    asked = [
        info for info in describe_params(kind) if not info.elsewhere and _says_something(info, kind, prefix)
    ]
    with st.form(f"form-{kind.__name__}", border=False):
        columns = st.columns(2 if len(asked) > FEW else 1, gap="medium")
        values = {}
        for place, info in enumerate(asked):
            with columns[place * len(columns) // len(asked)]:
                values[info.name] = _widget(info, prefix + info.name)
        st.form_submit_button(_("Apply"))
        made = attempt(kind, **values)
        if isinstance(made, VitrineError):
            say(made)
            return recall(kept, None) or kind()
    remember(kept, made)
    return made


def _says_something(info: ParamInfo, kind: type[Params], prefix: str) -> bool:
    """Whether a parameter counts beside the others, as they were applied last, or as a link has them."""
    if info.only_with is None:
        return True
    name, *values = info.only_with
    other = next(other for other in describe_params(kind) if other.name == name)
    options, show = list(other.choices or {}), partial(_choice_title, other)
    return going_to_hold(prefix + name, options, show, other.default) in values


def _widget(info: ParamInfo, key: str) -> Any:
    title = (
        _("{title}, in {unit}").format(title=_(info.title), unit=_(info.unit)) if info.unit else _(info.title)
    )
    shared: dict[str, Any] = {"key": key, "help": _(info.help), "bind": "query-params"}
    if info.choices is not None:
        options, show = list(info.choices), partial(_choice_title, info)
        accept_short(key, options, show)
        first = options.index(info.default)
        return st.selectbox(title, options, first, show, accept_new_options=info.open, **shared)
    if info.scale == "double":
        return st.select_slider(title, info.options(), value=info.default, **shared)
    if info.low is not None and info.high is not None:
        return _number(info, title, shared)
    return st.text_input(title, value=str(info.default), **shared)


def _choice_title(info: ParamInfo, value: Any) -> str:
    return _((info.choices or {}).get(value, value))


def _number(info: ParamInfo, title: str, shared: dict[str, Any]) -> Any:
    kind = type(info.default)
    low, high, step = kind(info.low), kind(info.high), kind(info.step or 1)
    few = (high - low) / step <= 64
    draw = st.slider if few else st.number_input
    return draw(title, low, high, info.default, step, **shared)
