"""Trees, bushes and hedges."""

import numpy as np

from samples.scenes.canvas import Patch
from samples.scenes.labels import NATURE
from samples.scenes.noise import FloatArray, fractal_noise

_LEAVES = ((64, 96, 40), (78, 108, 44), (52, 84, 46), (96, 112, 48), (112, 104, 44), (128, 92, 40))
_MAX_SIDE = 420


def _puffs(rng: np.random.Generator, slim: bool) -> FloatArray:
    """Draws the balls that make a crown: (n, 4) x, y, z, radius in units of the crown's half size."""
    count = 22
    angle, height = rng.uniform(0, 2 * np.pi, count), rng.uniform(-0.75, 0.8, count)
    reach = np.sqrt(np.clip(1 - height**2, 0.1, 1)) * rng.uniform(0.3, 0.72, count)
    if slim:
        reach *= 0.9
    balls = np.stack([reach * np.cos(angle), height * 0.72, reach * np.sin(angle), rng.uniform(0.2, 0.4, count)], axis=1)
    return np.concatenate([[[0.0, 0.0, -0.1, 0.62], [0.0, -0.1, -0.1, 0.6]], balls])


def _relief(size_hw: tuple[int, int], rng: np.random.Generator, slim: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns height towards the camera (-1 where empty), and the X and Y of the normal, each (h, w)."""
    cells = max(4, min(size_hw) // 9)
    ragged = 0.16
    wobble_x, wobble_y = ((fractal_noise(rng, size_hw, cells, 2) - 0.5) * ragged for _ in range(2))
    x = np.linspace(-1, 1, size_hw[1], dtype=np.float32)[None] + wobble_x
    y = np.linspace(1, -1, size_hw[0], dtype=np.float32)[:, None] + wobble_y
    height = np.full(size_hw, -1.0, np.float32)
    normal_x, normal_y = np.zeros(size_hw, np.float32), np.zeros(size_hw, np.float32)
    for centre_x, centre_y, centre_z, radius in _puffs(rng, slim).astype(np.float32):
        across, up = (x - centre_x) / radius, (y - centre_y) / radius
        rest = 1 - across * across - up * up
        bulge = centre_z + radius * np.sqrt(np.maximum(rest, 0))
        front = (rest > 0) & (bulge > height)
        height = np.where(front, bulge, height)
        normal_x = np.where(front, 0.6 * across + 0.4 * x, normal_x)
        normal_y = np.where(front, 0.6 * up + 0.4 * y, normal_y)
    return height, normal_x, normal_y


def crown_patch(seed: int, size_hw: tuple[int, int], sun: FloatArray, gains: FloatArray, slim: bool = False) -> Patch:
    """Paints a crown of leaves, or a bush.

    Args:
        seed: Seed of shape and colour.
        size_hw: Size of the patch in pixels.
        sun: (3,) unit vector towards the sun.
        gains: (2, 3) light on shaded and on sunlit leaves.
        slim: Whether the crown is slender.

    Returns:
        The patch; its mask is ragged like leaves.
    """
    rng = np.random.default_rng(seed)
    small = (min(_MAX_SIDE, max(4, size_hw[0])), min(_MAX_SIDE, max(4, size_hw[1])))
    height, normal_x, normal_y = _relief(small, rng, slim)
    normal_z = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0, 1))
    facing = normal_x * np.float32(sun[0]) + normal_y * np.float32(sun[1]) - normal_z * np.float32(sun[2])
    speckle = fractal_noise(rng, small, max(4, min(small) // 5), 2)
    tone = np.clip(0.42 + 0.44 * facing + 0.24 * normal_y + 0.75 * (speckle - 0.5) + 0.12 * height, 0.0, 1.0)[..., None]
    leaf = np.array(_LEAVES[int(rng.choice(len(_LEAVES), p=[0.28, 0.26, 0.2, 0.14, 0.07, 0.05]))]) * rng.uniform(0.85, 1.15)
    dark = (leaf * 0.42 * gains[0]).astype(np.float32)
    bright = (leaf * 1.42 * gains[1]).astype(np.float32)
    holes = fractal_noise(rng, small, max(3, min(small) // 14), 3)
    mask = (height > -0.9) & (holes + 0.35 * height > 0.16)
    rgb = np.clip(dark + (bright - dark) * tone, 0, 255).astype(np.uint8)
    if small != size_hw:
        rows = np.arange(size_hw[0]) * small[0] // max(1, size_hw[0])
        columns = np.arange(size_hw[1]) * small[1] // max(1, size_hw[1])
        rgb, mask = rgb[rows][:, columns], mask[rows][:, columns]
    return Patch(rgb, np.full(mask.shape, NATURE, np.uint8), mask)


def hedge_patch(seed: int, size_hw: tuple[int, int], gains: FloatArray) -> Patch:
    """Paints a clipped hedge with a leafy upper edge.

    Args:
        seed: Seed of the leaves.
        size_hw: Size of the patch in pixels.
        gains: (2, 3) light on shaded and on sunlit leaves.

    Returns:
        The patch; the hedge fills all but a ragged top.
    """
    rng = np.random.default_rng(seed)
    speckle = fractal_noise(rng, size_hw, max(4, min(size_hw) // 6), 3)
    edge = fractal_noise(rng, (2, size_hw[1]), 2, 5)[0] * 0.16 * size_hw[0]
    mask = np.arange(size_hw[0])[:, None] > edge[None]
    rise = np.linspace(1.0, 0.35, size_hw[0], dtype=np.float32)[:, None]
    leaf = np.array(_LEAVES[int(rng.integers(3))]) * 0.9
    dark, bright = (leaf * 0.45 * gains[0]).astype(np.float32), (leaf * 1.25 * gains[1]).astype(np.float32)
    tone = np.clip(rise * 0.6 + 0.8 * (speckle - 0.4), 0, 1)[..., None]
    return Patch(np.clip(dark + (bright - dark) * tone, 0, 255).astype(np.uint8), np.full(size_hw, NATURE, np.uint8), np.asarray(mask))
