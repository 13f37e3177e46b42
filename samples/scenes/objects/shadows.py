"""Shadows of single things on the ground."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.street import Skyline
from samples.scenes.objects.buses import BUS_SIZE
from samples.scenes.objects.cars import BODIES
from samples.scenes.objects.things import Thing
from samples.scenes.surroundings.ground import Grid, Shadows

_NEAR_M = 1.5


def footprint(thing: Thing) -> tuple[float, float, float]:
    """Returns width, length and height of a car or bus in metres."""
    if thing.kind == "bus":
        return BUS_SIZE
    body = BODIES[int(thing.size)]
    return body.width, body.length, body.height


def rectangle(thing: Thing, margin: float) -> FloatArray:
    """Returns the corners (4, 2) of the ground under a vehicle as X, Z in metres."""
    width, length, _ = footprint(thing)
    half = width / 2 + margin
    own = np.array([[-half, -margin], [half, -margin], [half, length + margin], [-half, length + margin]])
    if abs(thing.yaw - np.pi) < 0.1:
        return own + np.array([thing.x, thing.z])
    if abs(thing.yaw) > 0.1:
        own = own[:, ::-1] - np.array([length / 2, 0.0])
    return own + np.array([thing.x, thing.z])


def _hull(points: FloatArray) -> FloatArray:
    """Returns the convex hull of (n, 2) points by Andrew's monotone chain."""
    ordered = sorted({(float(x), float(z)) for x, z in points})
    chains: list[list[tuple[float, float]]] = []
    for walk in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for point in walk:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Returns twice the signed area of a triangle."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _ellipse(centre: FloatArray, radius_x: float, radius_z: float) -> FloatArray:
    """Returns an ellipse on the ground, (16, 2) X and Z in metres."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.stack([centre[0] + radius_x * np.cos(angle), centre[1] + radius_z * np.sin(angle)], axis=1)


def _outlines(thing: Thing, slope: FloatArray) -> list[FloatArray]:
    """Returns the shadow of a thing as (n, 2) outlines; slope is the shift (2,) in X and Z per metre of
    height.
    """
    spot = np.array([thing.x, thing.z])
    if thing.kind in ("car", "bus"):
        base = rectangle(thing, 0.0)
        return [_hull(np.concatenate([base, base + slope * footprint(thing)[2] * 0.9]))]
    if thing.kind in ("person", "bicycle"):
        high, wide = (1.75, 0.22) if thing.kind == "person" else (1.2, 0.5)
        return [
            _hull(
                np.concatenate([_ellipse(spot, wide, 0.15), _ellipse(spot + slope * high, wide * 0.7, 0.15)])
            )
        ]
    if thing.kind in ("tree", "bush"):
        middle, radius = spot + slope * thing.size * 0.62, thing.size * 0.27
        trunk = _hull(np.concatenate([_ellipse(spot, 0.15, 0.15), _ellipse(middle, 0.1, 0.1)]))
        reach = radius * (1 + 0.6 * float(np.linalg.norm(slope)))
        rng = np.random.default_rng(thing.seed)
        leaves = [
            _ellipse(middle + shift, radius * 0.55, radius * 0.55)
            for shift in rng.uniform(-0.7, 0.7, (9, 2)) * [radius, reach]
        ]
        return [trunk, *leaves]
    if thing.kind in ("lamp", "sign", "traffic light", "bollard", "bin"):
        high = {"lamp": 7.0, "sign": 2.6, "traffic light": 3.2, "bollard": 0.9, "bin": 0.95}[thing.kind]
        return [
            _hull(np.concatenate([_ellipse(spot, 0.08, 0.08), _ellipse(spot + slope * high, 0.06, 0.06)]))
        ]
    return []


def _contact(thing: Thing) -> FloatArray | None:
    """Returns the outline (n, 2) of the ground that a thing darkens by standing on it."""
    if thing.kind in ("car", "bus"):
        return rectangle(thing, 0.02)
    if thing.kind in ("person", "bicycle", "tree", "bin", "bush"):
        radius = {
            "person": 0.3,
            "bicycle": 0.7,
            "tree": 0.45,
            "bin": 0.35,
            "bush": 0.5 * max(thing.size, 1.0),
        }[thing.kind]
        return _ellipse(np.array([thing.x, thing.z]), radius, 0.25)
    return None


def _paint(draw: ImageDraw.ImageDraw, camera: Camera, top: int, outline: FloatArray, ink: int) -> None:
    """Paints an outline on the ground into a mask whose first row is `top`."""
    if outline[:, 1].max() < _NEAR_M:
        return
    ground = np.stack([outline[:, 0], np.zeros(len(outline)), np.maximum(outline[:, 1], _NEAR_M)], axis=1)
    pixels = np.clip(camera.project(ground), -30000, 30000)
    draw.polygon([(float(u), float(v) - top) for u, v in pixels], fill=ink)


def cast_shadows(camera: Camera, grid: Grid, light: Light, things: list[Thing], skyline: Skyline) -> Shadows:
    """Paints the shadows of all things.

    Args:
        camera: The camera.
        grid: Where the canvas pixels meet the ground.
        light: The weather; without sun there are only contact shadows.
        things: What stands in the street.
        skyline: The walls.

    Returns:
        The shadows, on the pixels of the grid.
    """
    size = (grid.x.shape[1], grid.x.shape[0])
    walls = skyline.shadow(grid.x, 0.0, grid.z, light.sun)
    cast, contact = Image.fromarray((walls * 235).astype(np.uint8)), Image.new("L", size)
    draw_cast, draw_contact = ImageDraw.Draw(cast), ImageDraw.Draw(contact)
    slope = -light.sun[[0, 2]] / max(float(light.sun[1]), 0.12)
    strong = float(light.sun_gain.mean()) > 0.15
    for thing in things:
        spot = _contact(thing)
        if spot is not None:
            _paint(draw_contact, camera, grid.top, spot, 255)
        for outline in _outlines(thing, slope) if strong else []:
            _paint(draw_cast, camera, grid.top, outline, 235)
    blur = max(1.0, camera.size_hw[1] / 420)
    soft_cast = np.asarray(cast.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32) / 255
    soft_contact = np.asarray(contact.filter(ImageFilter.GaussianBlur(blur * 1.6)), dtype=np.float32) / 255
    return Shadows(soft_cast, soft_contact)
