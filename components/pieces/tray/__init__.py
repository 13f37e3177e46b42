"""Small pictures of which one is looked at, as a Streamlit component of our own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.pieces import piece
from components.words.i18n import _

_mount = piece("tray", Path(__file__).parent)


@dataclass(frozen=True)
class Small:
    """A small picture.

    Attributes:
        key: what ``picked_picture`` gives.
        name: shown as it is, never as markup.
        source: address of its file.
    """

    key: str
    name: str
    source: str


def tray_strip(pictures: Sequence[Small], chosen: str, key: str, on_pick: Callable[[], None]) -> None:
    """Draw the pictures; ``picked_picture(key)`` says which one was chosen."""
    data = {
        "pictures": [{"key": one.key, "name": one.name, "source": one.source} for one in pictures],
        "chosen": chosen,
        "label": _("Your pictures. Arrow keys move, Enter chooses."),
    }
    _mount(key=key, data=data, on_pick_change=on_pick, default={"pick": None})


def picked_picture(key: str) -> str | None:
    """Key of the picture that was chosen last."""
    pick = (st.session_state.get(key) or {}).get("pick")
    return str(pick["key"]) if pick else None
