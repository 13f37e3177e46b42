"""The ground: asphalt, markings, kerbs, pavements, grass, and the shadows on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.canvas import Cutout
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.noise import FloatArray, fractal_noise
from samples.scenes.drawing.street import LEFT, RIGHT, SIGNS, Street
from samples.scenes.labels import FLAT, NATURE

_TILE = 512
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Grid:
    """World positions of the canvas pixels below the horizon.

    Attributes:
        top: First canvas row of the grid.
        x: float32 (rows, W), X in metres.
        z: float32 (rows, 1), Z in metres.
        step_x: float32 (rows, 1), metres per pixel across.
        step_z: float32 (rows, 1), metres per pixel along.
    """

    top: int
    x: FloatArray
    z: FloatArray
    step_x: FloatArray
    step_z: FloatArray


def ground_grid(camera: Camera) -> Grid:
    """Projects the canvas pixels below the horizon on the ground."""
    top = int(camera.horizon_v) + 1
    below = (
        np.arange(top, camera.size_hw[0], dtype=np.float32)[:, None]
        + np.float32(0.5)
        - np.float32(camera.horizon_v)
    )
    z = np.float32(camera.focal * camera.height) / below
    step_x = z / np.float32(camera.focal)
    x = (np.arange(camera.size_hw[1], dtype=np.float32)[None] - np.float32(camera.centre_u)) * step_x
    return Grid(top, x, z, step_x, z * z / np.float32(camera.focal * camera.height))


def _band(position: FloatArray, centre: float, width: float, step: FloatArray) -> FloatArray:
    """Returns the coverage of a line, 0 to 1, thinning out where it is narrower than a pixel."""
    edge = (np.float32(width / 2) - np.abs(position - np.float32(centre))) / step + np.float32(0.5)
    return np.asarray(np.clip(edge, 0, 1) * np.minimum(1, width / step), dtype=np.float32)


def _sample(tile: FloatArray, grid: Grid, metres: float) -> FloatArray:
    """Reads a tile laid on the ground every so many metres, and flattens it to its mean in the distance."""
    scale = np.float32(_TILE / metres)
    rows = np.mod(grid.z * scale, _TILE).astype(np.int32)
    columns = np.mod(grid.x * scale, _TILE).astype(np.int32)
    strength = np.clip(1.5 / (1.0 + grid.step_z * scale / 3), 0, 1)
    return np.asarray(0.5 + (tile[rows, columns] - 0.5) * strength, dtype=np.float32)


def _mix(base: FloatArray, colour: tuple[float, float, float] | FloatArray, amount: FloatArray) -> FloatArray:
    """Mixes a colour into (rows, W, 3) by an amount (rows, W), 0 to 1."""
    return np.asarray(
        base + (np.asarray(colour, dtype=np.float32) - base) * amount[..., None], dtype=np.float32
    )


def _asphalt(street: Street, grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Paints asphalt with grain, patches and wheel tracks over the whole grid."""
    grey = np.float32(rng.uniform(84, 118))
    grain = _sample(rng.random((_TILE, _TILE), dtype=np.float32), grid, 5.0)
    stains = _sample(fractal_noise(rng, (_TILE, _TILE), 6, 4), grid, 23.0)
    value = grey * (0.80 + 0.22 * grain + 0.22 * stains)
    table = np.arange(-24.0, 24.0, 0.02)
    tracks = np.ones_like(table)
    for lane in (*street.lane_xs, street.centre_x):
        for offset in (-2.5, -0.9, 0.9, 2.5):
            tracks *= 1 - 0.05 * np.exp(-(((table - lane - offset) / 0.35) ** 2))
    value = value * tracks.astype(np.float32)[np.clip((grid.x + 24) * 50, 0, len(table) - 1).astype(np.int32)]
    return (value * _wear(street, grid, rng))[..., None] * np.array([1.0, 1.0, 1.03], np.float32)


def _markings(colour: FloatArray, street: Street, grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Paints centre line, lane dashes, edge lines and zebra crossings."""
    paint = np.asarray(
        rng.choice([[222, 222, 216], [205, 205, 200], [228, 205, 120]], p=[0.6, 0.3, 0.1]), np.float32
    )
    worn = 0.72 + 0.28 * _sample(fractal_noise(rng, (_TILE, _TILE), 40, 3), grid, 12.0)
    dash = np.clip((2.0 - np.abs(np.mod(grid.z, 9.0) - 4.5)) / grid.step_z + 0.5, 0, 1)
    dash = dash + (0.44 - dash) * np.clip(grid.step_z / 6 - 0.3, 0, 1)
    lines = np.zeros_like(grid.x)
    for lane in street.lane_xs:
        lines = np.maximum(lines, _band(grid.x, lane, 0.15, grid.step_x) * dash)
    solid = rng.random() < 0.5
    lines = np.maximum(lines, _band(grid.x, street.centre_x, 0.15, grid.step_x) * (1 if solid else dash))
    if rng.random() < 0.4:
        for edge, inward in ((street.road_x[LEFT], 0.5), (street.road_x[RIGHT], -0.5)):
            lines = np.maximum(lines, _band(grid.x, edge + inward, 0.12, grid.step_x))
    if street.crossing_z is not None:
        near, far = street.crossing_z
        lines *= ((grid.z < near - 5) | (grid.z > far + 5)).astype(np.float32)
        lines = np.maximum(lines, _zebra(street, grid))
    return _mix(colour, paint, lines * worn)


def _zebra(street: Street, grid: Grid) -> FloatArray:
    """Returns the coverage of the zebra crossings on both sides of a crossing road."""
    if street.crossing_z is None:
        return np.zeros_like(grid.x)
    on_road = (grid.x > street.road_x[LEFT] + 0.3) & (grid.x < street.road_x[RIGHT] - 0.3)
    bars = np.clip((0.25 - np.abs(np.mod(grid.x, 1.0) - 0.5)) / grid.step_x + 0.5, 0, 1)
    near, far = street.crossing_z
    rows = _band(grid.z, near - 2.5, 3.2, grid.step_z) + _band(grid.z, far + 2.5, 3.2, grid.step_z)
    return np.asarray(bars * np.minimum(rows, 1) * on_road, dtype=np.float32)


def _paving(grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Paints pavement slabs over the whole grid."""
    tints = np.array([[1.0, 0.98, 0.94], [1.0, 1.0, 1.0], [1.0, 0.93, 0.87]], np.float32)
    tone = np.float32(rng.uniform(138, 176)) * tints[rng.integers(3)]
    slab = np.float32(rng.choice([0.5, 0.8, 1.2]))
    stains = _sample(fractal_noise(rng, (_TILE, _TILE), 8, 5), grid, 15.0)
    shade = (0.84 + 0.26 * stains)[..., None] * tone
    joint_x = _band(np.mod(grid.x, slab), float(slab) / 2, 0.02, grid.step_x)
    joint_z = _band(np.mod(grid.z, slab), float(slab) / 2, 0.02, grid.step_z)
    return _mix(shade, shade * np.float32(0.62), np.maximum(joint_x, joint_z + np.zeros_like(grid.x)))


def _grass(grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Paints grass over the whole grid."""
    blades = _sample(rng.random((_TILE, _TILE), dtype=np.float32), grid, 4.0)
    clumps = _sample(fractal_noise(rng, (_TILE, _TILE), 8, 5), grid, 14.0)
    dark, light = np.array([58, 84, 34], np.float32), np.array([122, 142, 66], np.float32)
    return dark + (light - dark) * np.clip(0.6 * clumps + 0.4 * blades, 0, 1)[..., None]


def _zones(street: Street, grid: Grid) -> tuple[NDArray[np.bool_], NDArray[np.bool_], FloatArray]:
    """Returns masks of pavement and of grass, and the coverage of the kerb stones, each (rows, W)."""
    off_road = (grid.x < street.road_x[LEFT]) | (grid.x > street.road_x[RIGHT])
    beyond = (grid.x < street.pavement_end_x(LEFT)) | (grid.x > street.pavement_end_x(RIGHT))
    strip = (
        (grid.x > street.road_x[LEFT] - street.strip_m)
        & (grid.x < street.road_x[RIGHT] + street.strip_m)
        & off_road
    )
    if street.crossing_z is not None:
        near, far = street.crossing_z
        off_road = off_road & ((grid.z < near) | (grid.z > far))
        strip = strip & ((grid.z < near - 6) | (grid.z > far + 6))
    grass = off_road & ((beyond & street.yard_grass) | strip | (grid.z > street.end_z))
    left, right = (
        _band(grid.x, street.road_x[side] + SIGNS[side] * 0.08, 0.17, grid.step_x) for side in (LEFT, RIGHT)
    )
    kerb = np.maximum(left, right)
    return off_road & ~grass, grass, kerb * off_road


def _creases(street: Street, grid: Grid) -> FloatArray:
    """Returns the dirt along kerbs and the dimness at the foot of walls, float32 (rows, W), 0 to 1."""
    total = np.zeros_like(grid.x)
    for side in (LEFT, RIGHT):
        gutter = (street.road_x[side] - grid.x) * SIGNS[side]
        total = np.maximum(total, 0.7 * np.exp(-np.abs(gutter - 0.08) / 0.13) * (gutter > 0))
        wall = (street.wall_x(side) - grid.x) * SIGNS[side]
        total = np.maximum(total, np.exp(-np.clip(wall, 0, None) / 0.5) * (wall > -1))
    if street.crossing_z is not None:
        total = total * ((grid.z < street.crossing_z[0]) | (grid.z > street.crossing_z[1]))
    return np.asarray(total, dtype=np.float32)


def _wear(street: Street, grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Returns a gain (rows, W) for repairs, a seam and manholes in the asphalt."""
    gain = np.ones_like(grid.x)
    for _ in range(int(rng.integers(0, 4))):
        x, z = rng.uniform(*street.road_x), rng.uniform(4, 30)
        inside = (np.abs(grid.x - x) < rng.uniform(0.4, 1.5)) & (np.abs(grid.z - z) < rng.uniform(0.6, 4))
        gain = np.where(inside, np.float32(rng.uniform(0.78, 0.93)), gain)
    seam = _band(grid.x, street.centre_x + rng.uniform(0.2, 0.5), 0.05, grid.step_x)
    gain = gain * (1 - 0.3 * seam)
    for _ in range(int(rng.integers(1, 4))):
        x, z = rng.uniform(*street.road_x), rng.uniform(5, 28)
        distance = np.sqrt((grid.x - np.float32(x)) ** 2 + (grid.z - np.float32(z)) ** 2)
        gain = (
            gain
            * np.where(distance < 0.33, np.float32(0.62), 1)
            * np.where(np.abs(distance - 0.36) < 0.03, np.float32(0.8), 1)
        )
    return np.asarray(gain, dtype=np.float32)


@dataclass(frozen=True)
class Shadows:
    """What falls on the ground.

    Attributes:
        cast: float32 (rows, W), cast shadows, 0 to 1.
        contact: float32 (rows, W), darkness under things that stand on the ground, 0 to 1.
    """

    cast: FloatArray
    contact: FloatArray


def paint_ground(
    street: Street, grid: Grid, light: Light, shadows: Shadows, rng: np.random.Generator
) -> Cutout:
    """Paints everything below the horizon.

    Args:
        street: The plan.
        grid: Where the canvas pixels meet the ground.
        light: The weather.
        shadows: What falls on the ground.
        rng: Source of the textures.

    Returns:
        A patch that covers the canvas from `grid.top` on.
    """
    pavement, grass, kerb = _zones(street, grid)
    colour = _markings(_asphalt(street, grid, rng), street, grid, rng)
    colour = np.where(pavement[..., None], _paving(grid, rng), colour)
    colour = np.where(grass[..., None], _grass(grid, rng), colour)
    colour = _mix(colour, (172, 170, 166), kerb * np.float32(0.85))
    colour = colour * (1 - np.float32(0.4) * _creases(street, grid))[..., None]
    shade = shadows.cast[..., None]
    lit, unlit = (light.gain(_UP, sunlit).astype(np.float32) for sunlit in (1.0, 0.0))
    colour = colour * (lit + (unlit - lit) * shade) * (1 - np.float32(0.72) * shadows.contact[..., None])
    clear = np.exp(-grid.z / np.float32(light.haze_m))[..., None]
    colour = colour * clear + light.horizon.astype(np.float32) * (1 - clear)
    labels = np.where(grass, np.uint8(NATURE), np.uint8(FLAT)).astype(np.uint8)
    return Cutout(np.clip(colour + 0.5, 0, 255).astype(np.uint8), labels, np.ones(labels.shape, np.bool_))
