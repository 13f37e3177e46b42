"""Cutting and colouring of crops, in numpy and OpenCV.

The label and the teacher follow the same map as the picture.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.arrays import Bytes, Floats, Ints, Pixels
from model_store.base.label_maps import IGNORED
from training.segment.config import Crops

LABEL_STRIDE = 2
"""Labels are learnt at half the crop's size."""
SOFT_STRIDE = 4
"""The teacher's probabilities are learnt at a quarter of the crop's size, the size of the logits."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Frame:
    """One training picture in memory.

    Attributes:
        pixels: RGB 0-255, (H, W, 3).
        small: the same at `base_height`, for crops that shrink it; RGB 0-255.
        labels: categories 0-7 or 255, (H, W).
        rare_rc: pixels of rare categories, (N, 2) rows and columns; may be empty.
        soft: weighted teacher (grid, grid, 8) over the whole picture, or None.
    """

    pixels: Pixels
    small: Pixels
    labels: Bytes
    rare_rc: Ints
    soft: Bytes | None


@dataclass(frozen=True)
class Placement:
    """Where a crop lies: crop (x, y) = scale_xy * picture (x, y) + shift_xy, in px of the full picture;
    mirrored if scale x < 0.
    """

    scale_xy: tuple[float, float]
    shift_xy: tuple[float, float]

    def matrix(self, source_per_full_xy: tuple[float, float], crop_stride: float) -> Floats:
        """Affine matrix (2, 3) from a resized picture to a shrunk crop, pixel centres at half integers."""
        rows = []
        for scale, shift, ratio in zip(self.scale_xy, self.shift_xy, source_per_full_xy, strict=True):
            factor = scale / ratio / crop_stride
            rows.append((factor, factor * 0.5 + shift / crop_stride - 0.5))
        return np.array([[rows[0][0], 0, rows[0][1]], [0, rows[1][0], rows[1][1]]], np.float32)


def _centre(
    frame: Frame, crops: Crops, rng: np.random.Generator, span_wh: tuple[float, float]
) -> tuple[float, float]:
    """Centre (x, y) of a crop in px of the full picture; `span_wh` is the crop's size in the same px."""
    height, width = frame.labels.shape
    if len(frame.rare_rc) and rng.random() < crops.rare:
        row, column = frame.rare_rc[rng.integers(len(frame.rare_rc))]
        wanted = np.array([column, row]) + (rng.random(2) - 0.5) * span_wh * 0.6
    else:
        wanted = rng.random(2) * (width, height)
    half = np.array(span_wh) / 2
    size = np.array([width, height])
    x, y = np.where(half * 2 >= size, size / 2, np.clip(wanted, half, size - half))
    return float(x), float(y)


def place(frame: Frame, crops: Crops, rng: np.random.Generator) -> Placement:
    """Draws scale, stretch, side and position of a crop."""
    height = frame.labels.shape[0]
    scale = float(np.exp(rng.uniform(*np.log(crops.scale)))) * crops.base_height / height
    stretch = 1 + rng.uniform(-crops.aspect, crops.aspect)
    scale_xy = (scale * stretch, scale)
    crop_wh = (crops.size_hw[1], crops.size_hw[0])
    centre = _centre(frame, crops, rng, (crop_wh[0] / scale_xy[0], crop_wh[1] / scale_xy[1]))
    if rng.random() < 0.5:
        scale_xy = (-scale_xy[0], scale_xy[1])
    shift = (crop_wh[0] / 2 - scale_xy[0] * centre[0], crop_wh[1] / 2 - scale_xy[1] * centre[1])
    return Placement(scale_xy, shift)


@dataclass(frozen=True)
class _Window:
    """A crop of a certain size at a certain place of a picture (H, W)."""

    where: Placement
    full_hw: tuple[int, int]
    size_hw: tuple[int, int]

    def warp(self, image: Bytes, stride: int, flags: int, fill: int | None) -> Bytes:
        """The crop of a picture that shows the whole, at 1/stride of the crop's size; outside: `fill`, or
        mirrored for None.
        """
        ratio_xy = (image.shape[1] / self.full_hw[1], image.shape[0] / self.full_hw[0])
        matrix = self.where.matrix(ratio_xy, stride)
        size = (self.size_hw[1] // stride, self.size_hw[0] // stride)
        mode = cv2.BORDER_REFLECT_101 if fill is None else cv2.BORDER_CONSTANT
        warped = cv2.warpAffine(
            image, matrix, size, flags=flags, borderMode=mode, borderValue=(fill or 0,) * 4
        )
        return np.asarray(warped, np.uint8)


def cut_crop(frame: Frame, where: Placement, size_hw: tuple[int, int]) -> tuple[Pixels, Bytes, Bytes]:
    """Pixels (h, w, 3), labels (h/2, w/2) and teacher (h/4, w/4, 8) of a crop; outside the picture: mirrored,
    ignored and silent.
    """
    height, width = frame.labels.shape
    window = _Window(where, (height, width), size_hw)
    small = where.scale_xy[1] * height <= frame.small.shape[0]
    pixels = window.warp(frame.small if small else frame.pixels, 1, cv2.INTER_LINEAR, None)
    labels = window.warp(frame.labels, LABEL_STRIDE, cv2.INTER_NEAREST, IGNORED)
    if frame.soft is None:
        return pixels, labels, np.zeros((size_hw[0] // SOFT_STRIDE, size_hw[1] // SOFT_STRIDE, 8), np.uint8)
    fours = (
        np.ascontiguousarray(four) for four in np.split(frame.soft, 2, -1)
    )  # OpenCV warps four channels at most
    halves = [window.warp(four, SOFT_STRIDE, cv2.INTER_LINEAR, 0) for four in fours]
    return pixels, labels, np.concatenate(halves, -1)


def _curve(crops: Crops, rng: np.random.Generator) -> Floats:
    """Lookup table (256, 3) for gamma, brightness and white balance."""
    gamma = np.exp(rng.uniform(-crops.gamma, crops.gamma))
    bright = rng.uniform(*crops.brightness)
    if rng.random() < crops.dusk:
        bright, gamma = bright * rng.uniform(0.35, 0.8), gamma * rng.uniform(1.0, 1.5)
    balance = 1 + rng.uniform(-crops.balance, crops.balance, 3)
    ramp = np.linspace(0, 1, 256)[:, None] ** gamma
    return (255 * bright * ramp * balance).astype(np.float32)


def colour_crop(pixels: Pixels, crops: Crops, rng: np.random.Generator) -> Pixels:
    """RGB 0-255 (H, W, 3) under another light and through another camera."""
    curve = _curve(crops, rng)
    lit: Floats = np.stack([curve[:, channel][pixels[..., channel]] for channel in range(3)], -1)
    grey = lit @ _LUMA
    saturation = rng.uniform(*crops.saturation) if rng.random() < 0.8 else 1.0
    contrast = rng.uniform(*crops.contrast)
    middle = float(grey.mean())
    lit = ((lit * saturation + (grey * (1 - saturation))[..., None] - middle) * contrast + middle).astype(
        np.float32
    )
    if rng.random() < crops.spoil:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.4, 1.2)), np.float32)
    if rng.random() < crops.spoil:
        lit = lit + rng.normal(0, rng.uniform(2, 12), lit.shape).astype(np.float32)
    return np.clip(lit, 0, 255).astype(np.uint8)


def crop(frame: Frame, crops: Crops, rng: np.random.Generator) -> tuple[Pixels, Bytes, Bytes]:
    """One coloured crop: pixels (h, w, 3), labels (h/2, w/2), teacher (h/4, w/4, 8), all uint8."""
    pixels, labels, soft = cut_crop(frame, place(frame, crops, rng), crops.size_hw)
    return colour_crop(pixels, crops, rng), labels, soft
