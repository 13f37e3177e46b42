"""Short names in links, besides the visible options that bound widgets write there."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from streamlit.runtime.state import get_session_state

from components.session.keys import recall, remember
from components.words.former import FORMER
from components.words.i18n import LANGUAGES, language, speaking


def start_with(key: str, value: Any) -> None:
    """What a bound widget that may be empty begins with, unless a link names something else.

    Call it before the widget. A link leaves out what a widget holds by default: others have what they begin
    with as their default.
    """
    with get_session_state().query_params() as link:
        named = link.get_initial_value(key) is not None
    if recall(key, None) is None and not named:
        remember(key, value)


def going_to_hold(key: str, options: Iterable[Any], show: Callable[[Any], str], default: Any) -> Any:
    """What a bound widget with a choice is going to hold before it is drawn: what it has, or a link names."""
    known = recall(key, None)
    if known is not None:
        return known
    names = {str(option): option for option in options}
    with get_session_state().query_params() as link:
        given = link.get_initial_value(key)
    told = None if given is None else _told(given if isinstance(given, str) else given[-1], names, show)
    return next((option for option in names.values() if show(option) == told), default)


def accept_short(key: str, options: Mapping[str, Any] | Iterable[Any], show: Callable[[Any], str]) -> None:
    """Let a link name an option of a bound widget by a short name, such as ``?zone=3`` or ``?ask=border``, or
    as another language shows it.

    Call it before the widget. The link stays as it is until the widget is changed.

    Args:
        key: of the widget.
        options: the widget's options, which are their own short names, or a mapping of short name to option.
        show: the widget's ``format_func``; it speaks the language of the moment.
    """
    names = options if isinstance(options, Mapping) else {str(option): option for option in options}
    with get_session_state().query_params() as link:
        given = link.get_initial_value(key)
    several = [given] if isinstance(given, str) else given or []
    told = [_told(name, names, show) for name in several]
    if told != several:
        with get_session_state().query_params() as link:  # Streamlit has no public way to translate a link
            link._initial_query_params[key] = told


def _told(name: str, names: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    """An option as the page shows it, by its short name or any language's, also a former one; what is none
    stays.
    """
    if name in names:
        return show(names[name])
    for title in filter(None, (name, FORMER.get(name))):
        for code in (language(), *LANGUAGES):
            with speaking(code):
                meant = [option for option in names.values() if show(option) == title]
            if meant:
                return show(meant[0])
    return name
