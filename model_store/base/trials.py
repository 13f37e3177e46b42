"""Pictures, whole and partly hidden, on which two ways to run a network are compared."""

import numpy as np
from PIL import Image

from engine.arrays import Floats

PHOTOGRAPHS = ("astronaut", "chelsea", "coffee")
"""Pictures that come with scikit-image."""

GRID = 8
TRIAL_HW = (512, 1024)
"""Height and width in pixels of a picture as people often have it."""


def trial_pictures(size_hw: tuple[int, int], count: int) -> Floats:
    """float32 (count, H, W, 3), RGB 0-255: photographs in turn; from the second turn on with half of their
    cells hidden.
    """
    rng = np.random.default_rng(0)
    photographs = [photograph(name, size_hw) for name in PHOTOGRAPHS]
    pictures = np.stack([photographs[index % len(photographs)] for index in range(count)])
    for picture in pictures[len(photographs) :]:
        hidden = rng.random((GRID, GRID)) < 0.5
        picture[hidden[_cells(size_hw)]] = 0
    return pictures


def photograph(name: str, size_hw: tuple[int, int]) -> Floats:
    """float32 (H, W, 3), RGB 0-255."""
    from skimage import data

    resized = Image.fromarray(getattr(data, name)()).resize(
        (size_hw[1], size_hw[0]), Image.Resampling.BILINEAR
    )
    return np.asarray(resized, np.float32)


def one_hidden_each(picture: Floats) -> Floats:
    """float32 (GRID * GRID, H, W, 3): the picture (H, W, 3) with each of its cells hidden in turn."""
    row, column = _cells(picture.shape[:2])
    cells = np.arange(GRID * GRID).reshape(GRID, GRID)[row, column]
    return np.stack([picture * (cells != cell)[..., None] for cell in range(GRID * GRID)])


def _cells(size_hw: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, (H, 1) and (1, W), of the cell that each pixel is in."""
    row, column = (np.arange(size) * GRID // size for size in size_hw)
    return row[:, None], column[None]
