"""Cache for one session of what is made of its pictures."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
_CACHES: list[Any] = []


def in_session(entries: int) -> Callable[[Callable[Asked, Made]], Callable[Asked, Made]]:
    """``st.cache_data`` of so many entries, which go with the session; outside of one nothing is kept."""

    def keep(make: Callable[Asked, Made]) -> Callable[Asked, Made]:
        cached: Any = st.cache_data(max_entries=entries, show_spinner=False, scope="session")(make)
        _CACHES.append(cached)

        @wraps(make)
        def remembered(*args: Asked.args, **options: Asked.kwargs) -> Made:
            asked = cached if get_script_run_ctx(suppress_warning=True) else make
            return asked(*args, **options)

        return remembered

    return keep


def forget_made() -> None:
    """Let go of all that this session remembers."""
    for cached in _CACHES:
        cached.clear()
