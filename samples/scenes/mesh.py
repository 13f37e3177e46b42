"""Small solid things made of flat faces: placed, lit, sorted and painted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.scenes.camera import Camera
from samples.scenes.canvas import Canvas
from samples.scenes.light import Light

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Face:
    """A flat polygon.

    Attributes:
        points: (n, 3) corners in metres, counter-clockwise seen from outside with X right, Y up and the viewer at -Z.
        rgb: Colour, 0 to 255.
        layer: Faces of a higher layer are painted later.
        gloss: Share of the sky that a face turned upwards mirrors, 0 to 1.
        glow: Whether the face shines by itself.
    """

    points: Points
    rgb: tuple[float, float, float]
    layer: int = 0
    gloss: float = 0.0
    glow: bool = False


@dataclass(frozen=True)
class Place:
    """Where a thing stands.

    Attributes:
        x: X in metres.
        z: Z in metres.
        yaw: Turn around the vertical in radians; 0 drives away from the camera.
        sunlit: 1 in the sun, 0 in shadow.
    """

    x: float
    z: float
    yaw: float = 0.0
    sunlit: float = 1.0


def place_points(points: Points, place: Place) -> Points:
    """Turns and moves (n, 3) points from a thing's own axes into the street."""
    cos, sin = np.cos(place.yaw), np.sin(place.yaw)
    x = points[:, 0] * cos + points[:, 2] * sin + place.x
    z = -points[:, 0] * sin + points[:, 2] * cos + place.z
    return np.stack([x, points[:, 1], z], axis=1)


def _normal(points: Points) -> Points:
    """Returns the outward unit normal of a face by Newell's method."""
    ahead = np.roll(points, -1, axis=0)
    total = np.cross(points, ahead).sum(axis=0)
    return np.asarray(-total / max(float(np.linalg.norm(total)), 1e-9))


def _shade(face: Face, normal: Points, light: Light, sunlit: float) -> Points:
    """Returns the lit colour of a face."""
    base = np.array(face.rgb, dtype=np.float64)
    if face.glow:
        return base
    lit = base * light.gain(normal, sunlit)
    if face.gloss > 0:
        upward = float(np.clip(normal[1], 0.0, 1.0))
        sky = light.horizon + (light.zenith - light.horizon) * upward
        share = face.gloss * (0.25 + 0.75 * upward)
        lit = lit * (1 - share) + sky * share * light.ambient_gain.mean() * 1.2
    if normal[1] < -0.3:
        lit = lit * 0.5
    return lit


def paint_mesh(canvas: Canvas, camera: Camera, light: Light, faces: list[Face], place: Place, label: int) -> None:
    """Paints the faces that are turned towards the camera, far ones first within a layer."""
    eye = np.array([0.0, camera.height, 0.0])
    visible: list[tuple[int, float, Points, Points]] = []
    for face in faces:
        points = place_points(face.points, place)
        normal = _normal(points)
        centre = points.mean(axis=0)
        if float(normal @ (eye - centre)) > 0 and centre[2] > 1.0:
            visible.append((face.layer, -float(np.linalg.norm(centre - eye)), points, _shade(face, normal, light, place.sunlit)))
    for _, distance, points, rgb in sorted(visible, key=lambda item: (item[0], item[1])):
        canvas.polygon(camera.project(points), light.fade(rgb, -distance), label)


def disc(centre: tuple[float, float, float], radius: float, sides: int = 18) -> Points:
    """Returns a disc in the plane of constant X, as (sides, 3) points that face +X."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.stack([np.full(sides, centre[0]), centre[1] + radius * np.cos(angle), centre[2] - radius * np.sin(angle)], axis=1)


def box(low: tuple[float, float, float], high: tuple[float, float, float], rgb: tuple[float, float, float], layer: int = 0) -> list[Face]:
    """Returns the six faces of a box."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    corners = (
        ((x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)),
        ((x1, y0, z1), (x0, y0, z1), (x0, y1, z1), (x1, y1, z1)),
        ((x0, y0, z1), (x0, y0, z0), (x0, y1, z0), (x0, y1, z1)),
        ((x1, y0, z0), (x1, y0, z1), (x1, y1, z1), (x1, y1, z0)),
        ((x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)),
        ((x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x0, y0, z0)),
    )
    return [Face(np.array(face, dtype=np.float64), rgb, layer) for face in corners]
