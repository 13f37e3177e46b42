"""Upright planes along the street: which canvas pixels they cover, and which point each pixel sees."""

from dataclasses import dataclass

import numpy as np

from samples.scenes.drawing.camera import NEAR_M, Camera
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.street import LEFT, SIGNS


@dataclass(frozen=True)
class Front:
    """An upright rectangle along the street.

    Attributes:
        side: LEFT or RIGHT of the camera.
        x: Signed X in metres.
        span_z: Near and far Z in metres.
        height: Height in metres.
    """

    side: int
    x: float
    span_z: tuple[float, float]
    height: float


@dataclass(frozen=True)
class Slab:
    """The canvas pixels of a front, and where they lie on it.

    Attributes:
        left: First canvas column.
        top: First canvas row.
        z: (1, w) Z of each column in metres.
        y: (h, w) Y of each pixel in metres.
        near: Z of the nearest visible point in metres.
    """

    left: int
    top: int
    z: FloatArray
    y: FloatArray
    near: float


def find_slab(front: Front, camera: Camera) -> Slab | None:
    """Finds the canvas pixels that a front may cover, or None where it is out of view."""
    sign, (near_z, far_z) = SIGNS[front.side], front.span_z
    reach = camera.centre_u if front.side == LEFT else camera.size_hw[1] - camera.centre_u
    near = max(near_z, NEAR_M + 0.4, camera.focal * abs(front.x) / reach)
    if far_z <= near or front.x * sign <= 0:
        return None
    ends = sorted(camera.centre_u + camera.focal * front.x / z for z in (near, far_z))
    left, right = max(0, int(np.floor(ends[0]))), min(camera.size_hw[1], int(np.ceil(ends[1])) + 1)
    crown_z = near if front.height > camera.height else far_z
    top = max(0, int(camera.horizon_v - camera.focal * (front.height - camera.height) / crown_z) - 1)
    bottom = min(camera.size_hw[0], int(camera.horizon_v + camera.focal * camera.height / near) + 2)
    if right <= left or bottom <= top:
        return None
    columns = np.arange(left, right, dtype=np.float32) + np.float32(0.5) - np.float32(camera.centre_u)
    columns = np.where(columns * sign < 0.25, np.float32(0.25 * sign), columns)
    z = (np.float32(camera.focal * front.x) / columns)[None]
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5)
    y = np.float32(camera.height) + (np.float32(camera.horizon_v) - rows) * z / np.float32(camera.focal)
    return Slab(left, top, z, y, near)
