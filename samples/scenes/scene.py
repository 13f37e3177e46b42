"""Rendered scenes: first the plan, then everything painted from far to near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.canvas import OVERSAMPLING, Canvas, Cutout
from samples.scenes.drawing.light import sample_light
from samples.scenes.drawing.stage import Stage
from samples.scenes.drawing.street import Street, skyline_of
from samples.scenes.labels import SKY
from samples.scenes.lens import develop, paint_bonnet
from samples.scenes.objects.shadows import cast_shadows
from samples.scenes.objects.staging import stage_hedge, stage_thing
from samples.scenes.objects.things import Thing, sample_things
from samples.scenes.plan import sample_street
from samples.scenes.surroundings.buildings import paint_building
from samples.scenes.surroundings.ground import ground_grid, paint_ground
from samples.scenes.surroundings.sky import paint_sky


@dataclass(frozen=True)
class Scene:
    """A rendered picture with its labels.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        labels: uint8 (H, W), the category of each pixel, an index of `CATEGORIES`.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def sample_camera(seed: int, size_hw: tuple[int, int]) -> Camera:
    """Draws the camera of a scene of size_hw pixels; its own pixels are those of the oversampled canvas."""
    rng = np.random.default_rng([seed, 0])
    height, width = size_hw[0] * OVERSAMPLING, size_hw[1] * OVERSAMPLING
    return Camera(
        size_hw=(height, width),
        focal=max(width, 1.6 * height) * float(rng.uniform(0.52, 0.86)),
        centre_u=width * float(rng.uniform(0.38, 0.62)),
        horizon_v=height * float(rng.uniform(0.40, 0.54)),
        height=float(rng.uniform(1.25, 2.3)),
    )


def _distant_trees(street: Street, rng: np.random.Generator) -> list[Thing]:
    """Draws the trees that close the street at its end."""
    span = abs(street.wall_x(1) - street.wall_x(0))
    xs = np.arange(street.wall_x(0) - span * 3, street.wall_x(1) + span * 3, 4.5)
    rng.shuffle(xs)
    trees = [(float(x), street.end_z + float(rng.uniform(2, 14)), float(rng.uniform(6, 14))) for x in xs]
    return [Thing("tree", x, z, int(rng.integers(1 << 30)), 0.0, size) for x, z, size in trees]


def render_scene(seed: int, size_hw: tuple[int, int] = (512, 1024)) -> Scene:
    """Renders a street scene.

    Args:
        seed: Chooses the scene; the same seed and size give the same bytes.
        size_hw: Height and width of the picture in pixels, at least 32 each.

    Returns:
        The picture and its labels.

    Raises:
        ValueError: If a side is shorter than 32 pixels.
    """
    if min(size_hw) < 32:
        raise ValueError(
            f"A scene needs at least 32 pixels on each side; received {size_hw[0]} x {size_hw[1]}."
        )
    rngs = [np.random.default_rng([seed, stream]) for stream in range(8)]
    camera, light, street = sample_camera(seed, size_hw), sample_light(rngs[1]), sample_street(rngs[2])
    things, skyline = sample_things(street, rngs[3]), skyline_of(street)
    canvas = Canvas(camera.size_hw)
    sky = paint_sky(camera, light, rngs[4])
    canvas.put(Cutout(sky, np.full(sky.shape[:2], SKY, np.uint8), np.ones(sky.shape[:2], np.bool_)), 0, 0)
    grid = ground_grid(camera)
    canvas.put(
        paint_ground(street, grid, light, cast_shadows(camera, grid, light, things, skyline), rngs[5]),
        0,
        grid.top,
    )
    stage = Stage(canvas, camera, light, skyline)
    for thing in _distant_trees(street, rngs[6]):
        stage_thing(stage, thing)
    for house in sorted(
        street.background + street.buildings, key=lambda building: (-building.near_z, -abs(building.wall_x))
    ):
        paint_building(stage, house)
    for thing in things:
        if thing.kind == "hedge":
            stage_hedge(stage, thing)
    for thing in things:
        stage_thing(stage, thing)
    if rngs[7].random() < 0.4:
        paint_bonnet(canvas, camera, light, rngs[7])
    colours, labels = canvas.resolve()
    return Scene(develop(colours, rngs[7]), labels)
