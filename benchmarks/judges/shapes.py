"""Pictures of one thing before a background, as networks learn them: a disc, a frame, a cross or stripes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SIZE_HW = (32, 40)
"""Not square, so that nothing can take rows for columns."""


class Scenes(NamedTuple):
    """Pictures and what is in them.

    Attributes:
        pictures: uint8 (N, H, W, 3), RGB.
        kinds: (N,), 0 disc, 1 frame, 2 cross, 3 stripes.
        places: (N, H, W), 0 background, 1 a disc or a frame, 2 a cross or stripes.
    """

    pictures: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


def draw_scenes(seed: int, count: int) -> Scenes:
    """Scenes by chance, the same for the same seed."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 4, count)
    drawn = [_draw(rng, kind) for kind in kinds]
    pictures, masks = (np.stack(parts) for parts in zip(*drawn, strict=True))
    return Scenes(pictures, kinds, np.where(masks, 1 + kinds[:, None, None] // 2, 0))


def _draw(rng: np.random.Generator, kind: np.int64) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    height, width = SIZE_HW
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    size = rng.uniform(6, 10)
    down, right = rows - rng.uniform(9, height - 9), columns - rng.uniform(10, width - 10)
    reach, radius = np.maximum(np.abs(down), np.abs(right)), np.hypot(down, right)
    thin = np.minimum(np.abs(down), np.abs(right)) < 0.3 * size
    inside = (
        radius < size,
        (reach < size) & (reach > 0.5 * size),
        (reach < size) & thin,
        (reach < size) & ((down + right) % 6 < 3),
    )[kind]
    slope = rng.normal(0, 1.2, (2, 3))
    picture = rng.uniform(60, 190, 3) + rows[..., None] * slope[0] + columns[..., None] * slope[1]
    picture[inside] = rng.uniform(0, 255, 3)
    noisy = picture + rng.normal(0, 12, picture.shape)
    return np.clip(noisy, 0, 255).round().astype(np.uint8), inside
