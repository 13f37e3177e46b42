"""People and bicycles as upright paintings with a little volume."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from samples.scenes.drawing.canvas import Cutout, as_ink
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.labels import HUMAN, VEHICLE

Ink = tuple[float, float, float]
_SKINS: tuple[Ink, ...] = ((236, 196, 168), (218, 172, 140), (172, 122, 90), (120, 82, 58), (84, 58, 44))
_HAIRS: tuple[Ink, ...] = ((40, 30, 26), (84, 58, 38), (150, 116, 70), (24, 22, 24), (150, 148, 146))
_CLOTHES: tuple[Ink, ...] = (
    (40, 46, 62), (150, 38, 40), (210, 206, 198), (60, 84, 120), (52, 92, 70), (196, 150, 60), (92, 60, 88),
    (28, 28, 32), (120, 124, 130), (212, 110, 90), (84, 132, 170), (104, 88, 70),
)  # fmt: skip
_TROUSERS: tuple[Ink, ...] = (
    (38, 42, 58),
    (52, 64, 92),
    (30, 30, 34),
    (88, 84, 80),
    (120, 106, 84),
    (70, 78, 96),
    (150, 146, 138),
)


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

    def limb(
        self, points: list[tuple[float, float]], widths: tuple[float, float], rgb: Ink, label: int = HUMAN
    ) -> None:
        """Paints a chain of rounded segments that tapers from the first to the second width in metres."""
        pixels = self._pixels(points)
        for image, ink in ((self.colours, as_ink(rgb)), (self.labels, label)):
            pen = ImageDraw.Draw(image)
            for index in range(len(pixels) - 1):
                width = widths[0] + (widths[1] - widths[0]) * index / max(1, len(pixels) - 2)
                pen.line(pixels[index : index + 2], fill=ink, width=max(1, round(width * self.scale)))
            for index, (u, v) in enumerate(pixels):
                radius = (
                    (widths[0] + (widths[1] - widths[0]) * index / max(1, len(pixels) - 1)) * self.scale / 2
                )
                pen.ellipse((u - radius, v - radius, u + radius, v + radius), fill=ink)

    def shape(self, points: list[tuple[float, float]], rgb: Ink, label: int = HUMAN) -> None:
        """Fills a polygon."""
        ImageDraw.Draw(self.colours).polygon(self._pixels(points), fill=as_ink(rgb))
        ImageDraw.Draw(self.labels).polygon(self._pixels(points), fill=label)

    def oval(
        self, centre: tuple[float, float], radii: tuple[float, float], rgb: Ink, label: int = HUMAN
    ) -> None:
        """Fills an ellipse."""
        (u, v), wide, high = self._pixels([centre])[0], radii[0] * self.scale, radii[1] * self.scale
        ImageDraw.Draw(self.colours).ellipse((u - wide, v - high, u + wide, v + high), fill=as_ink(rgb))
        ImageDraw.Draw(self.labels).ellipse((u - wide, v - high, u + wide, v + high), fill=label)

    def tyre(self, centre: tuple[float, float], radius: float, rgb: Ink) -> None:
        """Draws a tyre, seen from the side."""
        (u, v), size = self._pixels([centre])[0], radius * self.scale
        for image, ink in ((self.colours, as_ink(rgb)), (self.labels, VEHICLE)):
            ImageDraw.Draw(image).ellipse(
                (u - size, v - size, u + size, v + size), outline=ink, width=max(1, round(0.05 * self.scale))
            )


def _easel(half_width: float, height: float, scale: float) -> Easel:
    """Makes an empty easel of so many pixels per metre."""
    size = (max(2, int(2 * half_width * scale)), max(3, int(height * scale)))
    return Easel(Image.new("RGB", size), Image.new("L", size), half_width, height, scale)


def _finish(easel: Easel, gain: FloatArray, sun_x: float) -> Cutout:
    """Gives the flat painting volume: lighter on the side of the sun, darker at its edges."""
    labels = np.asarray(easel.labels)
    mask = labels > 0
    blurred = Image.fromarray(mask.astype(np.uint8) * 255).filter(
        ImageFilter.GaussianBlur(max(1.0, 0.07 * easel.scale))
    )
    depth = np.asarray(blurred, dtype=np.float32) / 255
    slope = np.gradient(depth, axis=1) * 0.12 * easel.scale
    shade = np.clip(0.72 + 0.32 * depth - slope * np.sign(sun_x) * 0.55, 0.45, 1.25)
    rgb = np.asarray(easel.colours, dtype=np.float32) * shade[..., None] * gain.astype(np.float32)
    return Cutout(np.clip(rgb, 0, 255).astype(np.uint8), labels.copy(), mask)


def _pick(rng: np.random.Generator, colours: tuple[Ink, ...]) -> Ink:
    """Draws one of several colours."""
    return colours[int(rng.integers(len(colours)))]


@dataclass(frozen=True)
class Clothes:
    """What a person looks like; colours 0 to 255."""

    skin: Ink
    hair: Ink
    top: Ink
    trousers: Ink
    bag: Ink | None
    hem: float


def _dress(rng: np.random.Generator) -> Clothes:
    """Draws the looks of a person."""
    skin, hair, top, trousers, bag = (
        _pick(rng, colours) for colours in (_SKINS, _HAIRS, _CLOTHES, _TROUSERS, _CLOTHES)
    )
    return Clothes(
        skin, hair, top, trousers, bag if rng.random() < 0.35 else None, float(rng.choice([0.84, 0.84, 0.62]))
    )


def _darker(rgb: Ink, gain: float = 0.78) -> Ink:
    """Darkens a colour."""
    return (rgb[0] * gain, rgb[1] * gain, rgb[2] * gain)


def _head(easel: Easel, spot: tuple[float, float], clothes: Clothes, view: str) -> None:
    """Paints neck, head and hair, seen from the "front", the "back" or the "side"."""
    x, y = spot
    easel.limb([(x, y - 0.2), (x, y - 0.05)], (0.11, 0.11), _darker(clothes.skin, 0.85))
    easel.oval((x, y + 0.02), (0.098, 0.128), clothes.hair)
    if view == "front":
        easel.oval((x, y - 0.025), (0.08, 0.1), clothes.skin)
        easel.oval((x, y + 0.09), (0.085, 0.045), clothes.hair)
        for eye in (-0.032, 0.032):
            easel.oval((x + eye, y - 0.005), (0.012, 0.009), (40, 30, 28))
        easel.oval((x, y - 0.075), (0.026, 0.008), _darker(clothes.skin, 0.62))
    elif view == "side":
        easel.oval((x + 0.03, y - 0.025), (0.07, 0.098), clothes.skin)
        easel.oval((x - 0.01, y + 0.085), (0.09, 0.05), clothes.hair)
        easel.oval((x + 0.098, y - 0.03), (0.02, 0.016), clothes.skin)
        easel.oval((x + 0.065, y - 0.002), (0.011, 0.01), (40, 30, 28))


def _standing(easel: Easel, clothes: Clothes, view: str, step: float) -> None:
    """Paints a person seen from the front or the back; step is the lift of one foot in metres."""
    for sign, lift in ((-1.0, step), (1.0, 0.0)):
        cloth = clothes.trousers if lift == 0 else _darker(clothes.trousers)
        easel.limb([(sign * 0.1, 0.05 + lift), (sign * 0.13, 0.04 + lift)], (0.11, 0.1), (40, 36, 36))
        easel.limb(
            [(sign * 0.09, 0.88), (sign * 0.1, 0.48 + lift / 2), (sign * 0.1, 0.10 + lift)],
            (0.19, 0.12),
            cloth,
        )
    for sign in (-1.0, 1.0):
        easel.limb(
            [(sign * 0.21, 1.42), (sign * 0.265, 1.14), (sign * 0.25, 0.92)],
            (0.12, 0.085),
            _darker(clothes.top),
        )
        easel.oval((sign * 0.25, 0.87), (0.045, 0.06), clothes.skin)
    hem = clothes.hem
    outline = [
        (-0.23, 1.45),
        (-0.10, 1.53),
        (0.10, 1.53),
        (0.23, 1.45),
        (0.17, 1.1),
        (0.2, hem),
        (-0.2, hem),
        (-0.17, 1.1),
    ]
    easel.shape(outline, clothes.top)
    easel.limb([(-0.17, 1.44), (0.17, 1.44)], (0.13, 0.13), clothes.top)
    if view == "front":
        easel.shape([(-0.05, 1.53), (0.05, 1.53), (0.0, 1.38)], clothes.skin)
        easel.limb([(0.0, 1.36), (0.0, hem + 0.05)], (0.018, 0.018), _darker(clothes.top, 0.7))
    elif clothes.bag is not None:
        easel.limb([(0.0, 1.34), (0.0, 1.08)], (0.29, 0.31), clothes.bag)
        easel.limb([(-0.1, 1.05), (0.1, 1.05)], (0.1, 0.1), _darker(clothes.bag))
    _head(easel, (0.0, 1.66), clothes, view)


def _walking(easel: Easel, clothes: Clothes, stride: float) -> None:
    """Paints a person who walks to the right, seen from the side; stride is half a step in metres."""
    far, near, hem = _darker(clothes.trousers, 0.68), clothes.trousers, clothes.hem
    easel.limb(
        [(0.02, 1.40), (stride * 0.55, 1.15), (stride * 0.95, 0.98)], (0.11, 0.08), _darker(clothes.top, 0.66)
    )
    for sign, cloth in ((-1.0, far), (1.0, near)):
        knee, foot, lift = sign * stride * 0.42 + 0.05, sign * stride, 0.08 if sign < 0 else 0.0
        easel.limb([(foot - 0.02, 0.05 + lift), (foot + 0.13, 0.035 + lift / 3)], (0.1, 0.07), (40, 36, 36))
        easel.limb([(0.0, 0.9), (knee, 0.5), (foot, 0.11 + lift)], (0.2, 0.12), cloth)
    if clothes.bag is not None:
        easel.limb([(-0.16, 1.36), (-0.17, 1.1)], (0.2, 0.22), clothes.bag)
    outline = [
        (-0.13, 1.46),
        (-0.04, 1.53),
        (0.06, 1.53),
        (0.13, 1.42),
        (0.12, 1.1),
        (0.14, hem),
        (-0.14, hem),
        (-0.12, 1.1),
    ]
    easel.shape(outline, clothes.top)
    easel.limb(
        [(0.0, 1.42), (-stride * 0.35, 1.16), (-stride * 0.5, 0.94)],
        (0.12, 0.085),
        _darker(clothes.top, 0.84),
    )
    easel.oval((-stride * 0.5, 0.89), (0.045, 0.06), clothes.skin)
    _head(easel, (0.02, 1.66), clothes, "side")


def person_patch(seed: int, scale: float, gain: FloatArray, sun_x: float) -> Cutout:
    """Paints a standing or walking person.

    Args:
        seed: Seed of clothes and pose.
        scale: Pixels per metre.
        gain: (3,) light on an upright surface.
        sun_x: X of the direction towards the sun; its sign says which side is lit.

    Returns:
        A patch 1.2 m wide and about 2 m high; its lower edge is the ground.
    """
    rng = np.random.default_rng(seed)
    stature = float(rng.uniform(0.9, 1.06)) * (0.66 if rng.random() < 0.08 else 1.0)
    easel = _easel(0.6, 1.9, scale * stature)
    clothes = _dress(rng)
    if rng.random() < 0.4:
        _walking(easel, clothes, float(rng.uniform(0.2, 0.34)))
        mirrored = bool(rng.random() < 0.5)
    else:
        _standing(easel, clothes, str(rng.choice(["front", "back"])), float(rng.choice([0.0, 0.05, 0.1])))
        mirrored = False
    if mirrored:
        easel = replace(easel, colours=ImageOps.mirror(easel.colours), labels=ImageOps.mirror(easel.labels))
    return _finish(easel, gain, sun_x)


def cyclist_patch(seed: int, scale: float, gain: FloatArray, sun_x: float) -> Cutout:
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
        clothes = _dress(rng)
        top = clothes.top
        easel.limb([(-0.2, 1.0), (0.12, 0.72), (-0.02, 0.26)], (0.17, 0.11), clothes.trousers)
        easel.limb([(-0.2, 1.02), (0.08, 1.42)], (0.27, 0.25), top)
        easel.limb([(0.08, 1.42), (0.28, 1.18), (0.44, 1.04)], (0.11, 0.08), _darker(top))
        _head(easel, (0.19, 1.66), clothes, "side")
    return _finish(easel, gain, sun_x)
