"""Streamlit components of our own, each a folder of HTML, CSS and scripts, and what they share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_SHARED = Path(__file__).parent


def piece(name: str, module: str, *scripts: str) -> Callable[..., Any]:
    """A component without a build: ``NAME.html`` and scripts, each with its style where it has one, the
    shared ones before its own.

    Args:
        name: of its files, and, after "vitrine_", of the component.
        module: file of the module that has it, beside which its files are.
        *scripts: names of scripts besides ``NAME.js``, which comes last: those in its folder, or shared ones.
    """
    folder = Path(module).parent
    found = [
        path if (path := folder / f"{script}.js").exists() else _SHARED / path.name for script in scripts
    ]
    files = [_SHARED / "outlines.js", *found, folder / f"{name}.js"]
    sheets = [
        _SHARED / "shared.css",
        *(path.with_suffix(".css") for path in files if path.with_suffix(".css").exists()),
    ]
    return st.components.v2.component(
        f"vitrine_{name}",
        html=(folder / f"{name}.html").read_text(),
        css="\n".join(path.read_text() for path in sheets),
        js="\n".join(path.read_text() for path in files),
    )


def picked(key: str) -> str | None:
    """Key of what was clicked last in a component: the title of a map, or a small picture."""
    pick = (st.session_state.get(key) or {}).get("pick")
    return str(pick["key"]) if pick else None


def nothing() -> None:
    """In place of a callback: what is set is read when it is needed."""
