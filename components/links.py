"""Short names in links. A bound widget writes its visible option into the link; a link may also name it shortly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def accept_short(key: str, names: Mapping[str, Any]) -> None:
    """Let a link name an option by another name than the visible one, such as ``?zone=3``.

    Call it before the widget: once the widget has been drawn, it owns its part of the link.

    Args:
        key: of the widget.
        names: short name in the link to the widget's value.
    """
    given = st.query_params.get(key)
    if given is not None and given in names and key not in st.session_state:
        st.session_state[key] = names[given]
