"""Buildings in perspective: the wall on the street, the wall facing the camera, the roof."""

import numpy as np
from numpy.typing import NDArray

from samples.scenes.camera import NEAR_M, Camera
from samples.scenes.canvas import Canvas, Patch
from samples.scenes.facade import paint_facade
from samples.scenes.labels import CONSTRUCTION
from samples.scenes.light import Light
from samples.scenes.street import SIGNS, Building, Skyline

_MAX_PIXELS_PER_M = 110.0


def _finish(colour: NDArray[np.float32], gain: NDArray[np.float32], z: NDArray[np.float32], light: Light) -> NDArray[np.uint8]:
    """Applies light and haze to (h, w, 3) colours; gain and z broadcast over them."""
    clear = np.exp(-z / np.float32(light.haze_m))[..., None]
    lit = colour * gain * clear + light.horizon.astype(np.float32) * (1 - clear)
    return np.clip(lit + 0.5, 0, 255).astype(np.uint8)


def _sun_gain(normal: NDArray[np.float64], shadow: NDArray[np.float32], light: Light) -> NDArray[np.float32]:
    """Returns the gain (h, w, 3) of a wall with a normal (3,) and a shadow map (h, w)."""
    lit, unlit = (light.gain(normal, sunlit).astype(np.float32) for sunlit in (1.0, 0.0))
    return np.asarray(lit + (unlit - lit) * shadow[..., None], dtype=np.float32)


def street_wall(building: Building, camera: Camera, light: Light, skyline: Skyline) -> tuple[Patch, int, int] | None:
    """Paints the wall along the street.

    Returns:
        The patch with its left column and top row on the canvas, or None where it is out of view.
    """
    height_px, width_px = camera.size_hw
    near = max(building.near_z, NEAR_M + 0.4)
    if building.far_z <= near:
        return None
    ends = sorted(camera.centre_u + camera.focal * building.wall_x / z for z in (near, building.far_z))
    left, right = max(0, int(np.floor(ends[0]))), min(width_px, int(np.ceil(ends[1])) + 1)
    if right - left < 1:
        return None
    columns = np.arange(left, right, dtype=np.float32) + np.float32(0.5) - np.float32(camera.centre_u)
    z = np.float32(camera.focal * building.wall_x) / np.where(np.abs(columns) < 0.5, np.float32(0.5 * SIGNS[building.side]), columns)
    z = np.where(z <= 0, np.float32(1e6), z)[None]
    top_m, bottom_m = building.height - camera.height, -camera.height
    top = max(0, int(camera.horizon_v - camera.focal * top_m / near) - 1)
    bottom = min(height_px, int(camera.horizon_v - camera.focal * bottom_m / near) + 2)
    rows = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5)
    y = np.float32(camera.height) + (np.float32(camera.horizon_v) - rows) * z / np.float32(camera.focal)
    mask = (y >= 0) & (y <= building.height) & (z >= near) & (z <= building.far_z)
    middle = max(float(np.sqrt(near * building.far_z)), near)
    scale_y = min(_MAX_PIXELS_PER_M, camera.focal / max(near, middle * 0.7))
    scale_s = min(scale_y, camera.focal * abs(building.wall_x) / middle**2 * 1.2)
    texture = paint_facade(building, building.far_z - building.near_z, (max(scale_s, 1.2), max(scale_y, 2.0)), light.lamps_on)
    texture_row = np.clip((building.height - y) / building.height * texture.shape[0], 0, texture.shape[0] - 1).astype(np.int32)
    along = (z - building.near_z) / (building.far_z - building.near_z)
    texture_column = np.clip(along * texture.shape[1], 0, texture.shape[1] - 1).astype(np.int32)
    normal = np.array([-SIGNS[building.side], 0.0, 0.0])
    colour = texture[texture_row, np.broadcast_to(texture_column, texture_row.shape)].astype(np.float32)
    if normal @ light.sun > 0:
        shadow = skyline.shadow(np.float32(building.wall_x) + np.zeros_like(y), y, z, light.sun)
        gain = _sun_gain(normal, shadow, light)
    else:
        gain = light.gain(normal).astype(np.float32)[None, None]
    rgb = _finish(colour, gain, z, light)
    return Patch(rgb, np.full(mask.shape, CONSTRUCTION, np.uint8), mask), left, top


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
    texture = paint_facade(building, building.depth, (min(scale, _MAX_PIXELS_PER_M),) * 2, light.lamps_on, blind=True)
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
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        corners = [
            [eaves_x + (ridge_x - eaves_x) * share, eaves_y + (ridge_y - eaves_y) * share, z]
            for share, z in ((low, near), (high, near), (high, far), (low, far))
        ]
        rgb = np.array(building.roof_rgb) * light.gain(normal) * rng.uniform(0.86, 1.08)
        canvas.polygon(camera.project(np.array(corners)), light.fade(rgb, (near + far) / 2), CONSTRUCTION)


def paint_building(canvas: Canvas, camera: Camera, light: Light, building: Building, skyline: Skyline) -> None:
    """Paints one building; paint the far ones first."""
    above_camera = building.height > camera.height
    shaded = skyline.shadow(np.float32(building.wall_x * 0.98), building.height * 0.7, np.float32(building.near_z - 1.0), light.sun)
    end = end_wall(building, camera, light, 1.0 - float(shaded))
    if end is not None:
        canvas.put(*end)
    if building.roof_height > 0 and above_camera:
        _roof_slope(canvas, camera, light, building)
    wall = street_wall(building, camera, light, skyline)
    if wall is not None:
        canvas.put(*wall)
