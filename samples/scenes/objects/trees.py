"""Trees, bushes and hedges."""

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.canvas import Cutout
from samples.scenes.drawing.noise import FloatArray, leaf_noise
from samples.scenes.labels import NATURE

_LEAVES = ((64, 96, 40), (78, 108, 44), (52, 84, 46), (96, 112, 48), (112, 104, 44), (128, 92, 40))
_MAX_SIDE = 560


def _puffs(rng: np.random.Generator, shape: int) -> FloatArray:
    """Draws the balls that make a round (0), egg-shaped (1), pointed (2) or loose (3) crown.

    Returns:
        float32 (n, 4): x, y, z and radius in units of the crown's half size.
    """
    count = (26, 30, 34, 20)[shape]
    angle, height = rng.uniform(0, 2 * np.pi, count), rng.uniform(-0.85, 0.85, count)
    outline = np.sqrt(np.clip(1 - height**2, 0.08, 1))
    if shape == 1:
        outline = outline * (1 - 0.35 * height)
    elif shape == 2:
        outline = np.clip(0.62 - 0.55 * height, 0.06, 1.0)
    reach = outline * rng.uniform(0.35, 0.78, count)
    size = rng.uniform(0.15, 0.34, count) * (0.75 if shape == 2 else 1.0)
    balls = np.stack([reach * np.cos(angle), height * 0.78, reach * np.sin(angle), size], axis=1)
    heart = {0: 0.58, 1: 0.52, 2: 0.34, 3: 0.40}[shape]
    core = [[0.0, 0.05, -0.1, heart], [0.0, -0.25, -0.1, heart], [0.05, 0.3, -0.1, heart * 0.7]]
    return np.concatenate([core, balls]).astype(np.float32)


def _box(size_hw: tuple[int, int], ball: FloatArray, margin: float) -> tuple[slice, slice]:
    """Returns the rows and columns that a ball may touch when its outline wavers by a margin."""
    reach = float(ball[3]) + margin
    (top, bottom), (left, right) = (
        ((centre - reach + 1) / 2 * side, (centre + reach + 1) / 2 * side)
        for centre, side in ((-float(ball[1]), size_hw[0]), (float(ball[0]), size_hw[1]))
    )
    return slice(max(0, int(top)), max(1, int(bottom) + 2)), slice(max(0, int(left)), max(1, int(right) + 2))


def _relief(
    size_hw: tuple[int, int], rng: np.random.Generator, shape: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns height towards the camera (-1 where empty), and the X and Y of the normal, each (h, w)."""
    cell = min(9.0, min(size_hw) / 4)
    ragged = min(0.3, 0.06 + 1.6 * cell / min(size_hw))
    wobble_x, wobble_y = ((leaf_noise(rng, size_hw, cell) - 0.5) * ragged for _ in range(2))
    x = np.linspace(-1, 1, size_hw[1], dtype=np.float32)[None] + wobble_x
    y = np.linspace(1, -1, size_hw[0], dtype=np.float32)[:, None] + wobble_y
    height = np.full(size_hw, -1.0, np.float32)
    normal_x, normal_y = np.zeros(size_hw, np.float32), np.zeros(size_hw, np.float32)
    for ball in _puffs(rng, shape):
        box = _box(size_hw, ball, ragged)
        across, up = (x[box] - ball[0]) / ball[3], (y[box] - ball[1]) / ball[3]
        rest = 1 - across * across - up * up
        bulge = ball[2] + ball[3] * np.sqrt(np.maximum(rest, 0))
        front = (rest > 0) & (bulge > height[box])
        height[box] = np.where(front, bulge, height[box])
        normal_x[box] = np.where(front, 0.6 * across + 0.4 * x[box], normal_x[box])
        normal_y[box] = np.where(front, 0.6 * up + 0.4 * y[box], normal_y[box])
    return height, normal_x, normal_y


def crown_patch(seed: int, size_hw: tuple[int, int], sun: FloatArray, gains: FloatArray) -> Cutout:
    """Paints a crown of leaves, or a bush.

    Args:
        seed: Seed of shape and colour.
        size_hw: Size of the patch in pixels.
        sun: (3,) unit vector towards the sun.
        gains: (2, 3) light on shaded and on sunlit leaves.

    Returns:
        The patch; its mask is ragged like leaves.
    """
    rng = np.random.default_rng(seed)
    small = (min(_MAX_SIDE, max(4, size_hw[0])), min(_MAX_SIDE, max(4, size_hw[1])))
    height, normal_x, normal_y = _relief(small, rng, int(rng.choice(4, p=[0.4, 0.27, 0.13, 0.2])))
    normal_z = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0, 1))
    facing = normal_x * np.float32(sun[0]) + normal_y * np.float32(sun[1]) - normal_z * np.float32(sun[2])
    speckle = 0.65 * leaf_noise(rng, small, min(5.0, min(small) / 4)) + 0.35 * rng.random(
        small, dtype=np.float32
    )
    tone = np.clip(0.40 + 0.40 * facing + 0.26 * normal_y + 1.0 * (speckle - 0.5) + 0.16 * height, 0.0, 1.0)[
        ..., None
    ]
    leaf = np.array(
        _LEAVES[int(rng.choice(len(_LEAVES), p=[0.28, 0.26, 0.2, 0.14, 0.07, 0.05]))]
    ) * rng.uniform(0.85, 1.15)
    dark = (leaf * 0.42 * gains[0]).astype(np.float32)
    bright = (leaf * 1.42 * gains[1]).astype(np.float32)
    holes = leaf_noise(rng, small, min(15.0, min(small) / 3), 3)
    mask = (height > -0.9) & (holes + 0.4 * height + 0.12 * speckle > 0.26)
    rgb = np.clip(dark + (bright - dark) * tone, 0, 255).astype(np.uint8)
    if small != size_hw:
        rows = np.arange(size_hw[0]) * small[0] // max(1, size_hw[0])
        columns = np.arange(size_hw[1]) * small[1] // max(1, size_hw[1])
        rgb, mask = rgb[rows][:, columns], mask[rows][:, columns]
    return Cutout(rgb, np.full(mask.shape, NATURE, np.uint8), mask)


def hedge_tile(seed: int, gains: FloatArray) -> tuple[NDArray[np.uint8], FloatArray]:
    """Paints the leaves of a clipped hedge.

    Args:
        seed: Seed of the leaves.
        gains: (2, 3) light on shaded and on sunlit leaves.

    Returns:
        uint8 (96, 960, 3) for one hedge height by 12 m, first row at the top, and float32 (960,), how much
        the leaves fall short of the top, as a share of the height.
    """
    rng = np.random.default_rng(seed)
    size_hw = (96, 960)
    speckle = 0.6 * leaf_noise(rng, size_hw, 9.0, 3) + 0.4 * rng.random(size_hw, dtype=np.float32)
    short = leaf_noise(rng, (1, size_hw[1]), 12.0, 3)[0] * 0.16
    rise = np.linspace(1.0, 0.1, size_hw[0], dtype=np.float32)[:, None] ** 0.8
    leaf = np.array(_LEAVES[int(rng.integers(3))])
    dark, bright = (leaf * 0.42 * gains[0]).astype(np.float32), (leaf * 1.3 * gains[1]).astype(np.float32)
    tone = np.clip(rise * 0.6 + 1.1 * (speckle - 0.45), 0, 1)[..., None]
    return np.clip(dark + (bright - dark) * tone, 0, 255).astype(np.uint8), short
