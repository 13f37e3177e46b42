"""Colours and flat pieces that cars and buses are made of."""

import numpy as np

from samples.scenes.drawing.noise import FloatArray

Ink = tuple[float, float, float]
PAINTS: tuple[Ink, ...] = (
    (206, 208, 210), (238, 238, 236), (46, 48, 52), (88, 92, 98), (128, 132, 138),
    (164, 32, 34), (36, 66, 128),
    (70, 110, 160), (30, 78, 60), (196, 160, 52), (120, 40, 48), (150, 140, 120), (214, 98, 34), (24, 30, 46),
)  # fmt: skip
TYRE: Ink = (26, 26, 28)
ARCH: Ink = (16, 16, 18)
RIM: Ink = (168, 170, 174)
HUB: Ink = (60, 60, 64)


def quad_of(*points: tuple[float, float, float]) -> FloatArray:
    """Makes the corners of a face."""
    return np.array(points, dtype=np.float64)


def across(x0: float, x1: float, y0: float, y1: float, z: float) -> FloatArray:
    """Returns an upright rectangle across the car; it faces backwards near Z = 0 and forwards elsewhere."""
    quad = quad_of((x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z))
    return quad if z < 0.5 else quad[::-1]
