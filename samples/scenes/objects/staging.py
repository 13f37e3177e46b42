"""Painting of single things into the scene."""

from collections.abc import Callable

import numpy as np

from samples.scenes.drawing.canvas import Cutout
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.mesh import Pose, make_mesh, paint_mesh
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.stage import Stage
from samples.scenes.drawing.street import LEFT, RIGHT
from samples.scenes.labels import NATURE, VEHICLE
from samples.scenes.objects.bodywork import PAINTS
from samples.scenes.objects.buses import bus_faces
from samples.scenes.objects.cars import BODIES, car_faces
from samples.scenes.objects.furniture import (
    Stand,
    paint_bin,
    paint_bollard,
    paint_fence,
    paint_lamp,
    paint_sign,
    paint_traffic_light,
)
from samples.scenes.objects.people import cyclist_patch, person_patch
from samples.scenes.objects.shadows import footprint
from samples.scenes.objects.things import Thing
from samples.scenes.objects.trees import crown_patch, hedge_tile
from samples.scenes.surroundings.slab import Front, find_slab

_FACING = np.array([0.0, 0.0, -1.0])
_MIN_PIXELS = 3


def _put(stage: Stage, patch: Cutout, x: float, y: float, z: float) -> None:
    """Puts a patch with the middle of its lower edge at a point in metres, faded into the haze."""
    clear = float(np.exp(-z / stage.light.haze_m))
    rgb = patch.rgb.astype(np.float32) * clear + stage.light.horizon.astype(np.float32) * (1 - clear)
    column, row = stage.camera.project(np.array([x, y, z]))
    height, width = patch.mask.shape
    faded = Cutout(np.clip(rgb, 0, 255).astype(np.uint8), patch.labels, patch.mask)
    stage.canvas.put(faded, round(float(column)) - width // 2, round(float(row)) - height)


def leaf_gains(light: Light, sunlit: float) -> FloatArray:
    """Returns the (2, 3) light on shaded and on lit leaves."""
    return np.stack([light.ambient_gain, light.ambient_gain + light.sun_gain * 0.9 * sunlit])


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
    paint_mesh(stage, make_mesh(faces), Pose(x, z, thing.yaw, stage.sunlit(thing.x, 1.0, thing.z)), VEHICLE)


def _stage_person(stage: Stage, thing: Thing) -> None:
    scale = min(stage.camera.scale(thing.z), 600.0)
    if thing.z < 3.0 or scale * 1.7 < _MIN_PIXELS:
        return
    paint = person_patch if thing.kind == "person" else cyclist_patch
    gain = stage.light.gain(_FACING, 0.0) + stage.light.sun_gain * 0.45 * stage.sunlit(thing.x, 1.0, thing.z)
    _put(stage, paint(thing.seed, scale, gain, float(stage.light.sun[0])), thing.x, 0.0, thing.z)


def _stage_tree(stage: Stage, thing: Thing) -> None:
    rng = np.random.default_rng(thing.seed)
    scale, height = stage.camera.scale(thing.z), thing.size
    width, tall = height * float(rng.uniform(0.5, 0.68)), height * float(rng.uniform(0.66, 0.74))
    size_hw = (int(tall * scale), int(width * scale))
    if thing.z < 4.0 or min(size_hw) < _MIN_PIXELS or max(size_hw) > 4000:
        return
    stand = Stand(stage, thing.x, thing.z, stage.sunlit(thing.x, 1.0, thing.z))
    girth = height * 0.029
    bark = (98.0, 80.0, 64.0)
    stand.tube((0, 0), (0, height * 0.55), (girth * 1.15, girth * 0.75), bark, NATURE)
    for sign in (-1.0, 1.0):
        stand.tube(
            (0, height * 0.34), (sign * width * 0.24, height * 0.56), (girth * 0.6, girth * 0.3), bark, NATURE
        )
    crown = crown_patch(
        thing.seed,
        size_hw,
        stage.light.sun,
        leaf_gains(stage.light, stage.sunlit(thing.x, height * 0.7, thing.z)),
    )
    _put(stage, crown, thing.x, height - tall, thing.z)


def _stage_bush(stage: Stage, thing: Thing) -> None:
    scale = stage.camera.scale(thing.z)
    size_hw = (int(thing.size * 1.1 * scale), int(thing.size * 1.4 * scale))
    if thing.z < 4.0 or min(size_hw) < _MIN_PIXELS:
        return
    crown = crown_patch(
        thing.seed, size_hw, stage.light.sun, leaf_gains(stage.light, stage.sunlit(thing.x, 1.0, thing.z))
    )
    _put(stage, crown, thing.x, -0.12 * thing.size, thing.z)


def _stage_furniture(stage: Stage, thing: Thing) -> None:
    if thing.z < 2.5:
        return
    stand = Stand(stage, thing.x, thing.z, stage.sunlit(thing.x, 1.0, thing.z))
    inward = -1.0 if thing.x > 0 else 1.0
    if thing.kind == "lamp":
        paint_lamp(stand, inward, thing.seed)
    elif thing.kind == "traffic light":
        paint_traffic_light(stand, inward, thing.seed)
    else:
        {"sign": paint_sign, "bin": paint_bin, "bollard": paint_bollard}[thing.kind](stand, thing.seed)


def _stage_fence(stage: Stage, thing: Thing) -> None:
    rgb = ((70.0, 74.0, 78.0), (150.0, 152.0, 150.0), (56.0, 80.0, 62.0))[thing.seed % 3]
    paint_fence(Stand(stage, thing.x, thing.z, stage.sunlit(thing.x, 1.0, thing.z)), thing.size, rgb)


_STAGING: dict[str, Callable[[Stage, Thing], None]] = {
    "car": _stage_vehicle,
    "bus": _stage_vehicle,
    "person": _stage_person,
    "bicycle": _stage_person,
    "tree": _stage_tree,
    "bush": _stage_bush,
    "fence": _stage_fence,
}


def stage_hedge(stage: Stage, thing: Thing) -> None:
    """Paints a hedge that runs along the whole street; paint it after the houses and before
    everything else.
    """
    side = RIGHT if thing.x > 0 else LEFT
    slab = find_slab(Front(side, thing.x, (thing.z, 90.0), thing.size), stage.camera)
    if slab is None:
        return
    tile, short = hedge_tile(thing.seed, leaf_gains(stage.light, 0.5))
    columns = np.broadcast_to(np.mod(slab.z * np.float32(80.0), tile.shape[1]).astype(np.int32), slab.y.shape)
    down = 1 - slab.y / thing.size
    rows = np.clip(down * tile.shape[0], 0, tile.shape[0] - 1).astype(np.int32)
    mask = (slab.y >= 0) & (down > short[columns]) & (slab.z >= slab.near * 0.999) & (slab.z <= 90.0)
    clear = np.exp(-slab.z / np.float32(stage.light.haze_m))[..., None]
    rgb = tile[rows, columns] * clear + stage.light.horizon.astype(np.float32) * (1 - clear)
    stage.canvas.put(
        Cutout(rgb.astype(np.uint8), np.full(mask.shape, NATURE, np.uint8), np.asarray(mask)),
        slab.left,
        slab.top,
    )


def stage_thing(stage: Stage, thing: Thing) -> None:
    """Paints one thing; paint the far ones first."""
    if thing.kind != "hedge":
        _STAGING.get(thing.kind, _stage_furniture)(stage, thing)
