"""One plain sentence that says what a map shows: where the answer comes from, and how much of it."""

from components.ask.question import ZoneQuestion, question_title
from components.words import numbers
from components.words.i18n import _, plural
from components.words.plain import as_text
from engine.arrays import Bools
from engine.explanation import Explanation
from engine.phrase import later
from engine.visualise.location import Location, locate
from engine.visualise.strength import order_is_told, strength
from engine.zones import Zones

MOVING = 0.5
"""Stability below which a map is not steady yet, and its strongest cells are not told."""

MOSTLY, PARTLY = 2 / 3, 1 / 3
"""Shares inside of the zone from which on its own area, or both, are named."""

_OWN: dict[tuple[str, str], str] = {
    ("upper", "left"): later("its own upper left"),
    ("upper", "middle"): later("its own upper part"),
    ("upper", "right"): later("its own upper right"),
    ("middle", "left"): later("its own left side"),
    ("middle", "middle"): later("its own middle"),
    ("middle", "right"): later("its own right side"),
    ("lower", "left"): later("its own lower left"),
    ("lower", "middle"): later("its own lower part"),
    ("lower", "right"): later("its own lower right"),
}
_AROUND: dict[tuple[str, str], str] = {
    ("upper", "left"): later("what lies above it on the left"),
    ("upper", "middle"): later("what lies above it"),
    ("upper", "right"): later("what lies above it on the right"),
    ("middle", "left"): later("what lies to its left"),
    ("middle", "middle"): later("what surrounds it"),
    ("middle", "right"): later("what lies to its right"),
    ("lower", "left"): later("what lies below it on the left"),
    ("lower", "middle"): later("what lies below it"),
    ("lower", "right"): later("what lies below it on the right"),
}
_BOTH = later("itself and what surrounds it")


def summary(explanation: Explanation, question: ZoneQuestion, zones: Zones) -> str:
    """The sentence, in Markdown; empty while it cannot be told."""
    if question.zone is None:
        return ""
    name = as_text(question_title(question, zones))
    return summary_of(explanation, f"**{name}**", zones.labels == question.zone)


def summary_of(explanation: Explanation, name: str, zone: Bools) -> str:
    """The sentence as it stands; empty while it cannot be told.

    Args:
        explanation: the map.
        name: of what is explained, as it is written.
        zone: mask bool (h, w) of the zone, or of the first of two.
    """
    steady = (explanation.stability or 0.0) >= MOVING and order_is_told(explanation)
    place = locate(strength(explanation), zone) if steady else None
    if place is None:
        return ""
    text = plural(
        "**{name}** depends mostly on {place}: one cell of {all} carries half of the map.",
        "**{name}** depends mostly on {place}: {cells} of {all} cells carry half of the map.",
        place.cells,
    )
    return text.replace("**{name}**", "{name}").format(
        name=name,
        place=_(_place_text(place)),
        cells=numbers.count(place.cells),
        all=numbers.count(place.of_cells),
    )


def _place_text(place: Location) -> str:
    where = (place.vertical, place.horizontal)
    if place.inside >= MOSTLY:
        return _OWN[where]
    return _BOTH if place.inside >= PARTLY and not place.beyond else _AROUND[where]
