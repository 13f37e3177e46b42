"""Streamlit components of our own: HTML, CSS and scripts in the folder of each, and what they share in this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_SHARED = Path(__file__).parent


def piece(name: str, folder: Path, *scripts: str) -> Callable[..., Any]:
    """A component without a build: ``NAME.html``, ``NAME.css`` and scripts, the shared ones before its own.

    Args:
        name: of its files, and, after "vitrine_", of the component.
        folder: where its files are.
        *scripts: names of scripts besides ``NAME.js``, which comes last.
    """
    files = [_SHARED / "outlines.js", *(folder / f"{script}.js" for script in scripts), folder / f"{name}.js"]
    return st.components.v2.component(
        f"vitrine_{name}",
        html=(folder / f"{name}.html").read_text(),
        css="\n".join(path.read_text() for path in (_SHARED / "shared.css", folder / f"{name}.css")),
        js="\n".join(path.read_text() for path in files),
    )
