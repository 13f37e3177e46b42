"""Stage that every painter works on: the canvas, the camera, the light, and what casts shadows."""

from dataclasses import dataclass

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.canvas import Canvas
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.street import Skyline


@dataclass(frozen=True)
class Stage:
    """A canvas with everything that is needed to paint a thing on it.

    Attributes:
        canvas: What is painted on.
        camera: The camera.
        light: The weather.
        skyline: The walls that cast shadows.
    """

    canvas: Canvas
    camera: Camera
    light: Light
    skyline: Skyline

    def sunlit(self, x: float, y: float, z: float) -> float:
        """Returns 1 where a point in metres lies in the sun, 0 in the shadow of a building."""
        return 1.0 - float(self.skyline.shadow(x, y, z, self.light.sun))
