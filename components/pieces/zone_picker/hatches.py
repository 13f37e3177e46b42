"""A second sign besides colour: hatching, for classes whose colours some eyes cannot tell apart."""

from functools import cache

import numpy as np

from engine.arrays import AnyFloats

Colour = tuple[int, int, int]

APART = 10.0
"""Least difference of two colours (CIEDE2000) that needs no second sign; 1 is just seen, side by side."""

HATCHES = ("", "rising", "falling", "level", "dotted", "upright", "crossed")
"""Names of the hatchings, the first is none; ``picker.js`` and the legend draw them."""

VISIONS = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What eyes make of linear red, green and blue, at full severity (Machado, Oliveira and Fernandes 2009,
https://doi.org/10.1109/TVCG.2009.113).
"""


def seen_as(colours: tuple[Colour, ...], vision: str) -> AnyFloats:
    """Colours as somebody with a vision sees them.

    Args:
        colours: sRGB triples 0-255, n of them.
        vision: a key of ``VISIONS``.

    Returns:
        sRGB 0-1, (n, 3).
    """
    shares = np.asarray(colours, np.float64).reshape(-1, 3) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.asarray(VISIONS[vision]).T, 0, 1)
    return np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)


def least_difference(colours: tuple[Colour, ...]) -> AnyFloats:
    """Difference CIEDE2000 (n, n) of each colour from each, for the eyes that see the least of it."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    found = np.full((len(colours), len(colours)), np.inf)
    for vision in VISIONS:
        lab = rgb2lab(seen_as(colours, vision))
        found = np.minimum(found, deltaE_ciede2000(lab[:, None], lab[None]))
    return found


@cache
def hatches(colours: tuple[Colour, ...]) -> tuple[str, ...]:
    """A hatching for each class: two whose colours come too near have different ones, as far as these go.

    Each class has the first hatching that no near class before it has; where there is none, the one whose
    nearest class is the farthest.
    """
    near = least_difference(colours)
    chosen: list[int] = []
    for index in range(len(colours)):
        nearest = [
            min((near[index, other] for other, sign in enumerate(chosen) if sign == wanted), default=np.inf)
            for wanted in range(len(HATCHES))
        ]
        free = [sign for sign, least in enumerate(nearest) if least >= APART]
        chosen.append(free[0] if free else int(np.argmax(nearest)))
    return tuple(HATCHES[sign] for sign in chosen)
