"""Figure of a map as one picture to keep: what is shown, its colour bar, and what it is."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from components.pieces.map_view import OUTLINED, MapDisplay, MapScene, ticks
from components.pieces.zone_picker.geometry import rings_of
from components.words.i18n import _
from engine.arrays import Pixels
from engine.visualise.parts import overlay_explanation, scale_for
from engine.visualise.render import Scale, colour_table, png_bytes

FONTS = Path(str(find_spec("matplotlib").origin)).parent / "mpl-data" / "fonts" / "ttf"  # type: ignore[union-attr]
WIDTH = 1200
MARGIN = 28
TEXT = 20
BAR = 18
PAPER, INK, QUIET = (255, 255, 255), (19, 36, 43), (84, 104, 112)
OUTLINES = ((63, 208, 234), (255, 181, 46))
CASING = (6, 18, 24)
CORNER = 3.0


@dataclass(frozen=True)
class Caption:
    """Words of a figure: what is explained, and lines that say what it is, below the colour bar."""

    title: str
    lines: tuple[str, ...]


def figure_png(scene: MapScene, display: MapDisplay, caption: Caption) -> bytes:
    """The file content of a PNG, 1200 pixels wide: title, map, colour bar with raw values, caption."""
    body = Image.fromarray(map_pixels(scene, display))
    lines = (*caption.lines, _(OUTLINED)) if _has_sure(scene, display) else caption.lines
    drawn = _compose(body, scale_for(scene.explanation), replace(caption, lines=lines))
    return png_bytes(np.asarray(drawn))


def map_pixels(scene: MapScene, display: MapDisplay) -> Pixels:
    """The map over its picture, with the outlines of what is explained: uint8 (H, W, 3), 1200 pixels wide."""
    photo = np.asarray(_scaled(scene.picture.pixels))
    body = Image.fromarray(
        overlay_explanation(
            photo, scene.explanation, scale_for(scene.explanation), display.opacity, display.smooth
        )
    )
    _draw_sure(body, scene, display)
    return _outlined(body, scene)


def photo_pixels(scene: MapScene) -> Pixels:
    """The picture as it is, with the outlines of what is explained: uint8 (H, W, 3), 1200 pixels wide."""
    return _outlined(_scaled(scene.picture.pixels), scene)


def _outlined(body: Image.Image, scene: MapScene) -> Pixels:
    for mask, colour in zip(scene.outlined, OUTLINES, strict=False):
        _draw_outline(body, mask, colour)
    return np.asarray(body)


def _scaled(pixels: Pixels) -> Image.Image:
    image = Image.fromarray(pixels)
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


def _compose(body: Image.Image, scale: Scale, caption: Caption) -> Image.Image:
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
    page.paste(Image.fromarray(_bar(scale)), (MARGIN, top))
    for text, place in zip(ticks(scale), (0.0, 0.5, 1.0), strict=True):
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


def _bar(scale: Scale) -> Pixels:
    places = np.linspace(0, 255, WIDTH).round().astype(np.intp)
    return np.repeat(colour_table(scale.colours)[places][None], BAR, axis=0)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu, which comes with matplotlib: Pillow's own font has no accents."""
    return ImageFont.truetype(FONTS / "DejaVuSans.ttf", size)


def _draw_outline(image: Image.Image, mask: np.ndarray, colour: tuple[int, int, int]) -> None:
    """Outline of a mask at any resolution, light over a dark casing."""
    draw = ImageDraw.Draw(image)
    scale = np.array([image.width / mask.shape[1], image.height / mask.shape[0]]) / 2
    rings = [_rounded(np.cumsum(np.reshape(ring, (-1, 2)), axis=0)) * scale for ring in rings_of(mask)]
    for width, ink in ((9, CASING), (4, colour)):
        for ring in rings:
            draw.line([tuple(point) for point in (*ring, ring[0])], ink, width, joint="curve")


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


def _draw_sure(image: Image.Image, scene: MapScene, display: MapDisplay) -> None:
    sure = scene.explanation.sure
    if sure is not None and _has_sure(scene, display):
        rows, columns = sure.shape
        draw = ImageDraw.Draw(image)
        width, height = image.width / columns, image.height / rows
        grid = np.pad(sure, 1)
        edges = [
            *(
                (row, column, row, column + 1)
                for row, column in np.argwhere(grid[1:, 1:-1] != grid[:-1, 1:-1])
            ),
            *(
                (row, column, row + 1, column)
                for row, column in np.argwhere(grid[1:-1, 1:] != grid[1:-1, :-1])
            ),
        ]
        for ink, thick in ((CASING, 7), ((255, 255, 255), 3)):
            for top, left, bottom, right in edges:
                draw.line([(left * width, top * height), (right * width, bottom * height)], ink, thick)
