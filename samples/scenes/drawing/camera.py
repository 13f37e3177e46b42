"""The pinhole camera that looks down the street."""

from dataclasses import dataclass

import numpy as np

from samples.scenes.drawing.noise import FloatArray

NEAR_M = 0.8
"""Nothing closer than this is drawn, in metres."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks along +Z, with X to the right, Y up and the road at Y = 0.

    Attributes:
        size_hw: Size of the canvas in pixels.
        focal: Focal length in pixels.
        centre_u: Column of the vanishing point in pixels.
        horizon_v: Row of the horizon in pixels.
        height: Height above the road in metres.
    """

    size_hw: tuple[int, int]
    focal: float
    centre_u: float
    horizon_v: float
    height: float

    def project(self, points: FloatArray) -> FloatArray:
        """Projects points.

        Args:
            points: (..., 3) X, Y, Z in metres; Z is held at the near plane.

        Returns:
            (..., 2) column and row in pixels.
        """
        depth = np.maximum(points[..., 2], NEAR_M)
        column = self.centre_u + self.focal * points[..., 0] / depth
        row = self.horizon_v - self.focal * (points[..., 1] - self.height) / depth
        return np.stack([column, row], axis=-1)

    def scale(self, depth_m: float) -> float:
        """Returns pixels per metre at a depth in metres."""
        return self.focal / max(depth_m, NEAR_M)
