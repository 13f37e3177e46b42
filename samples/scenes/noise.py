"""Smooth random textures."""

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


def fractal_noise(rng: np.random.Generator, size_hw: tuple[int, int], cells: int, octaves: int = 4) -> FloatArray:
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
