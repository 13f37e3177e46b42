"""Fills: pictures that hidden cells show. They are chosen in RGB, before any preprocessing of the model."""

from collections.abc import Callable

import numpy as np

from engine.arrays import Floats
from engine.perturbation.designs.cells import Cells

BLUR_SHARE = 0.05


def _black(image: Floats, cells: Cells, seed: int) -> Floats:
    return np.zeros_like(image)


def _mean(image: Floats, cells: Cells, seed: int) -> Floats:
    return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).astype(np.float32)


def _blur(image: Floats, cells: Cells, seed: int) -> Floats:
    from scipy import ndimage  # takes long to import, and the table of methods knows this module

    sigma = BLUR_SHARE * min(image.shape[:2])
    return np.asarray(ndimage.gaussian_filter(image, (sigma, sigma, 0), mode="nearest"), np.float32)


def _noise(image: Floats, cells: Cells, seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(0, 255, image.shape).astype(np.float32)


def _cell_mean(image: Floats, cells: Cells, seed: int) -> Floats:
    labels = cells.labels((image.shape[0], image.shape[1]))
    sizes = np.bincount(labels.ravel(), minlength=cells.count)
    sums = np.stack(
        [np.bincount(labels.ravel(), image[..., channel].ravel(), cells.count) for channel in range(3)],
        axis=-1,
    )
    return (sums / np.maximum(sizes, 1)[:, None]).astype(np.float32)[labels]


FILLS: dict[str, Callable[[Floats, Cells, int], Floats]] = {
    "black": _black,
    "mean": _mean,
    "blur": _blur,
    "noise": _noise,
    "cell mean": _cell_mean,
}


def make_fill(kind: str, image: Floats, cells: Cells, seed: int) -> Floats:
    """What hidden cells show, float32 (H, W, 3), RGB 0-255.

    Args:
        kind: black, the mean colour of the picture, the picture blurred by 5 % of its short side, uniform
            noise, or the mean colour of each cell.
        image: float32 (H, W, 3), RGB 0-255.
        cells: what is hidden.
        seed: of the noise.
    """
    return FILLS[kind](image, cells, seed)
