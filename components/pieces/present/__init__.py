"""Slides over the whole screen, turned by keys, as a Streamlit component of our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.pieces import piece
from components.words.i18n import _

_mount = piece("present", __file__, "elements", "maps", "delivered", "tile")


@dataclass(frozen=True)
class WordSlide:
    """A slide of words; none of them is taken for markup.

    Attributes:
        title: the largest line.
        lines: below it, smaller.
        columns: lists beside each other, each with its title.
    """

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, eq=False)
class MapSlide:
    """A slide with one live map.

    Attributes:
        title: the largest line.
        said: one plain sentence.
        remark: what the person says about it, or "".
        notes: what a value is, what the lines mean, and what the map is of.
        sheet: the map as a sheet of one tile, by ``sheet_facts``.
        sure: whether each cell is outlined, row by row; None where none is.
    """

    title: str
    said: str
    remark: str
    notes: tuple[str, ...]
    sheet: dict[str, Any]
    sure: list[bool] | None


Slide = WordSlide | MapSlide


def present_slides(slides: Sequence[Slide], key: str) -> None:
    """A button that shows the slides; the browser needs no server for what follows."""
    data = {
        "slides": [{"kind": type(slide).__name__, **vars(slide)} for slide in slides],
        "texts": {
            "open": _("Present"),
            "hint": _("Full screen: arrow keys turn the slides, Escape leaves."),
            "deck": _("Slides of the report"),
            "slide": _("Slide {number} of {count}: {title}"),
            "leave": _("Leave the slides"),
        },
    }
    _mount(key=key, data=data)
