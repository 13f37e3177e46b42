"""Windows and shop fronts, painted onto a wall seen straight on."""

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from samples.scenes.drawing.canvas import as_ink

Ink = tuple[float, float, float]
_FINE_PIXELS_PER_M = 9.0
"""Coarser walls get windows without details."""
AWNINGS: tuple[Ink, ...] = (
    (168, 42, 40),
    (34, 92, 70),
    (36, 62, 112),
    (206, 160, 60),
    (120, 50, 84),
    (225, 220, 208),
    (60, 60, 64),
)


@dataclass(frozen=True)
class WallSheet:
    """A wall being painted; positions in metres, s from the near end and y from the ground.

    Attributes:
        draw: Pillow's pen.
        length: Length of the whole wall in metres.
        height: Height of the whole wall in metres.
        start: Where the painted part starts, in metres along.
        top: Where the painted part ends, in metres up.
        scale_s: Pixels per metre along.
        scale_y: Pixels per metre up.
    """

    draw: ImageDraw.ImageDraw
    length: float
    height: float
    start: float
    top: float
    scale_s: float
    scale_y: float

    def box(self, left: float, bottom: float, right: float, top: float, rgb: tuple[float, ...]) -> None:
        """Fills a rectangle given in metres."""
        u0, u1 = (left - self.start) * self.scale_s, (right - self.start) * self.scale_s - 1
        v0, v1 = (self.top - top) * self.scale_y, (self.top - bottom) * self.scale_y - 1
        if u1 >= max(0.0, u0 - 0.5) and v1 >= max(0.0, v0 - 0.5):
            self.draw.rectangle(
                (round(u0), round(v0), max(round(u0), round(u1)), max(round(v0), round(v1))), fill=as_ink(rgb)
            )


def tinted(rgb: tuple[float, ...], gain: float) -> Ink:
    """Brightens or darkens a colour."""
    return (rgb[0] * gain, rgb[1] * gain, rgb[2] * gain)


@dataclass(frozen=True)
class WindowStyle:
    """How the windows of one building look: sizes in metres, colours 0 to 255."""

    width: float
    height: float
    pitch: float
    frame: Ink
    surround: Ink
    shutters: Ink | None
    balcony: bool
    lamps_on: bool


def _glass(rng: np.random.Generator, lamps_on: bool) -> Ink:
    """Draws the colour of a pane."""
    if lamps_on and rng.random() < 0.45:
        return tinted((255, 214, 140), rng.uniform(1.1, 1.6))
    return tinted((74, 88, 102), rng.uniform(0.55, 1.25))


def paint_window(
    sheet: WallSheet, left: float, bottom: float, style: WindowStyle, rng: np.random.Generator
) -> None:
    """Paints one window with surround, panes, curtain, sill and shutters."""
    right, top = left + style.width, bottom + style.height
    sheet.box(left - 0.12, bottom - 0.06, right + 0.12, top + 0.14, style.surround)
    sheet.box(left, bottom, right, top, style.frame)
    glass = _glass(rng, style.lamps_on)
    if sheet.scale_y < _FINE_PIXELS_PER_M:
        sheet.box(left + 0.06, bottom + 0.06, right - 0.06, top - 0.06, glass)
        sheet.box(left + 0.06, top - 0.3, right - 0.06, top - 0.06, tinted(glass, 0.8))
        return
    middle = (left + right) / 2
    for pane_left, pane_right in ((left + 0.06, middle - 0.03), (middle + 0.03, right - 0.06)):
        sheet.box(pane_left, bottom + 0.06, pane_right, top - 0.06, glass)
        sheet.box(pane_left, bottom + style.height * 0.55, pane_right, top - 0.06, tinted(glass, 1.25))
        sheet.box(pane_left, top - 0.2, pane_right, top - 0.06, tinted(glass, 0.6))
    if rng.random() < 0.4:
        drop = rng.uniform(0.25, 0.8) * style.height
        sheet.box(left + 0.06, top - drop, left + 0.3, top - 0.06, (196, 192, 182))
        sheet.box(right - 0.3, top - drop, right - 0.06, top - 0.06, (196, 192, 182))
    sheet.box(left - 0.15, bottom - 0.14, right + 0.15, bottom, tinted(style.surround, 1.08))
    sheet.box(left - 0.12, bottom - 0.26, right + 0.12, bottom - 0.14, tinted(style.surround, 0.62))
    if style.shutters is not None:
        for shutter in (left - 0.58, right + 0.1):
            sheet.box(shutter, bottom, shutter + 0.48, top, style.shutters)
            sheet.box(shutter + 0.06, bottom + 0.1, shutter + 0.42, top - 0.1, tinted(style.shutters, 0.82))
    if style.balcony:
        sheet.box(left - 0.5, bottom - 0.3, right + 0.5, bottom - 0.15, tinted(style.surround, 0.8))
        for bar in np.arange(left - 0.5, right + 0.5, 0.16):
            sheet.box(float(bar), bottom - 0.15, float(bar) + 0.05, bottom + 0.7, (52, 54, 58))
        sheet.box(left - 0.5, bottom + 0.68, right + 0.5, bottom + 0.75, (44, 46, 50))


def paint_shop(
    sheet: WallSheet, left: float, right: float, style: WindowStyle, rng: np.random.Generator
) -> None:
    """Paints a shop front on the ground floor with sign, awning, glass and door."""
    colour = AWNINGS[rng.integers(len(AWNINGS))]
    sheet.box(left, 0, right, 3.7, tinted(colour, 0.45))
    glass: Ink = (232, 200, 140) if style.lamps_on else tinted((70, 80, 88), rng.uniform(0.6, 1.1))
    sheet.box(left + 0.15, 0.5, right - 0.15, 2.75, glass)
    for _ in range(int((right - left) * 2)):
        spot = rng.uniform(left + 0.2, right - 0.6)
        wide, high = rng.uniform(0.15, 0.5), rng.uniform(0.3, 1.0)
        sheet.box(spot, 0.55, spot + wide, 0.55 + high, tuple(rng.uniform(40, 200, 3)))
    sheet.box(left + 0.15, 2.2, right - 0.15, 2.75, tinted(glass, 1.3))
    door = rng.uniform(left + 0.4, max(left + 0.5, right - 1.5))
    sheet.box(door, 0, door + 1.0, 2.6, tinted(colour, 0.7))
    sheet.box(door + 0.12, 0.2, door + 0.88, 2.45, tinted(glass, 0.8))
    sheet.box(left, 3.05, right, 3.7, tinted(colour, 0.9))
    for letter in np.arange(left + (right - left) * 0.25, left + (right - left) * 0.75, 0.34):
        sheet.box(
            float(letter),
            3.22,
            float(letter) + rng.uniform(0.1, 0.24),
            3.22 + rng.uniform(0.22, 0.34),
            (240, 236, 226),
        )
    if rng.random() < 0.55:
        for index, stripe in enumerate(np.arange(left, right - 0.01, 0.4)):
            tone = colour if index % 2 else (236, 232, 222)
            sheet.box(float(stripe), 2.25, min(float(stripe) + 0.4, right), 3.05, tone)
        sheet.box(left, 2.12, right, 2.27, tinted(colour, 0.7))
        sheet.box(left, 1.75, right, 2.12, tinted(glass, 0.45))
