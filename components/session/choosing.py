"""Choices that stand in links: one of a few, one of a list, several, one on a scale.

A link may name an option shortly, or as another language shows it. What is remembered and is no option any
more, such as a layer of another model, gives way to what comes first.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import streamlit as st

from components.session.keys import forget, recall, remember
from components.session.links import accept_short
from components.words.i18n import _

Option = TypeVar("Option")
Options = Mapping[str, Option] | Sequence[Option]
"""Options, which are their own short names in links, or a mapping of short name to option."""


class Titled(Protocol):
    """A method, a model or a picture of a table."""

    @property
    def title(self) -> str:
        """In English."""
        ...


def by_title(table: Mapping[Any, Titled]) -> Callable[[Any], str]:
    """How the keys of a table are shown."""
    return lambda key: _(table[key].title)


def choose_one(
    key: str, title: str, options: Options[Option], show: Callable[[Any], str], first: Option, **shown: Any
) -> Option:
    """One of a few options that stand side by side.

    Args:
        key: of the widget, and in links.
        title: of the widget.
        options: what can be chosen.
        show: how an option is shown, in the language of the moment.
        first: what is chosen at first.
        **shown: further settings of ``st.segmented_control``.
    """
    listed = _offered(key, options, show, first)
    linked = {"key": key, "bind": "query-params", **shown}
    chosen = st.segmented_control(title, listed, default=first, required=True, format_func=show, **linked)
    return first if chosen is None else chosen


def choose_from_list(
    key: str, title: str, options: Options[Option], show: Callable[[Any], str] = str, **shown: Any
) -> Option:
    """As ``choose_one``, from a searchable list; at first the first is chosen, or that at ``index``."""
    listed = _listed(options)
    first = listed[shown.get("index", 0)]
    _offered(key, options, show, first)
    chosen = st.selectbox(title, listed, format_func=show, key=key, bind="query-params", **shown)
    return first if chosen is None else chosen


def choose_or_not(
    key: str, title: str, options: Options[Option], show: Callable[[Any], str], empty: str, **shown: Any
) -> Option | None:
    """One option of a list, or none, as at first; then ``empty`` stands there."""
    linked = {"key": key, "bind": "query-params", "placeholder": empty, **shown}
    return st.selectbox(title, _offered(key, options, show, None), index=None, format_func=show, **linked)


def choose_several(
    key: str, title: str, options: Options[Option], show: Callable[[Any], str], first: Sequence[Option] = ()
) -> Sequence[Option]:
    """Any of a few options."""
    accept_short(key, options, show)
    return st.pills(
        title,
        _listed(options),
        selection_mode="multi",
        default=first or None,
        format_func=show,
        key=key,
        bind="query-params",
    )


def choose_many(
    key: str, title: str, options: Options[Option], show: Callable[[Any], str], first: Sequence[Option] = ()
) -> Sequence[Option]:
    """Any of many options, from a searchable list."""
    accept_short(key, options, show)
    listed = _listed(options)
    known = recall(key, None)
    if known is not None and not set(known) <= set(listed):
        remember(key, [one for one in known if one in listed] or list(first))
    return st.multiselect(
        title, listed, default=list(first) or None, format_func=show, key=key, bind="query-params"
    )


def choose_on_scale(key: str, title: str, options: Sequence[str], first: str) -> str:
    """One of options in their order, by a slider; none is drawn for a single option."""
    if recall(key, None) not in (None, *options):
        forget(key)
    if len(options) < 2:
        return first
    return st.select_slider(title, options, value=first, key=key, bind="query-params")


def _offered(
    key: str, options: Options[Option], show: Callable[[Any], str], first: Option | None
) -> list[Option]:
    """The options, once a link to them is understood and what is remembered is one of them."""
    listed = _listed(options)
    accept_short(key, options, show)
    if recall(key, None) not in (None, *listed):
        remember(key, first)
    return listed


def _listed(options: Options[Option]) -> list[Option]:
    """Each option once."""
    return list(dict.fromkeys(options.values() if isinstance(options, Mapping) else options))
