"""What is drawn about a map: outlines of zones on it, and a colour bar with raw values below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.arrays import Bools, LongInts, Pixels, Reals
from engine.visualise.inks import Look, bar_pixels
from engine.visualise.lines import Colour, Pen, draw_lines
from engine.visualise.render import Scale

FONTS = Path(str(find_spec("matplotlib").origin)).parent / "mpl-data" / "fonts" / "ttf"  # type: ignore[union-attr]
OUTLINES: tuple[Colour, ...] = ((63, 208, 234), (255, 181, 46))
"""Of the zone that is explained, and of a second one."""
CORNER = 3.0
BAR_PX, TEXT_PX, GAP_PX = 16, 15, 6
PAPER, INK = (255, 255, 255), (19, 36, 43)


def outline_zones(pixels: Pixels, masks: Sequence[Bools]) -> Pixels:
    """uint8 (H, W, 3): a picture with the outlines of masks bool (h, w), at most two."""
    for mask, colour in zip(masks, OUTLINES, strict=False):
        size = 2 * np.array(mask.shape[::-1], np.float32)
        rings = [_rounded(np.cumsum(np.reshape(ring, (-1, 2)), axis=0)) / size for ring in rings_of(mask)]
        pixels = draw_lines(pixels, rings, Pen(colour, 4, 9))
    return pixels


def rings_of(mask: Bools, corner_rc: tuple[int, int] = (0, 0)) -> list[list[int]]:
    """Closed outlines of a mask (h, w): islands and holes.

    Args:
        mask: True inside.
        corner_rc: row and column of the mask's first pixel in the whole picture.

    Returns:
        One list x0, y0, dx1, dy1, dx2, dy2, ... for each ring, in half pixels from the top left corner of
        the picture; the ring closes by itself. Pixels that touch only at a corner are joined, as in
        ``list_zones``.
    """
    from skimage import measure

    contours = measure.find_contours(np.pad(mask, 1).astype(np.float32), 0.5, fully_connected="high")
    offset = (
        np.array(corner_rc) * 2 - 1
    )  # less the padding, plus half a pixel: a pixel's centre lies half a pixel inside it
    return [_steps(np.rint(contour * 2).astype(np.int64) + offset) for contour in contours]


def _steps(points_rc: LongInts) -> list[int]:
    """First point and steps (x, y) of a closed ring, straight runs joined into one step."""
    ring = points_rc[:-1, ::-1]
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners = ring[turns]
    steps = np.diff(corners, axis=0)
    return np.concatenate([corners[:1], steps]).ravel().tolist()


def _rounded(ring: Reals) -> Reals:
    """Points (n, 2) of a closed ring, corners rounded by at most ``CORNER`` half pixels, as on the page."""
    before, after = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
    enter, leave = (
        side * np.minimum(0.5, CORNER / np.linalg.norm(side, axis=1, keepdims=True))
        for side in (before, after)
    )
    share = np.linspace(0, 1, 6)[None, :, None]
    return (ring[:, None] + (1 - share) ** 2 * enter[:, None] + share**2 * leave[:, None]).reshape(-1, 2)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu, which comes with matplotlib: Pillow's own font has no accents."""
    return ImageFont.truetype(FONTS / "DejaVuSans.ttf", size)


@dataclass(frozen=True)
class ColourBar:
    """A colour bar.

    Attributes:
        scale: colours of raw values.
        look: how the map lies on its picture.
        ticks: its lowest, middle and highest value in words.
        title: what the values are.
    """

    scale: Scale
    look: Look
    ticks: tuple[str, str, str]
    title: str


def with_bar(pixels: Pixels, bar: ColourBar) -> Pixels:
    """uint8 (H + h, W, 3): a picture with a colour bar below it."""
    height, width = pixels.shape[:2]
    line = round(TEXT_PX * 1.4)
    page = Image.new("RGB", (width, height + BAR_PX + 2 * line + 3 * GAP_PX), PAPER)
    page.paste(Image.fromarray(pixels), (0, 0))
    top = height + GAP_PX
    page.paste(Image.fromarray(bar_pixels(bar.scale, bar.look, (BAR_PX, width))), (0, top))
    draw, below = ImageDraw.Draw(page), top + BAR_PX + GAP_PX // 2
    for text, anchor, place in zip(bar.ticks, ("la", "ma", "ra"), (0.0, 0.5, 1.0), strict=True):
        draw.text((GAP_PX + place * (width - 2 * GAP_PX), below), text, INK, font(TEXT_PX), anchor=anchor)
    draw.text((GAP_PX, below + line), bar.title, INK, font(TEXT_PX))
    return np.asarray(page)
