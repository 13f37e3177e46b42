"""Small solid things made of flat faces: placed, lit, sorted and painted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.light import Light
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.stage import Stage

PointsXYZ = FloatArray


@dataclass(frozen=True)
class Face:
    """A flat polygon.

    Attributes:
        points: (n, 3) corners in metres, counter-clockwise seen from outside with X right, Y up and the
            viewer at -Z.
        rgb: Colour, 0 to 255.
        layer: Faces of a higher layer are painted later.
        gloss: Share of the sky that a face turned upwards mirrors, 0 to 1.
        glow: Whether the face shines by itself.
    """

    points: PointsXYZ
    rgb: tuple[float, float, float]
    layer: int = 0
    gloss: float = 0.0
    glow: bool = False


@dataclass(frozen=True)
class Pose:
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


def place_points(points: PointsXYZ, place: Pose) -> PointsXYZ:
    """Turns and moves (n, 3) points from a thing's own axes into the street."""
    cos, sin = np.cos(place.yaw), np.sin(place.yaw)
    x = points[:, 0] * cos + points[:, 2] * sin + place.x
    z = -points[:, 0] * sin + points[:, 2] * cos + place.z
    return np.stack([x, points[:, 1], z], axis=1)


@dataclass(frozen=True)
class Mesh:
    """The faces of a thing as flat arrays.

    Attributes:
        points: (p, 3) corners of all faces in metres, one face after the other.
        starts: (f,) first corner of each face.
        ahead: (p,) index of the next corner around the same face.
        rgb: (f, 3) colours, 0 to 255.
        layers: (f,) layers.
        gloss: (f,) gloss.
        glow: (f,) bool, whether a face shines by itself.
    """

    points: PointsXYZ
    starts: NDArray[np.intp]
    ahead: NDArray[np.intp]
    rgb: PointsXYZ
    layers: NDArray[np.intp]
    gloss: PointsXYZ
    glow: NDArray[np.bool_]


def make_mesh(faces: list[Face]) -> Mesh:
    """Packs faces."""
    sizes = np.array([len(face.points) for face in faces])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    ahead = np.arange(1, int(sizes.sum()) + 1)
    ahead[starts + sizes - 1] = starts
    return Mesh(
        points=np.concatenate([face.points for face in faces]),
        starts=starts,
        ahead=ahead,
        rgb=np.array([face.rgb for face in faces], dtype=np.float64),
        layers=np.array([face.layer for face in faces]),
        gloss=np.array([face.gloss for face in faces], dtype=np.float64),
        glow=np.array([face.glow for face in faces]),
    )


def _normals(mesh: Mesh, points: PointsXYZ) -> PointsXYZ:
    """Returns the outward unit normals (f, 3) of the faces by Newell's method."""
    x, y, z = points.T
    next_x, next_y, next_z = points[mesh.ahead].T
    cross = np.stack([y * next_z - z * next_y, z * next_x - x * next_z, x * next_y - y * next_x], axis=1)
    total = -np.add.reduceat(cross, mesh.starts, axis=0)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9))


def _shade(mesh: Mesh, normals: PointsXYZ, light: Light, sunlit: float) -> PointsXYZ:
    """Returns the lit colours (f, 3) of the faces."""
    upward = np.clip(normals[:, 1:2], 0.0, 1.0)
    sky = light.horizon + (light.zenith - light.horizon) * upward
    share = mesh.gloss[:, None] * (0.25 + 0.75 * upward)
    lit = mesh.rgb * light.gain(normals, sunlit)
    lit = lit * (1 - share) + sky * share * light.ambient_gain.mean() * 1.2
    lit = lit * np.where(normals[:, 1:2] < -0.3, 0.5, 1.0)
    return np.where(mesh.glow[:, None], mesh.rgb, lit)


def paint_mesh(stage: Stage, mesh: Mesh, place: Pose, label: int) -> None:
    """Paints the faces that are turned towards the camera, far ones first within a layer."""
    eye = np.array([0.0, stage.camera.height, 0.0])
    points = place_points(mesh.points, place)
    normals = _normals(mesh, points)
    sizes = np.diff(np.append(mesh.starts, len(points)))
    centres = np.add.reduceat(points, mesh.starts, axis=0) / sizes[:, None]
    distance = np.linalg.norm(centres - eye, axis=1)
    visible = np.flatnonzero((((eye - centres) * normals).sum(axis=1) > 0) & (centres[:, 2] > 1.0))
    colours = stage.light.fade(_shade(mesh, normals, stage.light, place.sunlit), distance)
    pixels = stage.camera.project(points)
    for index in visible[np.lexsort((-distance[visible], mesh.layers[visible]))]:
        start = mesh.starts[index]
        stage.canvas.polygon(pixels[start : start + sizes[index]], colours[index], label)


def disc(centre: tuple[float, float, float], radius: float, sides: int = 18) -> PointsXYZ:
    """Returns a disc in the plane of constant X, as (sides, 3) points that face +X."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.stack(
        [np.full(sides, centre[0]), centre[1] + radius * np.cos(angle), centre[2] - radius * np.sin(angle)],
        axis=1,
    )


def box(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    rgb: tuple[float, float, float],
    layer: int = 0,
) -> list[Face]:
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
