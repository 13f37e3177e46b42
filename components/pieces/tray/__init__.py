"""Small pictures of which one is looked at, as a Streamlit component of our own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.pieces import piece
from components.words.i18n import _

_mount = piece("tray", __file__)


@dataclass(frozen=True)
class Small:
    """A small picture.

    Attributes:
        key: what ``picked`` gives.
        name: shown as it is, never as markup.
        source: address of its file.
    """

    key: str
    name: str
    source: str


def tray_strip(pictures: Sequence[Small], chosen: str, key: str, on_pick: Callable[[], None]) -> None:
    """Draw the pictures; ``picked(key)`` says which one was chosen."""
    data = {
        "pictures": [{"key": one.key, "name": one.name, "source": one.source} for one in pictures],
        "chosen": chosen,
        "label": _("Your images. Arrow keys move, Enter selects."),
    }
    _mount(key=key, data=data, on_pick_change=on_pick, default={"pick": None})
