"""Facades: flat pictures of walls with windows, doors and shops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.scenes.canvas import as_ink
from samples.scenes.noise import FloatArray, fractal_noise
from samples.scenes.street import Building

Ink = tuple[float, float, float]
_FINE_PIXELS_PER_M = 9.0
"""Coarser walls get windows without details."""
_AWNINGS: tuple[Ink, ...] = (
    (168, 42, 40),
    (34, 92, 70),
    (36, 62, 112),
    (206, 160, 60),
    (120, 50, 84),
    (225, 220, 208),
    (60, 60, 64),
)


@dataclass(frozen=True)
class Sheet:
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


def _scaled(rgb: tuple[float, ...], gain: float) -> Ink:
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
        return _scaled((255, 214, 140), rng.uniform(1.1, 1.6))
    return _scaled((74, 88, 102), rng.uniform(0.55, 1.25))


def _window(sheet: Sheet, left: float, bottom: float, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints one window with surround, panes, curtain, sill and shutters."""
    right, top = left + style.width, bottom + style.height
    sheet.box(left - 0.12, bottom - 0.06, right + 0.12, top + 0.14, style.surround)
    sheet.box(left, bottom, right, top, style.frame)
    glass = _glass(rng, style.lamps_on)
    if sheet.scale_y < _FINE_PIXELS_PER_M:
        sheet.box(left + 0.06, bottom + 0.06, right - 0.06, top - 0.06, glass)
        sheet.box(left + 0.06, top - 0.3, right - 0.06, top - 0.06, _scaled(glass, 0.8))
        return
    middle = (left + right) / 2
    for pane_left, pane_right in ((left + 0.06, middle - 0.03), (middle + 0.03, right - 0.06)):
        sheet.box(pane_left, bottom + 0.06, pane_right, top - 0.06, glass)
        sheet.box(pane_left, bottom + style.height * 0.55, pane_right, top - 0.06, _scaled(glass, 1.25))
        sheet.box(pane_left, top - 0.2, pane_right, top - 0.06, _scaled(glass, 0.6))
    if rng.random() < 0.4:
        drop = rng.uniform(0.25, 0.8) * style.height
        sheet.box(left + 0.06, top - drop, left + 0.3, top - 0.06, (196, 192, 182))
        sheet.box(right - 0.3, top - drop, right - 0.06, top - 0.06, (196, 192, 182))
    sheet.box(left - 0.15, bottom - 0.14, right + 0.15, bottom, _scaled(style.surround, 1.08))
    sheet.box(left - 0.12, bottom - 0.26, right + 0.12, bottom - 0.14, _scaled(style.surround, 0.62))
    if style.shutters is not None:
        for shutter in (left - 0.58, right + 0.1):
            sheet.box(shutter, bottom, shutter + 0.48, top, style.shutters)
            sheet.box(shutter + 0.06, bottom + 0.1, shutter + 0.42, top - 0.1, _scaled(style.shutters, 0.82))
    if style.balcony:
        sheet.box(left - 0.5, bottom - 0.3, right + 0.5, bottom - 0.15, _scaled(style.surround, 0.8))
        for bar in np.arange(left - 0.5, right + 0.5, 0.16):
            sheet.box(float(bar), bottom - 0.15, float(bar) + 0.05, bottom + 0.7, (52, 54, 58))
        sheet.box(left - 0.5, bottom + 0.68, right + 0.5, bottom + 0.75, (44, 46, 50))


def _shop(sheet: Sheet, left: float, right: float, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints a shop front on the ground floor with sign, awning, glass and door."""
    colour = _AWNINGS[rng.integers(len(_AWNINGS))]
    sheet.box(left, 0, right, 3.7, _scaled(colour, 0.45))
    glass: Ink = (232, 200, 140) if style.lamps_on else _scaled((70, 80, 88), rng.uniform(0.6, 1.1))
    sheet.box(left + 0.15, 0.5, right - 0.15, 2.75, glass)
    for _ in range(int((right - left) * 2)):
        spot = rng.uniform(left + 0.2, right - 0.6)
        wide, high = rng.uniform(0.15, 0.5), rng.uniform(0.3, 1.0)
        sheet.box(spot, 0.55, spot + wide, 0.55 + high, tuple(rng.uniform(40, 200, 3)))
    sheet.box(left + 0.15, 2.2, right - 0.15, 2.75, _scaled(glass, 1.3))
    door = rng.uniform(left + 0.4, max(left + 0.5, right - 1.5))
    sheet.box(door, 0, door + 1.0, 2.6, _scaled(colour, 0.7))
    sheet.box(door + 0.12, 0.2, door + 0.88, 2.45, _scaled(glass, 0.8))
    sheet.box(left, 3.05, right, 3.7, _scaled(colour, 0.9))
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
        sheet.box(left, 2.12, right, 2.27, _scaled(colour, 0.7))
        sheet.box(left, 1.75, right, 2.12, _scaled(glass, 0.45))


def _ground_floor(sheet: Sheet, building: Building, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints doors and windows, or shops, at street level."""
    if building.shop:
        count = max(1, round(sheet.length / 5.5))
        width = sheet.length / count
        for index in range(count):
            _shop(sheet, index * width + 0.3, (index + 1) * width - 0.3, style, rng)
        return
    sheet.box(0, 0, sheet.length, 0.6, _scaled(building.wall_rgb, 0.7))
    columns = max(1, int(sheet.length / style.pitch))
    door_column = int(rng.integers(columns))
    for index in range(columns):
        left = (index + 0.5) * sheet.length / columns - style.width / 2
        if index == door_column:
            colour = _AWNINGS[rng.integers(len(_AWNINGS))]
            sheet.box(left - 0.15, 0, left + 1.25, 2.55, style.surround)
            sheet.box(left, 0, left + 1.1, 2.4, _scaled(colour, 0.75))
            sheet.box(left + 0.15, 1.3, left + 0.95, 2.2, _scaled(colour, 0.5))
        else:
            _window(sheet, left, 1.1, style, rng)


def _storeys(sheet: Sheet, building: Building, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints the rows of windows above the ground floor."""
    base = 4.0 if building.shop else 3.2
    columns = max(1, int(sheet.length / style.pitch))
    sheet.box(0, base - 0.18, sheet.length, base + 0.08, _scaled(style.surround, 0.95))
    floor = base
    while floor + style.height + 0.9 < sheet.height:
        for index in range(columns):
            left = (index + 0.5) * sheet.length / columns - style.width / 2
            _window(sheet, left, floor + 0.75, style, rng)
        floor += 3.1
    sheet.box(0, sheet.height - 0.5, sheet.length, sheet.height, _scaled(style.surround, 1.0))
    sheet.box(0, sheet.height - 0.72, sheet.length, sheet.height - 0.5, _scaled(building.wall_rgb, 0.66))


def _curtain_wall(sheet: Sheet, building: Building, lamps_on: bool, rng: np.random.Generator) -> None:
    """Paints a wall of glass panels."""
    tint = np.array(building.wall_rgb)
    width = float(rng.uniform(1.1, 1.8))
    for floor in np.arange(0.0, sheet.height, 3.4):
        for left in np.arange(0.0, sheet.length, width):
            tone = tint * rng.uniform(0.75, 1.15)
            if lamps_on and rng.random() < 0.3:
                tone = np.array([250, 220, 160]) * rng.uniform(0.7, 1.1)
            sheet.box(
                float(left),
                float(floor) + 0.5,
                min(float(left) + width - 0.1, sheet.length),
                float(floor) + 3.35,
                tuple(tone),
            )
        sheet.box(0, float(floor), sheet.length, float(floor) + 0.45, tuple(tint * 0.6))
    sheet.box(0, sheet.height - 0.6, sheet.length, sheet.height, tuple(tint * 0.5 + 60))


def _window_style(building: Building, lamps_on: bool, rng: np.random.Generator) -> WindowStyle:
    """Draws the look of the windows of a building."""
    pale = building.style in ("brick", "plaster")
    surround = (
        _scaled((226, 220, 208), rng.uniform(0.85, 1.05))
        if pale and rng.random() < 0.75
        else _scaled(building.wall_rgb, 1.12)
    )
    shutters = (
        _AWNINGS[rng.integers(len(_AWNINGS))] if building.style == "plaster" and rng.random() < 0.35 else None
    )
    return WindowStyle(
        width=float(rng.uniform(0.95, 1.5)),
        height=float(rng.uniform(1.4, 1.95)),
        pitch=float(rng.uniform(2.6, 3.4)),
        frame=(232, 230, 224) if rng.random() < 0.7 else (70, 62, 56),
        surround=surround,
        shutters=shutters,
        balcony=building.style != "brick" and bool(rng.random() < 0.3),
        lamps_on=lamps_on,
    )


@dataclass(frozen=True)
class Wall:
    """The part of a wall that is painted, in metres.

    Attributes:
        building: The building.
        length: Length of the whole wall.
        start: Where the part starts, from the near end.
        stop: Where the part stops, from the near end.
        top: Height up to which the wall is painted.
        scale_sy: Pixels per metre along and up.
        blind: Whether the wall has next to no windows.
    """

    building: Building
    length: float
    start: float
    stop: float
    top: float
    scale_sy: tuple[float, float]
    blind: bool = False


def _stains(size_hw: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Returns a coarse map of stains, enlarged to size_hw, about 0.88 to 1.08."""
    small = (max(2, min(size_hw[0], 96)), max(2, min(size_hw[1], 96)))
    coarse = Image.fromarray((0.88 + 0.2 * fractal_noise(rng, small, 3, 5)).astype(np.float32))
    return np.asarray(coarse.resize((size_hw[1], size_hw[0]), Image.Resampling.BILINEAR))


def _weathered(image: Image.Image, wall: Wall, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Adds stains, brick courses and darkness near the ground."""
    pixels = np.asarray(image, dtype=np.float32)
    size_hw = (pixels.shape[0], pixels.shape[1])
    if min(size_hw) < 4:
        return np.asarray(image).copy()
    gain = _stains(size_hw, rng)
    height_m = np.linspace(wall.top, 0, size_hw[0], dtype=np.float32)
    gain = gain * (0.80 + 0.20 * np.clip(height_m / 3.0, 0, 1))[:, None]
    scale_y = size_hw[0] / wall.top
    if wall.building.style == "brick" and scale_y > 10:
        bare = np.abs(pixels - np.asarray(as_ink(wall.building.wall_rgb), np.float32)).max(axis=2) < 2
        strength = min(1.0, scale_y / 45)
        course = np.where(np.mod(height_m, 0.16) < 0.03, np.float32(1 - 0.22 * strength), np.float32(1))[
            :, None
        ]
        jitter = 1 + (rng.random(size_hw, dtype=np.float32) - 0.5) * 0.26 * strength
        gain = np.where(bare, gain * course * jitter, gain)
    return np.clip(pixels * gain[..., None], 0, 255).astype(np.uint8)


def paint_facade(wall: Wall, lamps_on: bool) -> NDArray[np.uint8]:
    """Paints a wall, seen straight on and evenly lit.

    Args:
        wall: Which part of which wall.
        lamps_on: Whether windows glow.

    Returns:
        uint8 (h, w, 3), first row at the top of the part, first column at its near end.
    """
    building = wall.building
    rng = np.random.default_rng([building.seed, int(wall.blind)])
    width = max(2, int((wall.stop - wall.start) * wall.scale_sy[0]))
    height = max(2, int(wall.top * wall.scale_sy[1]))
    image = Image.new("RGB", (width, height), as_ink(building.wall_rgb))
    scale_s, scale_y = width / (wall.stop - wall.start), height / wall.top
    sheet = Sheet(ImageDraw.Draw(image), wall.length, building.height, wall.start, wall.top, scale_s, scale_y)
    style = _window_style(building, lamps_on, rng)
    if building.style == "glass":
        _curtain_wall(sheet, building, lamps_on, rng)
    elif not wall.blind:
        _storeys(sheet, building, style, rng)
        _ground_floor(sheet, building, style, rng)
    elif rng.random() < 0.7:
        for floor in np.arange(1.2, building.height - 2.5, 3.1):
            for share in (0.25, 0.62):
                _window(sheet, wall.length * share, float(floor), style, rng)
    return _weathered(image, wall, rng)
