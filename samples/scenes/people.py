"""People and bicycles as upright paintings with a little volume."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from samples.scenes.canvas import Patch, as_ink
from samples.scenes.labels import HUMAN, VEHICLE
from samples.scenes.noise import FloatArray

Ink = tuple[float, float, float]
_SKINS: tuple[Ink, ...] = ((236, 196, 168), (218, 172, 140), (172, 122, 90), (120, 82, 58), (84, 58, 44))
_HAIRS: tuple[Ink, ...] = ((40, 30, 26), (84, 58, 38), (150, 116, 70), (24, 22, 24), (150, 148, 146))
_CLOTHES: tuple[Ink, ...] = (
    (40, 46, 62), (150, 38, 40), (210, 206, 198), (60, 84, 120), (52, 92, 70), (196, 150, 60), (92, 60, 88),
    (28, 28, 32), (120, 124, 130), (212, 110, 90), (84, 132, 170), (104, 88, 70),
)  # fmt: skip


@dataclass(frozen=True)
class Easel:
    """An upright sheet in metres, x from the middle and y from the ground."""

    colours: Image.Image
    labels: Image.Image
    half_width: float
    height: float
    scale: float

    def _pixels(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [((x + self.half_width) * self.scale, (self.height - y) * self.scale) for x, y in points]

    def limb(self, points: list[tuple[float, float]], widths: tuple[float, float], rgb: Ink, label: int = HUMAN) -> None:
        """Paints a chain of rounded segments that tapers from the first to the second width in metres."""
        pixels = self._pixels(points)
        for image, ink in ((self.colours, as_ink(rgb)), (self.labels, label)):
            pen = ImageDraw.Draw(image)
            for index in range(len(pixels) - 1):
                width = widths[0] + (widths[1] - widths[0]) * index / max(1, len(pixels) - 2)
                pen.line(pixels[index : index + 2], fill=ink, width=max(1, round(width * self.scale)))
            for index, (u, v) in enumerate(pixels):
                radius = (widths[0] + (widths[1] - widths[0]) * index / max(1, len(pixels) - 1)) * self.scale / 2
                pen.ellipse((u - radius, v - radius, u + radius, v + radius), fill=ink)

    def shape(self, points: list[tuple[float, float]], rgb: Ink, label: int = HUMAN) -> None:
        """Fills a polygon."""
        ImageDraw.Draw(self.colours).polygon(self._pixels(points), fill=as_ink(rgb))
        ImageDraw.Draw(self.labels).polygon(self._pixels(points), fill=label)

    def oval(self, centre: tuple[float, float], radii: tuple[float, float], rgb: Ink, label: int = HUMAN) -> None:
        """Fills an ellipse."""
        (u, v), wide, high = self._pixels([centre])[0], radii[0] * self.scale, radii[1] * self.scale
        ImageDraw.Draw(self.colours).ellipse((u - wide, v - high, u + wide, v + high), fill=as_ink(rgb))
        ImageDraw.Draw(self.labels).ellipse((u - wide, v - high, u + wide, v + high), fill=label)

    def tyre(self, centre: tuple[float, float], radius: float, rgb: Ink) -> None:
        """Draws a tyre, seen from the side."""
        (u, v), size = self._pixels([centre])[0], radius * self.scale
        for image, ink in ((self.colours, as_ink(rgb)), (self.labels, VEHICLE)):
            ImageDraw.Draw(image).ellipse((u - size, v - size, u + size, v + size), outline=ink, width=max(1, round(0.05 * self.scale)))


def _easel(half_width: float, height: float, scale: float) -> Easel:
    """Makes an empty easel of so many pixels per metre."""
    size = (max(2, int(2 * half_width * scale)), max(3, int(height * scale)))
    return Easel(Image.new("RGB", size), Image.new("L", size), half_width, height, scale)


def _finish(easel: Easel, gain: FloatArray, sun_x: float) -> Patch:
    """Gives the flat painting volume: lighter on the side of the sun, darker at its edges."""
    labels = np.asarray(easel.labels)
    mask = labels > 0
    blurred = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(max(1.0, 0.07 * easel.scale)))
    depth = np.asarray(blurred, dtype=np.float32) / 255
    slope = np.gradient(depth, axis=1) * 0.12 * easel.scale
    shade = np.clip(0.72 + 0.32 * depth - slope * np.sign(sun_x) * 0.55, 0.45, 1.25)
    rgb = np.asarray(easel.colours, dtype=np.float32) * shade[..., None] * gain.astype(np.float32)
    return Patch(np.clip(rgb, 0, 255).astype(np.uint8), labels.copy(), mask)


def _pick(rng: np.random.Generator, colours: tuple[Ink, ...]) -> Ink:
    """Draws one of several colours."""
    return colours[int(rng.integers(len(colours)))]


def _head(easel: Easel, x: float, y: float, skin: Ink, hair: Ink, facing: bool) -> None:
    """Paints neck, head and hair; from behind when not facing."""
    easel.limb([(x, y - 0.2), (x, y - 0.05)], (0.11, 0.11), skin)
    easel.oval((x, y + 0.02), (0.10, 0.13), hair)
    if facing:
        easel.oval((x, y - 0.02), (0.082, 0.105), skin)


def _legs(easel: Easel, stride: float, trousers: Ink, shoe: Ink) -> None:
    """Paints two legs and shoes."""
    dark = (trousers[0] * 0.8, trousers[1] * 0.8, trousers[2] * 0.8)
    for sign, rgb in ((-1.0, dark), (1.0, trousers)):
        foot = sign * (0.08 + stride)
        lift = 0.06 if sign < 0 else 0.0
        easel.limb([(foot - 0.02, 0.05 + lift), (foot + 0.07 * (1 if stride > 0.1 else sign * 0.3), 0.04 + lift)], (0.09, 0.07), shoe)
        easel.limb([(sign * 0.085, 0.86), (sign * (0.09 + stride * 0.55), 0.48), (foot, 0.10 + lift)], (0.18, 0.12), rgb)


def person_patch(seed: int, scale: float, gain: FloatArray, sun_x: float) -> Patch:
    """Paints a standing or walking person.

    Args:
        seed: Seed of clothes and pose.
        scale: Pixels per metre.
        gain: (3,) light on an upright surface.
        sun_x: X of the direction towards the sun; its sign says which side is lit.

    Returns:
        A patch 1.2 m wide and 2 m high; its lower edge is the ground.
    """
    rng = np.random.default_rng(seed)
    easel = _easel(0.6, 2.0, scale)
    skin, hair, top, bottom = (_pick(rng, colours) for colours in (_SKINS, _HAIRS, _CLOTHES, _CLOTHES))
    stride = float(rng.choice([0.0, 0.12, 0.2]))
    dark = (top[0] * 0.8, top[1] * 0.8, top[2] * 0.8)
    swing = stride * 0.8
    easel.limb([(-0.19, 1.42), (-0.26, 1.14), (-0.25 - swing, 0.90)], (0.12, 0.08), dark)
    easel.oval((-0.25 - swing, 0.86), (0.05, 0.06), skin)
    _legs(easel, stride, bottom, (44, 38, 36))
    hem = float(rng.choice([0.82, 0.82, 0.55]))
    easel.shape([(-0.23, 1.45), (-0.10, 1.53), (0.10, 1.53), (0.23, 1.45), (0.18, 1.1), (0.21, hem), (-0.21, hem), (-0.18, 1.1)], top)
    easel.limb([(-0.17, 1.44), (0.17, 1.44)], (0.13, 0.13), top)
    easel.limb([(0.20, 1.42), (0.27, 1.14), (0.25 + swing, 0.92)], (0.12, 0.08), dark)
    easel.oval((0.25 + swing, 0.87), (0.05, 0.06), skin)
    if rng.random() < 0.35:
        easel.limb([(0.0, 1.36), (0.0, 1.08)], (0.30, 0.30), _pick(rng, _CLOTHES))
    _head(easel, 0.0, 1.66, skin, hair, bool(rng.random() < 0.5))
    return _finish(easel, gain, sun_x)


def cyclist_patch(seed: int, scale: float, gain: FloatArray, sun_x: float) -> Patch:
    """Paints a bicycle seen from the side, with or without a rider.

    Args:
        seed: Seed of clothes and colours; odd seeds have a rider.
        scale: Pixels per metre.
        gain: (3,) light on an upright surface.
        sun_x: X of the direction towards the sun.

    Returns:
        A patch 2.2 m wide and 2 m high; its lower edge is the ground.
    """
    rng = np.random.default_rng(seed)
    easel = _easel(1.1, 2.0, scale)
    frame = _pick(rng, _CLOTHES)
    for x in (-0.52, 0.52):
        easel.tyre((x, 0.34), 0.34, (30, 30, 32))
        easel.oval((x, 0.34), (0.04, 0.04), (120, 120, 124), VEHICLE)
    tubes = (
        [(-0.52, 0.34), (-0.08, 0.34), (0.34, 0.80), (-0.2, 0.82), (-0.52, 0.34)],
        [(-0.08, 0.34), (-0.22, 0.95)],
        [(0.52, 0.34), (0.33, 0.98), (0.48, 1.03)],
    )
    for tube in tubes:
        easel.limb(tube, (0.05, 0.05), frame, VEHICLE)
    easel.limb([(-0.34, 0.97), (-0.1, 0.97)], (0.07, 0.06), (28, 26, 26), VEHICLE)
    if seed % 2:
        skin, top, bottom = _pick(rng, _SKINS), _pick(rng, _CLOTHES), _pick(rng, _CLOTHES)
        easel.limb([(-0.2, 1.0), (0.12, 0.72), (-0.02, 0.26)], (0.17, 0.11), bottom)
        easel.limb([(-0.2, 1.02), (0.08, 1.42)], (0.27, 0.25), top)
        easel.limb([(0.08, 1.42), (0.28, 1.18), (0.44, 1.04)], (0.11, 0.08), (top[0] * 0.8, top[1] * 0.8, top[2] * 0.8))
        _head(easel, 0.19, 1.66, skin, _pick(rng, _HAIRS), True)
    return _finish(easel, gain, sun_x)
