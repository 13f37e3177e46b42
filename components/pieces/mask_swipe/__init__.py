"""Two masks over an image with a line between them to move, as a Streamlit component of our own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.pieces import piece
from components.session.media import photo_url
from components.words.i18n import _
from engine.images.picture import Picture

_mount = piece("swipe", __file__, "elements", "pointing")


@dataclass(frozen=True)
class MaskLayer:
    """What can be shown on a side of the line.

    Attributes:
        key: of the layer.
        title: of the layer.
        url: address of a PNG with opacity, of the size of the scene.
        legend: colour, such as "#0072b2", and what it means, each.
    """

    key: str
    title: str
    url: str
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class SwipeScene:
    """What is drawn and can be clicked.

    Attributes:
        picture: below the masks.
        size_hw: height and width of the masks in pixels.
        layers: at least one; the first is on the left at first, the second on the right.
        runs: region of each pixel, 0 where there is none, as value, length, value, length, ...
        regions: outline (rings in half pixels) and name of each region, from number 1.
        chosen: number of the marked region, or 0.
    """

    picture: Picture
    size_hw: tuple[int, int]
    layers: Sequence[MaskLayer]
    runs: Sequence[int] = ()
    regions: Sequence[tuple[Sequence[Sequence[int]], str]] = field(default_factory=tuple)
    chosen: int = 0


def mask_swipe(scene: SwipeScene, key: str, on_pick: Callable[[], None]) -> None:
    """Draw the masks; ``picked_region(key)`` says which region was clicked."""
    data: dict[str, Any] = {
        "photo": photo_url(scene.picture),
        "height": scene.size_hw[0],
        "width": scene.size_hw[1],
        "layers": [vars(layer) for layer in scene.layers],
        "runs": list(scene.runs),
        "regions": [{"rings": rings, "text": text} for rings, text in scene.regions],
        "chosen": scene.chosen,
        "texts": {
            "title": _(
                "Masks of the image {name}. Arrow keys go through the wrong regions, Enter selects."
            ).format(name=_(scene.picture.name)),
            "left": _("Left"),
            "right": _("Right"),
            "line": _("Line between the two sides"),
            "opacity": _("Opacity"),
            "picked": _("Selected:"),
        },
    }
    _mount(key=key, data=data, on_pick_change=on_pick, default={"pick": None})


def picked_region(state: Any) -> int:
    """Number of the region that was clicked last, 0 if none was.

    Args:
        state: of the component.
    """
    pick = (state or {}).get("pick")
    return int(pick["region"]) if pick else 0
