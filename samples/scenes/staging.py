"""Paints single things into the scene."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from samples.scenes.camera import Camera
from samples.scenes.canvas import Canvas, Patch
from samples.scenes.furniture import Stand, paint_bin, paint_bollard, paint_fence, paint_lamp, paint_sign, paint_traffic_light
from samples.scenes.labels import NATURE, VEHICLE
from samples.scenes.light import Light
from samples.scenes.mesh import Place, make_mesh, paint_mesh
from samples.scenes.noise import FloatArray
from samples.scenes.people import cyclist_patch, person_patch
from samples.scenes.shadows import footprint
from samples.scenes.street import Skyline
from samples.scenes.things import Thing
from samples.scenes.trees import crown_patch, hedge_patch
from samples.scenes.vehicles import BODIES, PAINTS, bus_faces, car_faces

_FACING = np.array([0.0, 0.0, -1.0])
_MIN_PIXELS = 3


@dataclass(frozen=True)
class Stage:
    """Everything a thing needs to be painted."""

    canvas: Canvas
    camera: Camera
    light: Light
    skyline: Skyline

    def sunlit(self, thing: Thing, height: float = 1.0) -> float:
        """Returns 1 where a thing stands in the sun at a height in metres, 0 in the shadow of a building."""
        return 1.0 - float(self.skyline.shadow(thing.x, height, thing.z, self.light.sun))

    def put(self, patch: Patch, x: float, y: float, z: float) -> None:
        """Puts a patch with the middle of its lower edge at a point in metres, faded into the haze."""
        clear = float(np.exp(-z / self.light.haze_m))
        rgb = patch.rgb.astype(np.float32) * clear + self.light.horizon.astype(np.float32) * (1 - clear)
        column, row = self.camera.project(np.array([x, y, z]))
        height, width = patch.mask.shape
        faded = Patch(np.clip(rgb, 0, 255).astype(np.uint8), patch.labels, patch.mask)
        self.canvas.put(faded, round(float(column)) - width // 2, round(float(row)) - height)


def _leaf_gains(stage: Stage, sunlit: float) -> FloatArray:
    """Returns the (2, 3) light on shaded and on lit leaves."""
    shade = stage.light.ambient_gain
    return np.stack([shade, shade + stage.light.sun_gain * 0.9 * sunlit])


def _stage_vehicle(stage: Stage, thing: Thing) -> None:
    rng = np.random.default_rng(thing.seed)
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    if thing.kind == "bus":
        bold = PAINTS[int(rng.choice([5, 6, 8, 9, 1]))]
        faces = bus_faces(bold, stage.light.lamps_on)
    else:
        faces = car_faces(BODIES[int(thing.size)], paint, bool(rng.random() < 0.3), stage.light.lamps_on)
    _, length, _ = footprint(thing)
    oncoming, across = abs(thing.yaw - np.pi) < 0.1, abs(abs(thing.yaw) - np.pi / 2) < 0.1
    x = thing.x - np.sin(thing.yaw) * length / 2 if across else thing.x
    z = thing.z + length if oncoming else thing.z
    paint_mesh(stage, make_mesh(faces), Place(x, z, thing.yaw, stage.sunlit(thing)), VEHICLE)


def _stage_person(stage: Stage, thing: Thing) -> None:
    scale = min(stage.camera.scale(thing.z), 600.0)
    if thing.z < 3.0 or scale * 1.7 < _MIN_PIXELS:
        return
    paint = person_patch if thing.kind == "person" else cyclist_patch
    gain = stage.light.gain(_FACING, 0.0) + stage.light.sun_gain * 0.45 * stage.sunlit(thing)
    stage.put(paint(thing.seed, scale, gain, float(stage.light.sun[0])), thing.x, 0.0, thing.z)


def _stage_tree(stage: Stage, thing: Thing) -> None:
    rng = np.random.default_rng(thing.seed)
    scale, height = stage.camera.scale(thing.z), thing.size
    width, tall = height * float(rng.uniform(0.5, 0.68)), height * float(rng.uniform(0.66, 0.74))
    size_hw = (int(tall * scale), int(width * scale))
    if thing.z < 4.0 or min(size_hw) < _MIN_PIXELS or max(size_hw) > 4000:
        return
    stand = Stand(stage.canvas, stage.camera, stage.light, thing.x, thing.z, stage.sunlit(thing))
    girth = height * 0.035
    bark = (98.0, 80.0, 64.0)
    stand.tube((0, 0), (0, height * 0.55), (girth * 1.15, girth * 0.75), bark, NATURE)
    for sign in (-1.0, 1.0):
        stand.tube((0, height * 0.34), (sign * width * 0.24, height * 0.56), (girth * 0.6, girth * 0.3), bark, NATURE)
    crown = crown_patch(thing.seed, size_hw, stage.light.sun, _leaf_gains(stage, stage.sunlit(thing, height * 0.7)))
    stage.put(crown, thing.x, height - tall, thing.z)


def _stage_bush(stage: Stage, thing: Thing) -> None:
    scale = stage.camera.scale(thing.z)
    size_hw = (int(thing.size * 1.1 * scale), int(thing.size * 1.4 * scale))
    if thing.z < 4.0 or min(size_hw) < _MIN_PIXELS:
        return
    crown = crown_patch(thing.seed, size_hw, stage.light.sun, _leaf_gains(stage, stage.sunlit(thing)))
    stage.put(crown, thing.x, -0.12 * thing.size, thing.z)


def _stage_hedge(stage: Stage, thing: Thing) -> None:
    rng = np.random.default_rng(thing.seed)
    gains = _leaf_gains(stage, 0.6 * stage.sunlit(thing))
    texture = hedge_patch(thing.seed, (96, 768), gains)
    for z in np.geomspace(90.0, 3.0, 70):
        scale = stage.camera.scale(float(z))
        rows = max(1, int(thing.size * 1.05 * scale))
        columns = max(2, int(scale * (0.75 + 0.05 * z * 0.3)))
        start = int(rng.integers(0, 768 - 64))
        pick_rows = np.linspace(0, 95, rows).astype(int)
        pick_columns = start + np.linspace(0, 63, columns).astype(int)
        spots = np.ix_(pick_rows, pick_columns)
        patch = Patch(texture.rgb[spots], texture.labels[spots], texture.mask[spots])
        stage.put(patch, thing.x, 0.0, float(z))


def _stage_furniture(stage: Stage, thing: Thing) -> None:
    if thing.z < 2.5:
        return
    stand = Stand(stage.canvas, stage.camera, stage.light, thing.x, thing.z, stage.sunlit(thing))
    inward = -1.0 if thing.x > 0 else 1.0
    if thing.kind == "lamp":
        paint_lamp(stand, inward, thing.seed)
    elif thing.kind == "traffic light":
        paint_traffic_light(stand, inward, thing.seed)
    else:
        {"sign": paint_sign, "bin": paint_bin, "bollard": paint_bollard}[thing.kind](stand, thing.seed)


def _stage_fence(stage: Stage, thing: Thing) -> None:
    rgb = ((70.0, 74.0, 78.0), (150.0, 152.0, 150.0), (56.0, 80.0, 62.0))[thing.seed % 3]
    paint_fence(Stand(stage.canvas, stage.camera, stage.light, thing.x, thing.z, stage.sunlit(thing)), thing.size, rgb)


_STAGING: dict[str, Callable[[Stage, Thing], None]] = {
    "car": _stage_vehicle,
    "bus": _stage_vehicle,
    "person": _stage_person,
    "bicycle": _stage_person,
    "tree": _stage_tree,
    "bush": _stage_bush,
    "hedge": _stage_hedge,
    "fence": _stage_fence,
}


def stage_thing(stage: Stage, thing: Thing) -> None:
    """Paints one thing; paint the far ones first."""
    _STAGING.get(thing.kind, _stage_furniture)(stage, thing)
