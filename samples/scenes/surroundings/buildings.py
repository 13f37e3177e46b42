"""Buildings in perspective: the wall on the street, the wall facing the camera, the roof."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.camera import NEAR_M, Camera
from samples.scenes.drawing.canvas import Cutout
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.mesh import Pose, box, make_mesh, paint_mesh
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.stage import Stage
from samples.scenes.drawing.street import SIGNS, Building, Skyline
from samples.scenes.labels import CONSTRUCTION
from samples.scenes.surroundings.facade import Wall, paint_facade
from samples.scenes.surroundings.slab import Front, Slab, find_slab

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


def street_wall(
    building: Building, camera: Camera, light: Light, skyline: Skyline
) -> tuple[Cutout, int, int] | None:
    """Paints the wall along the street.

    Returns:
        The patch with its left column and top row on the canvas, or None where it is out of view.
    """
    slab = find_slab(
        Front(building.side, building.wall_x, (building.near_z, building.far_z), building.height), camera
    )
    if slab is None:
        return None
    mask = (
        (slab.y >= 0)
        & (slab.y <= building.height)
        & (slab.z >= slab.near * 0.999)
        & (slab.z <= building.far_z)
    )
    colour = _slab_texture(building, camera, light, slab)
    normal = np.array([-SIGNS[building.side], 0.0, 0.0])
    if normal @ light.sun > 0:
        gain = _sun_gain(normal, skyline.shadow(building.wall_x, slab.y, slab.z, light.sun), light)
    else:
        gain = light.gain(normal).astype(np.float32)[None, None]
    rgb = _finish(colour, gain, slab.z, light)
    return Cutout(rgb, np.full(mask.shape, CONSTRUCTION, np.uint8), np.asarray(mask)), slab.left, slab.top


def end_wall(
    building: Building, camera: Camera, light: Light, sunlit: float
) -> tuple[Cutout, int, int] | None:
    """Paints the wall that faces the camera at the near end of a building.

    Returns:
        The patch with its left column and top row on the canvas, or None where it is out of view.
    """
    z = building.near_z
    scale = camera.focal / max(z, NEAR_M)
    xs = sorted((building.wall_x, building.wall_x + SIGNS[building.side] * building.depth))
    u0, u1 = (camera.centre_u + scale * x for x in xs)
    v0, v1 = (
        camera.horizon_v - scale * (building.height - camera.height),
        camera.horizon_v + scale * camera.height,
    )
    left, right = max(0, round(u0)), min(camera.size_hw[1], round(u1))
    top, bottom = max(0, round(v0)), min(camera.size_hw[0], round(v1))
    if z < 3.0 or right <= left or bottom <= top:
        return None
    density = min(scale, _MAX_PIXELS_PER_M)
    wall = Wall(
        building, building.depth, 0.0, building.depth, building.height, (density, density), building.blind
    )
    texture = paint_facade(wall, light.lamps_on)
    rows = (
        ((np.arange(top, bottom) + 0.5 - v0) / (v1 - v0) * texture.shape[0])
        .clip(0, texture.shape[0] - 1)
        .astype(np.int32)
    )
    columns = (
        ((np.arange(left, right) + 0.5 - u0) / (u1 - u0) * texture.shape[1])
        .clip(0, texture.shape[1] - 1)
        .astype(np.int32)
    )
    colour = texture[rows[:, None], columns[None]].astype(np.float32)
    gain = light.gain(np.array([0.0, 0.0, -1.0]), sunlit).astype(np.float32)[None, None]
    rgb = _finish(colour, gain, np.full((1, 1), z, np.float32), light)
    labels = np.full(rgb.shape[:2], CONSTRUCTION, np.uint8)
    return Cutout(rgb, labels, np.ones(labels.shape, np.bool_)), left, top


def _roof_slope(stage: Stage, building: Building) -> None:
    """Paints the slope of a pitched roof towards the street, in courses of tiles, and its gable."""
    sign = SIGNS[building.side]
    near, far = max(building.near_z - 0.3, NEAR_M + 0.4), building.far_z + 0.3
    eaves_x, ridge_x = building.wall_x - sign * 0.4, building.wall_x + sign * building.depth / 2
    back_x = building.wall_x + sign * (building.depth + 0.4)
    eaves_y, ridge_y = building.height - 0.15, building.height + building.roof_height
    if building.near_z > 3.0:
        gable = np.array(
            [
                [eaves_x + sign * 0.4, eaves_y, near],
                [ridge_x, ridge_y, near],
                [back_x - sign * 0.4, eaves_y, near],
            ]
        )
        rgb = np.array(building.wall_rgb) * stage.light.gain(np.array([0.0, 0.0, -1.0])) * 0.9
        stage.canvas.polygon(stage.camera.project(gable), stage.light.fade(rgb, near), CONSTRUCTION)
    normal = np.array([-sign * building.roof_height, abs(ridge_x - eaves_x), 0.0])
    normal /= np.linalg.norm(normal)
    rng = np.random.default_rng(building.seed + 7)
    courses = max(3, min(26, int(stage.camera.scale((near + far) / 2) * 0.25)))
    edges = np.linspace(0.0, 1.0, courses + 1)
    for low, high in pairwise(edges):
        corners = [
            [eaves_x + (ridge_x - eaves_x) * share, eaves_y + (ridge_y - eaves_y) * share, z]
            for share, z in ((low, near), (high, near), (high, far), (low, far))
        ]
        rgb = np.array(building.roof_rgb) * stage.light.gain(normal) * rng.uniform(0.86, 1.08)
        stage.canvas.polygon(
            stage.camera.project(np.array(corners)), stage.light.fade(rgb, (near + far) / 2), CONSTRUCTION
        )


def _chimney(stage: Stage, building: Building) -> None:
    """Paints a chimney on the ridge of a pitched roof."""
    rng = np.random.default_rng(building.seed + 11)
    z = float(rng.uniform(building.near_z + 1.0, building.far_z - 1.5))
    if z < 3.0 or rng.random() < 0.3:
        return
    x = building.wall_x + SIGNS[building.side] * building.depth * 0.42
    top = building.height + building.roof_height + 0.9
    faces = box((x - 0.35, top - 2.2, z), (x + 0.35, top, z + 0.9), (140, 96, 80))
    faces += box((x - 0.42, top, z - 0.07), (x + 0.42, top + 0.15, z + 0.97), (110, 104, 98), 1)
    paint_mesh(stage, make_mesh(faces), Pose(0.0, 0.0), CONSTRUCTION)


def paint_building(stage: Stage, building: Building) -> None:
    """Paints one building; paint the far ones first."""
    above_camera = building.height > stage.camera.height
    sunlit = stage.sunlit(building.wall_x * 0.98, building.height * 0.7, building.near_z - 1.0)
    if building.roof_height > 0:
        _chimney(stage, building)
    end = end_wall(building, stage.camera, stage.light, sunlit)
    if end is not None:
        stage.canvas.put(*end)
    if building.roof_height > 0 and above_camera:
        _roof_slope(stage, building)
    wall = street_wall(building, stage.camera, stage.light, stage.skyline)
    if wall is not None:
        stage.canvas.put(*wall)
