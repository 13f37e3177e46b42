"""Figure of a map as one picture to keep: what is shown, its colour bar, and what it is."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from components.pieces.ink_facts import CONTOURED, ORDER_OPEN
from components.pieces.map_view import OUTLINED, MapDisplay, MapScene, ticks
from components.words.i18n import _
from engine.arrays import Pixels
from engine.visualise.annotations import font, outline_zones
from engine.visualise.inks import Look, bar_pixels
from engine.visualise.lines import SURE, cell_edges, draw_lines
from engine.visualise.overlays import contour_for, faded, overlay_explanation
from engine.visualise.render import Scale, png_bytes
from engine.visualise.scales import scale_for
from engine.visualise.strength import order_is_told

WIDTH = 1200
MARGIN = 28
TEXT = 20
BAR = 18
PAPER, INK, QUIET = (255, 255, 255), (19, 36, 43), (84, 104, 112)


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
    return outline_zones(body, scene.outlined)


def photo_pixels(scene: MapScene) -> Pixels:
    """The picture as it is, with the outlines of what is explained: uint8 (H, W, 3), 1200 pixels wide."""
    return outline_zones(_scaled(scene.picture.pixels), scene.outlined)


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
    draw.text((MARGIN, MARGIN), caption.title, INK, font(TEXT + 4))
    top = MARGIN + line + MARGIN // 2
    page.paste(body, (MARGIN, top))
    top += body.height + MARGIN // 2
    page.paste(Image.fromarray(bar_pixels(bar.scale, bar.look, (BAR, WIDTH))), (MARGIN, top))
    for text, place in zip(ticks(bar.scale), (0.0, 0.5, 1.0), strict=True):
        draw.text(
            (MARGIN + place * WIDTH, top + BAR + 4),
            text,
            INK,
            font(TEXT),
            anchor=("la", "ma", "ra")[round(place * 2)],
        )
    for number, text in enumerate(caption.lines):
        draw.text((MARGIN, top + BAR + line * (number + 1) + MARGIN // 2), text, QUIET, font(TEXT - 2))
    return page


def _has_sure(scene: MapScene, display: MapDisplay) -> bool:
    """Whether cells are outlined because they lie surely above the average one."""
    sure = scene.explanation.sure
    return display.sure and sure is not None and bool(sure.any())
