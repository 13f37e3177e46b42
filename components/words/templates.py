"""Fragments of HTML from templates, which escape every value."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from jinja2 import Environment

COMPONENTS = Path(__file__).resolve().parents[1]


def show_html(name: str, **values: Any) -> None:
    """Draw a template.

    Args:
        name: of the module that it belongs to, such as "maps/legend".
        **values: what it is filled with, as plain texts and numbers.
    """
    st.html(_templates().get_template(f"{name}.html.jinja").render(values))


@cache
def _templates() -> Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(COMPONENTS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
