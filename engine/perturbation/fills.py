"""What hidden cells show. Fills are chosen in RGB, before any preprocessing of the model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.float32]
BLUR_SHARE = 0.05


def _black(image: Floats, seed: int) -> Floats:
    return np.zeros_like(image)


def _mean(image: Floats, seed: int) -> Floats:
    return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).astype(np.float32)


def _blur(image: Floats, seed: int) -> Floats:
    sigma = BLUR_SHARE * min(image.shape[:2])
    return np.asarray(ndimage.gaussian_filter(image, (sigma, sigma, 0), mode="nearest"), np.float32)


def _noise(image: Floats, seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(0, 255, image.shape).astype(np.float32)


FILLS: dict[str, Callable[[Floats, int], Floats]] = {"black": _black, "mean": _mean, "blur": _blur, "noise": _noise}


def make_fill(kind: str, image: Floats, seed: int) -> Floats:
    """float32 (H, W, 3), RGB 0-255: black, the mean colour, the picture blurred by 5 % of its short side, or uniform noise."""
    return FILLS[kind](image, seed)
