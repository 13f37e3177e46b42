"""Classes of a segmentation with their colours and shares."""

from dataclasses import dataclass

from components.pieces.zone_picker.hatches import hatches
from components.words import numbers
from components.words.i18n import _
from components.words.templates import show_html
from engine.zones import Zones

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class ClassShare:
    """One class of a segmentation.

    Attributes:
        name: of the class.
        colour: RGB 0-255.
        area: its share of the picture, 0-1.
        probability: mean probability over its pixels, 0-1.
        zones: how many zones it has.
        hatch: its second sign in the picker, beside the colour; often none.
    """

    name: str
    colour: Colour
    area: float
    probability: float
    zones: int
    hatch: str = ""


def class_shares(zones: Zones, colours: tuple[Colour, ...]) -> list[ClassShare]:
    """The classes that there are, the largest first."""
    found, signs = [], hatches(colours)
    for index, name in enumerate(zones.class_names):
        own = [zone for zone in zones.zones if zone.class_index == index]
        area = sum(zone.area for zone in own)
        if own:
            probability = sum(zone.probability * zone.area for zone in own) / area
            found.append(ClassShare(name, colours[index], area, probability, len(own), signs[index]))
    return sorted(found, key=lambda item: -item.area)


def show_legend(shares: list[ClassShare]) -> None:
    """Colour, hatching, name and share of each class."""
    rows = [
        ("#{:02x}{:02x}{:02x}".format(*item.colour), item.hatch, _(item.name), numbers.share(item.area))
        for item in shares
    ]
    show_html("maps/legend", label=_("Classes"), rows=rows)
