"""Buildings in perspective: the wall on the street, the wall facing the camera, the roof."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from samples.scenes.camera import NEAR_M, Camera
from samples.scenes.canvas import Canvas, Patch
from samples.scenes.facade import Wall, paint_facade
from samples.scenes.labels import CONSTRUCTION
from samples.scenes.light import Light
from samples.scenes.noise import FloatArray
from samples.scenes.street import LEFT, SIGNS, Building, Skyline

_MAX_PIXELS_PER_M = 110.0


def _finish(colour: FloatArray, gain: FloatArray, z: FloatArray, light: Light) -> NDArray[np.uint8]:
    """Applies light and haze to (h, w, 3) colours; gain and z broadcast over them."""
    clear = np.exp(-z / np.float32(light.haze_m))[..., None]
    lit = colour * gain * clear + light.horizon.astype(np.float32) * (1 - clear)
    return np.clip(lit + 0.5, 0, 255).astype(np.uint8)


def _sun_gain(normal: FloatArray, shadow: FloatArray, light: Light) -> FloatArray:
    """Returns the gain (h, w, 3) of a wall with a normal (3,) and a shadow map (h, w)."""
    lit, unlit = (light.gain(normal, sunlit).astype(np.float32) for sunlit in (1.0, 0.0))
    return np.asarray(lit + (unlit - lit) * shadow[..., None], dtype=np.float32)


@dataclass(frozen=True)
class Slab:
    """The canvas pixels of a wall along the street, and where they lie on it.

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


def _slab(building: Building, camera: Camera) -> Slab | None:
    """Finds the canvas pixels that a wall along the street may cover, or None where it is out of view."""
    near = max(building.near_z, NEAR_M + 0.4)
    reach = camera.centre_u if building.side == LEFT else camera.size_hw[1] - camera.centre_u
    near = max(near, camera.focal * abs(building.wall_x) / reach)
    if building.far_z <= near:
        return None
    ends = sorted(camera.centre_u + camera.focal * building.wall_x / z for z in (near, building.far_z))
    left, right = max(0, int(np.floor(ends[0]))), min(camera.size_hw[1], int(np.ceil(ends[1])) + 1)
    top = max(0, int(camera.horizon_v - camera.focal * (building.height - camera.height) / near) - 1)
    bottom = min(camera.size_hw[0], int(camera.horizon_v + camera.focal * camera.height / near) + 2)
    if right <= left or bottom <= top:
        return None
    columns = np.arange(left, right, dtype=np.float32) + np.float32(0.5) - np.float32(camera.centre_u)
    columns = np.where(columns * SIGNS[building.side] < 0.25, np.float32(0.25 * SIGNS[building.side]), columns)
    z = (np.float32(camera.focal * building.wall_x) / columns)[None]
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5)
    y = np.float32(camera.height) + (np.float32(camera.horizon_v) - rows) * z / np.float32(camera.focal)
    return Slab(left, top, z, y, near)


def _slab_texture(building: Building, camera: Camera, light: Light, slab: Slab) -> FloatArray:
    """Paints the visible part of a wall and returns its colours (h, w, 3) on the pixels of a slab."""
    start, length = max(0.0, slab.near - building.near_z), building.far_z - building.near_z
    top = min(building.height, camera.height + camera.horizon_v * building.far_z / camera.focal + 0.2)
    middle = max(float(np.sqrt(slab.near * building.far_z)), slab.near)
    scale_y = min(_MAX_PIXELS_PER_M, camera.focal / max(slab.near, middle * 0.8))
    scale_s = min(scale_y, camera.focal * abs(building.wall_x) / middle**2 * 1.2)
    wall = Wall(building, length, start, length, top, (max(scale_s, 1.2), max(scale_y, 2.0)))
    texture = paint_facade(wall, light.lamps_on)
    rows = np.clip((top - slab.y) / top * texture.shape[0], 0, texture.shape[0] - 1).astype(np.int32)
    along = (slab.z - building.near_z - start) / (length - start)
    columns = np.clip(along * texture.shape[1], 0, texture.shape[1] - 1).astype(np.int32)
    return texture[rows, np.broadcast_to(columns, rows.shape)].astype(np.float32)


def street_wall(building: Building, camera: Camera, light: Light, skyline: Skyline) -> tuple[Patch, int, int] | None:
    """Paints the wall along the street.

    Returns:
        The patch with its left column and top row on the canvas, or None where it is out of view.
    """
    slab = _slab(building, camera)
    if slab is None:
        return None
    mask = (slab.y >= 0) & (slab.y <= building.height) & (slab.z >= slab.near * 0.999) & (slab.z <= building.far_z)
    colour = _slab_texture(building, camera, light, slab)
    normal = np.array([-SIGNS[building.side], 0.0, 0.0])
    if normal @ light.sun > 0:
        gain = _sun_gain(normal, skyline.shadow(building.wall_x, slab.y, slab.z, light.sun), light)
    else:
        gain = light.gain(normal).astype(np.float32)[None, None]
    rgb = _finish(colour, gain, slab.z, light)
    return Patch(rgb, np.full(mask.shape, CONSTRUCTION, np.uint8), np.asarray(mask)), slab.left, slab.top


def end_wall(building: Building, camera: Camera, light: Light, sunlit: float) -> tuple[Patch, int, int] | None:
    """Paints the wall that faces the camera at the near end of a building.

    Returns:
        The patch with its left column and top row on the canvas, or None where it is out of view.
    """
    z = building.near_z
    scale = camera.focal / max(z, NEAR_M)
    xs = sorted((building.wall_x, building.wall_x + SIGNS[building.side] * building.depth))
    u0, u1 = (camera.centre_u + scale * x for x in xs)
    v0, v1 = camera.horizon_v - scale * (building.height - camera.height), camera.horizon_v + scale * camera.height
    left, right = max(0, round(u0)), min(camera.size_hw[1], round(u1))
    top, bottom = max(0, round(v0)), min(camera.size_hw[0], round(v1))
    if z < 3.0 or right <= left or bottom <= top:
        return None
    density = min(scale, _MAX_PIXELS_PER_M)
    wall = Wall(building, building.depth, 0.0, building.depth, building.height, (density, density), building.blind)
    texture = paint_facade(wall, light.lamps_on)
    rows = ((np.arange(top, bottom) + 0.5 - v0) / (v1 - v0) * texture.shape[0]).clip(0, texture.shape[0] - 1).astype(np.int32)
    columns = ((np.arange(left, right) + 0.5 - u0) / (u1 - u0) * texture.shape[1]).clip(0, texture.shape[1] - 1).astype(np.int32)
    colour = texture[rows[:, None], columns[None]].astype(np.float32)
    gain = light.gain(np.array([0.0, 0.0, -1.0]), sunlit).astype(np.float32)[None, None]
    rgb = _finish(colour, gain, np.full((1, 1), z, np.float32), light)
    labels = np.full(rgb.shape[:2], CONSTRUCTION, np.uint8)
    return Patch(rgb, labels, np.ones(labels.shape, np.bool_)), left, top


def _roof_slope(canvas: Canvas, camera: Camera, light: Light, building: Building) -> None:
    """Paints the slope of a pitched roof towards the street, in courses of tiles, and its gable."""
    sign = SIGNS[building.side]
    near, far = max(building.near_z - 0.3, NEAR_M + 0.4), building.far_z + 0.3
    eaves_x, ridge_x = building.wall_x - sign * 0.4, building.wall_x + sign * building.depth / 2
    back_x = building.wall_x + sign * (building.depth + 0.4)
    eaves_y, ridge_y = building.height - 0.15, building.height + building.roof_height
    if building.near_z > 3.0:
        gable = np.array([[eaves_x + sign * 0.4, eaves_y, near], [ridge_x, ridge_y, near], [back_x - sign * 0.4, eaves_y, near]])
        rgb = np.array(building.wall_rgb) * light.gain(np.array([0.0, 0.0, -1.0])) * 0.9
        canvas.polygon(camera.project(gable), light.fade(rgb, near), CONSTRUCTION)
    normal = np.array([-sign * building.roof_height, abs(ridge_x - eaves_x), 0.0])
    normal /= np.linalg.norm(normal)
    rng = np.random.default_rng(building.seed + 7)
    courses = max(3, min(26, int(camera.scale((near + far) / 2) * 0.25)))
    edges = np.linspace(0.0, 1.0, courses + 1)
    for low, high in pairwise(edges):
        corners = [
            [eaves_x + (ridge_x - eaves_x) * share, eaves_y + (ridge_y - eaves_y) * share, z]
            for share, z in ((low, near), (high, near), (high, far), (low, far))
        ]
        rgb = np.array(building.roof_rgb) * light.gain(normal) * rng.uniform(0.86, 1.08)
        canvas.polygon(camera.project(np.array(corners)), light.fade(rgb, (near + far) / 2), CONSTRUCTION)


def paint_building(canvas: Canvas, camera: Camera, light: Light, building: Building, skyline: Skyline) -> None:
    """Paints one building; paint the far ones first."""
    above_camera = building.height > camera.height
    shaded = skyline.shadow(building.wall_x * 0.98, building.height * 0.7, building.near_z - 1.0, light.sun)
    end = end_wall(building, camera, light, 1.0 - float(shaded))
    if end is not None:
        canvas.put(*end)
    if building.roof_height > 0 and above_camera:
        _roof_slope(canvas, camera, light, building)
    wall = street_wall(building, camera, light, skyline)
    if wall is not None:
        canvas.put(*wall)
