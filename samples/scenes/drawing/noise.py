"""Smooth random textures."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FloatArray = NDArray[np.floating[Any]]
"""Numbers with a fraction; the pictures use float32, the geometry float64."""


def value_noise(rng: np.random.Generator, size_hw: tuple[int, int], cells_hw: tuple[int, int]) -> FloatArray:
    """Interpolates a random grid.

    Args:
        rng: Source of the random grid.
        size_hw: Size of the result in pixels.
        cells_hw: Size of the random grid; more cells make a finer texture.

    Returns:
        float32 (H, W), about 0 to 1.
    """
    grid = rng.random((max(2, cells_hw[0]), max(2, cells_hw[1])), dtype=np.float32)
    image = Image.fromarray(grid).resize((size_hw[1], size_hw[0]), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def fractal_noise(
    rng: np.random.Generator, size_hw: tuple[int, int], cells: int, octaves: int = 4
) -> FloatArray:
    """Sums value noise of doubling frequency and halving amplitude.

    Args:
        rng: Source of randomness.
        size_hw: Size of the result in pixels.
        cells: Cells along the shorter side in the coarsest octave.
        octaves: Number of octaves.

    Returns:
        float32 (H, W), scaled to exactly 0 to 1.
    """
    unit = max(1, min(size_hw)) / cells
    total: FloatArray = np.zeros(size_hw, np.float32)
    for octave in range(octaves):
        scale = 2**octave / unit
        cells_hw = (int(size_hw[0] * scale) + 2, int(size_hw[1] * scale) + 2)
        total += value_noise(rng, size_hw, cells_hw) * np.float32(0.5**octave)
    low, high = float(total.min()), float(total.max())
    return ((total - low) / max(high - low, 1e-6)).astype(np.float32)


_TILE_SIDE, _TILE_CELL = 1024, 8


@lru_cache(maxsize=4)
def _leaf_tile(octaves: int) -> FloatArray:
    """Returns a large fractal texture with cells of 8 pixels, float32 (1024, 1024)."""
    return fractal_noise(
        np.random.default_rng(octaves), (_TILE_SIDE, _TILE_SIDE), _TILE_SIDE // _TILE_CELL, octaves
    )


def leaf_noise(
    rng: np.random.Generator, size_hw: tuple[int, int], cell: float, octaves: int = 2
) -> FloatArray:
    """Cuts a piece out of a prepared texture; much faster than `fractal_noise`.

    Args:
        rng: Chooses the piece.
        size_hw: Size of the result in pixels.
        cell: Size of the coarsest cells in pixels.
        octaves: Number of octaves.

    Returns:
        float32 (H, W), 0 to 1.
    """
    first = rng.integers(0, _TILE_SIDE, 2)
    rows, columns = (
        (first[axis] + np.arange(size_hw[axis]) * (_TILE_CELL / cell)).astype(np.int32) % _TILE_SIDE
        for axis in (0, 1)
    )
    return _leaf_tile(octaves)[rows[:, None], columns[None]]
