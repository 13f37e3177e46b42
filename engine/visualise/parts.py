"""Superpixels on a picture: those that are shown, those that are crossed out, and their borders."""

import numpy as np
from PIL import Image

from engine.arrays import Bools, Floats, Ints, Pixels
from engine.explanation import Explanation, Parts
from engine.visualise.render import Scale, overlay, own_scale, scale_of

BORDER = (255, 255, 255)


def survives(parts: Parts) -> Bools:
    """Parts that surely have a weight, bool (P,); none where nobody has tested that."""
    return np.zeros(parts.weights.shape, bool) if parts.sure is None else parts.sure


def shown(parts: Parts, number: int, sign: str = "both") -> Bools:
    """The parts with the greatest weights, bool (P,); those without a weight are never shown.

    Args:
        parts: superpixels and their weights.
        number: at most so many.
        sign: "positive" for parts that speak for the target, "negative" for those against it, or "both".
    """
    size = {"both": np.abs(parts.weights), "positive": parts.weights, "negative": -parts.weights}[sign]
    greatest = np.argsort(-size, kind="stable")[:number]
    chosen = np.zeros(len(size), bool)
    chosen[greatest] = size[greatest] > 0
    return chosen


def weights_shown(parts: Parts, chosen: Bools) -> Floats:
    """float32 (H, W): the weights of the chosen parts on their pixels, 0 elsewhere."""
    return np.where(chosen, parts.weights, np.float32(0))[parts.labels]


def part_borders(labels: Ints, size_hw: tuple[int, int]) -> Bools:
    """Pixels of another part than their neighbour on the right or below, bool (H, W), at any size.

    Example:
        >>> part_borders(np.array([[0, 0, 1]], np.int32), (1, 3)).tolist()
        [[False, True, False]]
    """
    large = _enlarge(labels, size_hw)
    borders = np.zeros(size_hw, bool)
    borders[:, :-1] |= large[:, 1:] != large[:, :-1]
    borders[:-1] |= large[1:] != large[:-1]
    return borders


def overlay_parts(pixels: Pixels, parts: Parts, chosen: Bools, scale: Scale, opacity: float) -> Pixels:
    """uint8 (H, W, 3): the picture in grey with the chosen parts in the colours of their weights, and the
    borders of all.
    """
    size_hw = (pixels.shape[0], pixels.shape[1])
    values = weights_shown(parts, chosen)
    coloured, plain = (overlay(pixels, values, scale, share, smooth=False) for share in (opacity, 0.0))
    painted = np.where(chosen[_enlarge(parts.labels, size_hw)][..., None], coloured, plain)
    painted[part_borders(parts.labels, size_hw)] = BORDER
    return painted


def _enlarge(labels: Ints, size_hw: tuple[int, int]) -> Ints:
    return np.asarray(
        Image.fromarray(labels).resize((size_hw[1], size_hw[0]), Image.Resampling.NEAREST), np.int32
    )


def overlay_explanation(
    pixels: Pixels, explanation: Explanation, scale: Scale, opacity: float, smooth: bool = True
) -> Pixels:
    """uint8 (H, W, 3): the picture with the map of any method over it; of superpixels those that its
    parameters ask for.
    """
    if explanation.parts is None:
        return overlay(pixels, explanation.values, scale, opacity, smooth)
    params = explanation.params
    chosen = shown(explanation.parts, int(params["shown"]), str(params["sign"]))
    return overlay_parts(pixels, explanation.parts, chosen, scale, opacity)


def scale_for(explanation: Explanation) -> Scale:
    """The scale of one map by itself: of superpixels all weights."""
    make = own_scale if explanation.parts is None else scale_of
    return make(explanation.values, explanation.signed)
