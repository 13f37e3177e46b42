"""Figure of a map as one picture to keep: what is shown, its colour bar, and what it is."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from components.pieces.ink_facts import CONTOURED, ORDER_OPEN
from components.pieces.map_view import OUTLINED, MapDisplay, MapScene, ticks
from components.pieces.zone_picker.geometry import rings_of
from components.words.i18n import _
from engine.arrays import Pixels
from engine.visualise.inks import Look, bar_pixels
from engine.visualise.lines import SURE, Colour, Pen, cell_edges, draw_lines
from engine.visualise.overlays import contour_for, faded, overlay_explanation
from engine.visualise.render import Scale, png_bytes
from engine.visualise.scales import scale_for
from engine.visualise.strength import order_is_told

FONTS = Path(str(find_spec("matplotlib").origin)).parent / "mpl-data" / "fonts" / "ttf"  # type: ignore[union-attr]
WIDTH = 1200
MARGIN = 28
TEXT = 20
BAR = 18
PAPER, INK, QUIET = (255, 255, 255), (19, 36, 43), (84, 104, 112)
OUTLINES: tuple[Colour, ...] = ((63, 208, 234), (255, 181, 46))
CORNER = 3.0


@dataclass(frozen=True)
class Caption:
    """Words of a figure: what is explained, and lines that say what it is, below the colour bar."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """Colour bar of a map: its scale, and how the map lies on its picture."""

    scale: Scale
    look: Look


def figure_png(scene: MapScene, display: MapDisplay, caption: Caption) -> bytes:
    """The file content of a PNG, 1200 pixels wide: title, map, colour bar with raw values, caption."""
    body = Image.fromarray(map_pixels(scene, display))
    caption = replace(caption, lines=(*caption.lines, *lines_said(scene, display)))
    bar = Bar(scale_for(scene.explanation), faded(display, scene.explanation))
    return png_bytes(np.asarray(_compose(body, bar, caption)))


def lines_said(scene: MapScene, display: MapDisplay) -> tuple[str, ...]:
    """What the lines on a map mean, and why it is faded."""
    explanation = scene.explanation
    said = {
        OUTLINED: _has_sure(scene, display),
        CONTOURED: not display.flat and contour_for(explanation) is not None,
        ORDER_OPEN: not order_is_told(explanation),
    }
    return tuple(_(text) for text, applies in said.items() if applies)


def map_pixels(scene: MapScene, display: MapDisplay) -> Pixels:
    """The map over its picture, with the outlines of what is explained: uint8 (H, W, 3), 1200 pixels wide."""
    explanation = scene.explanation
    body = overlay_explanation(_scaled(scene.picture.pixels), explanation, scale_for(explanation), display)
    if explanation.sure is not None and _has_sure(scene, display):
        body = draw_lines(body, cell_edges(explanation.sure), SURE, closed=False)
    return _outlined(body, scene)


def photo_pixels(scene: MapScene) -> Pixels:
    """The picture as it is, with the outlines of what is explained: uint8 (H, W, 3), 1200 pixels wide."""
    return _outlined(_scaled(scene.picture.pixels), scene)


def _outlined(body: Pixels, scene: MapScene) -> Pixels:
    for mask, colour in zip(scene.outlined, OUTLINES, strict=False):
        size = 2 * np.array(mask.shape[::-1], np.float32)
        rings = [_rounded(np.cumsum(np.reshape(ring, (-1, 2)), axis=0)) / size for ring in rings_of(mask)]
        body = draw_lines(body, rings, Pen(colour, 4, 9))
    return body


def _scaled(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(
        image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    )


def _compose(body: Image.Image, bar: Bar, caption: Caption) -> Image.Image:
    line = round(TEXT * 1.45)
    foot = MARGIN + BAR + line + MARGIN // 2 + line * len(caption.lines)
    page = Image.new(
        "RGB", (WIDTH + 2 * MARGIN, MARGIN + line + MARGIN // 2 + body.height + foot + MARGIN), PAPER
    )
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, MARGIN), caption.title, INK, _font(TEXT + 4))
    top = MARGIN + line + MARGIN // 2
    page.paste(body, (MARGIN, top))
    top += body.height + MARGIN // 2
    page.paste(Image.fromarray(bar_pixels(bar.scale, bar.look, (BAR, WIDTH))), (MARGIN, top))
    for text, place in zip(ticks(bar.scale), (0.0, 0.5, 1.0), strict=True):
        draw.text(
            (MARGIN + place * WIDTH, top + BAR + 4),
            text,
            INK,
            _font(TEXT),
            anchor=("la", "ma", "ra")[round(place * 2)],
        )
    for number, text in enumerate(caption.lines):
        draw.text((MARGIN, top + BAR + line * (number + 1) + MARGIN // 2), text, QUIET, _font(TEXT - 2))
    return page


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu, which comes with matplotlib: Pillow's own font has no accents."""
    return ImageFont.truetype(FONTS / "DejaVuSans.ttf", size)


def _rounded(ring: np.ndarray) -> np.ndarray:
    """Points (n, 2) of a closed ring, corners rounded by at most ``CORNER`` half pixels, as on the page."""
    before, after = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
    enter, leave = (
        side * np.minimum(0.5, CORNER / np.linalg.norm(side, axis=1, keepdims=True))
        for side in (before, after)
    )
    share = np.linspace(0, 1, 6)[None, :, None]
    return (ring[:, None] + (1 - share) ** 2 * enter[:, None] + share**2 * leave[:, None]).reshape(-1, 2)


def _has_sure(scene: MapScene, display: MapDisplay) -> bool:
    """Whether cells are outlined because they lie surely above the average one."""
    sure = scene.explanation.sure
    return display.sure and sure is not None and bool(sure.any())
