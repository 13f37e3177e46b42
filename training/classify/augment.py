"""Random crops and colours of whole pictures of one object, in numpy and OpenCV."""

import math

import cv2
import numpy as np

from engine.arrays import Pixels
from training.classify.config import ColoursConfig, TrainingStage

_STRETCH = 4 / 3


def cut_square(pixels: Pixels, stage: TrainingStage, rng: np.random.Generator) -> Pixels:
    """A rectangle of a picture (H, W, 3), of random area, shape and place, mirrored half of the time unless
    the stage forbids it; (size, size, 3).
    """
    height, width = pixels.shape[:2]
    area = rng.uniform(stage.smallest, 1.0) * height * width
    ratio = math.exp(rng.uniform(-1, 1) * math.log(_STRETCH))
    wide, high = min(width, round(math.sqrt(area * ratio))), min(height, round(math.sqrt(area / ratio)))
    left, top = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
    part = pixels[top : top + high, left : left + wide]
    method = cv2.INTER_AREA if min(wide, high) > stage.size else cv2.INTER_LINEAR
    resized = np.asarray(cv2.resize(part, (stage.size, stage.size), interpolation=method), np.uint8)
    mirrored = rng.random() < 0.5 and stage.mirror
    return resized[:, ::-1] if mirrored else resized


def colour_picture(pixels: Pixels, colours: ColoursConfig, rng: np.random.Generator) -> Pixels:
    """RGB 0-255 (H, W, 3) in a slightly different light."""
    bright, contrast, saturation = (
        1 + rng.uniform(-1, 1) * most for most in (colours.brightness, colours.contrast, colours.saturation)
    )
    gain = bright * contrast * (1 + rng.uniform(-colours.balance, colours.balance, 3))
    middle = float(pixels.mean()) * bright * (1 - contrast)
    table = np.clip(np.arange(256)[:, None] * gain + middle, 0, 255).astype(np.uint8)
    lit = np.asarray(cv2.LUT(np.ascontiguousarray(pixels), table[None]), np.uint8)
    grey = cv2.cvtColor(cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(lit, saturation, grey, 1 - saturation, 0.0), np.uint8)
