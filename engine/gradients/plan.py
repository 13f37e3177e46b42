"""Rows of gradient methods, and the class activation map that is made of their evidence."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.gradients.params import CamParams, Direction
from engine.method import Family, Method

NOTHING: dict[Direction, str] = {
    "for": "Nothing in this layer speaks for the target: the map is zero everywhere. Try another layer, "
    "or look at what speaks against it.",
    "against": "Nothing in this layer speaks against the target: the map is zero everywhere.",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class GradientMethod(Method):
    """A method that is read off the gradient pass.

    Attributes:
        evidence: from activation and gradient, float32 (h, w, K) of one layer and picture, to float32 (h, w):
            what each place adds to the score, before the ReLU.
        across_layers: whether the values of two layers can be compared.
    """

    evidence: Callable[[Floats, Floats], Floats]
    across_layers: bool = True
    work: str = "gradient"
    family: Family = "layer"
    signed: bool = False
    params: type[CamParams] = CamParams
    runs: Callable[[CamParams], int] = lambda params: 1
    needs: tuple[str, ...] = ("layer",)


@dataclass(frozen=True, eq=False)
class Cam:
    """A class activation map.

    Attributes:
        values: float32 (h, w), from 0, raw, on the layer's own grid.
        raw_maximum: the largest of them.
        removed: share of the absolute evidence that the ReLU removed, 0-1.
        warnings: in plain words.
    """

    values: Floats
    raw_maximum: float
    removed: float
    warnings: tuple[str, ...]

    @property
    def figures(self) -> dict[str, float]:
        """The numbers that belong to the map, by name."""
        return {"raw maximum": self.raw_maximum, "removed by ReLU": self.removed}


def positive_part(evidence: Floats, direction: Direction) -> Cam:
    """The positive part of evidence (h, w), and how much there was besides.

    Args:
        evidence: float32 (h, w), of a method, taken with the gradient reversed for "against".
        direction: which of the two it was taken for.

    Example:
        >>> cam = positive_part(np.array([[3, -1]], np.float32), "for")
        >>> cam.values.tolist(), cam.figures
        ([[3.0, 0.0]], {'raw maximum': 3.0, 'removed by ReLU': 0.25})
    """
    values = np.maximum(evidence, 0)
    kept, whole = values.sum(dtype=np.float64), np.abs(evidence).sum(dtype=np.float64)
    removed = 1 - kept / whole if kept < whole else 0.0
    return Cam(values, float(values.max()), float(removed), () if values.any() else (NOTHING[direction],))
