"""Facades: flat pictures of walls, storey by storey."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.scenes.drawing.canvas import as_ink
from samples.scenes.drawing.noise import FloatArray, fractal_noise
from samples.scenes.drawing.street import Building
from samples.scenes.surroundings.windows import (
    AWNINGS,
    WallSheet,
    WindowStyle,
    paint_shop,
    paint_window,
    tinted,
)


def _ground_floor(sheet: WallSheet, building: Building, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints doors and windows, or shops, at street level."""
    if building.shop:
        count = max(1, round(sheet.length / 5.5))
        width = sheet.length / count
        for index in range(count):
            paint_shop(sheet, index * width + 0.3, (index + 1) * width - 0.3, style, rng)
        return
    sheet.box(0, 0, sheet.length, 0.6, tinted(building.wall_rgb, 0.7))
    columns = max(1, int(sheet.length / style.pitch))
    door_column = int(rng.integers(columns))
    for index in range(columns):
        left = (index + 0.5) * sheet.length / columns - style.width / 2
        if index == door_column:
            colour = AWNINGS[rng.integers(len(AWNINGS))]
            sheet.box(left - 0.15, 0, left + 1.25, 2.55, style.surround)
            sheet.box(left, 0, left + 1.1, 2.4, tinted(colour, 0.75))
            sheet.box(left + 0.15, 1.3, left + 0.95, 2.2, tinted(colour, 0.5))
        else:
            paint_window(sheet, left, 1.1, style, rng)


def _storeys(sheet: WallSheet, building: Building, style: WindowStyle, rng: np.random.Generator) -> None:
    """Paints the rows of windows above the ground floor."""
    base = 4.0 if building.shop else 3.2
    columns = max(1, int(sheet.length / style.pitch))
    sheet.box(0, base - 0.18, sheet.length, base + 0.08, tinted(style.surround, 0.95))
    floor = base
    while floor + style.height + 0.9 < sheet.height:
        for index in range(columns):
            left = (index + 0.5) * sheet.length / columns - style.width / 2
            paint_window(sheet, left, floor + 0.75, style, rng)
        floor += 3.1
    sheet.box(0, sheet.height - 0.5, sheet.length, sheet.height, tinted(style.surround, 1.0))
    sheet.box(0, sheet.height - 0.72, sheet.length, sheet.height - 0.5, tinted(building.wall_rgb, 0.66))


def _curtain_wall(sheet: WallSheet, building: Building, lamps_on: bool, rng: np.random.Generator) -> None:
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
        tinted((226, 220, 208), rng.uniform(0.85, 1.05))
        if pale and rng.random() < 0.75
        else tinted(building.wall_rgb, 1.12)
    )
    shutters = (
        AWNINGS[rng.integers(len(AWNINGS))] if building.style == "plaster" and rng.random() < 0.35 else None
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
    sheet = WallSheet(
        ImageDraw.Draw(image), wall.length, building.height, wall.start, wall.top, scale_s, scale_y
    )
    style = _window_style(building, lamps_on, rng)
    if building.style == "glass":
        _curtain_wall(sheet, building, lamps_on, rng)
    elif not wall.blind:
        _storeys(sheet, building, style, rng)
        _ground_floor(sheet, building, style, rng)
    elif rng.random() < 0.7:
        for floor in np.arange(1.2, building.height - 2.5, 3.1):
            for share in (0.25, 0.62):
                paint_window(sheet, wall.length * share, float(floor), style, rng)
    return _weathered(image, wall, rng)
