"""A tour in a small window beside what it is about, as a Streamlit component of our own."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.pieces import piece
from components.words.i18n import _

_mount = piece("tour", __file__)


@dataclass(frozen=True)
class TourStep:
    """One step.

    Attributes:
        title, text: what is said.
        anchors: CSS selectors of what it is about; the first that is seen counts. Behind ">>>" stands what
            lies inside a component of ours.
    """

    title: str
    text: str
    anchors: tuple[str, ...]


def tour(steps: Sequence[TourStep], clear: Sequence[str], by_itself: bool, key: str) -> None:
    """A link that starts the tour; a new visitor sees it once without asking.

    Args:
        steps: in their order; those whose anchor is not on the page are left out.
        clear: CSS selectors of what the window never covers.
        by_itself: whether it may begin without being asked for. The browser has more to say: never a second
            time, never behind a link with parameters, never where it has no memory.
        key: of the component.
    """
    data = {
        "steps": [vars(step) for step in steps],
        "clear": list(clear),
        "by_itself": by_itself,
        "texts": {
            "again": _("Show the tour"),
            "count": _("Step {number} of {count}"),
            "skip": _("Skip"),
            "next": _("Next"),
            "end": _("Got it"),
        },
    }
    _mount(key=key, data=data)
