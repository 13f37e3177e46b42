"""Random things that stand and move in a street: where, which way, how large."""

from dataclasses import dataclass

import numpy as np

from samples.scenes.drawing.street import LEFT, RIGHT, SIGNS, Street
from samples.scenes.objects.cars import BODIES


@dataclass(frozen=True)
class Thing:
    """Something that stands on the ground.

    Attributes:
        kind: "car", "bus", "person", "bicycle", "tree", "bush", "hedge", "lamp", "sign", "traffic light",
            "bin", "bollard" or "fence".
        x: X in metres.
        z: Z of its nearest part in metres.
        seed: Seed of its looks.
        yaw: Turn around the vertical in radians.
        size: Height in metres of a tree, bush or hedge; length in metres of a fence; index of the body of a
            car.
    """

    kind: str
    x: float
    z: float
    seed: int
    yaw: float = 0.0
    size: float = 0.0


def _seed(rng: np.random.Generator) -> int:
    """Draws a seed."""
    return int(rng.integers(1 << 30))


def _lanes(street: Street) -> list[tuple[float, float]]:
    """Returns the middle X of each lane with its yaw, 0 ahead and pi oncoming."""
    edges = sorted({street.centre_x, *street.lane_xs})
    width = 3.2
    lanes = [(street.centre_x + width / 2, 0.0), (street.centre_x - width / 2, np.pi)]
    for x in edges:
        if x > street.centre_x:
            lanes.append((x + width / 2, 0.0))
        elif x < street.centre_x:
            lanes.append((x - width / 2, np.pi))
    return lanes


def _traffic(street: Street, density: float, rng: np.random.Generator) -> list[Thing]:
    """Draws moving cars and buses."""
    things: list[Thing] = []
    for x, yaw in _lanes(street):
        own = abs(x) < 1.9 and yaw == 0.0
        z = float(rng.uniform(10.0, 26.0) if own else rng.uniform(5.0, 22.0))
        while z < 120:
            if rng.random() < density:
                kind = "bus" if rng.random() < 0.07 and z > 14 else "car"
                body = float(rng.choice(len(BODIES), p=[0.3, 0.34, 0.24, 0.12]))
                things.append(Thing(kind, x + float(rng.uniform(-0.25, 0.25)), z, _seed(rng), yaw, body))
            z += float(rng.uniform(8.0, 24.0))
    if street.crossing_z is not None and rng.random() < 0.7:
        near, far = street.crossing_z
        x = float(rng.uniform(street.road_x[LEFT] - 4, street.road_x[RIGHT] + 4))
        if abs(x) > 2.0:
            things.append(
                Thing(
                    "car",
                    x,
                    (near + far) / 2,
                    _seed(rng),
                    float(rng.choice([-1, 1])) * np.pi / 2,
                    float(rng.integers(4)),
                )
            )
    return things


def _parked(street: Street, density: float, rng: np.random.Generator) -> list[Thing]:
    """Draws cars parked along the kerbs where there is room beside the lanes."""
    things: list[Thing] = []
    for side in (LEFT, RIGHT):
        lane_edge = max([abs(x - street.road_x[side]) for x in (street.centre_x, *street.lane_xs)] + [0.0])
        nearest = min(abs(x - street.road_x[side]) for x in (street.centre_x, *street.lane_xs))
        if nearest < 4.6 or lane_edge <= 0:
            continue
        z = float(rng.uniform(4.5, 9.0))
        while z < 110:
            if rng.random() < density:
                body = float(rng.choice(len(BODIES), p=[0.3, 0.4, 0.22, 0.08]))
                yaw = np.pi if side == LEFT and rng.random() < 0.8 else 0.0
                things.append(Thing("car", street.road_x[side] - SIGNS[side] * 1.1, z, _seed(rng), yaw, body))
            z += float(rng.uniform(5.4, 7.0))
    return things


def _people(street: Street, density: float, rng: np.random.Generator) -> list[Thing]:
    """Draws people on the pavements and on zebra crossings, and bicycles."""
    things: list[Thing] = []
    for _ in range(int(rng.poisson(22 * density)) + 1):
        side = int(rng.integers(2))
        inner = abs(street.road_x[side]) + street.strip_m
        x = SIGNS[side] * float(rng.uniform(inner + 0.4, inner + street.pavement_m[side] - 0.3))
        z = 5.0 + float(rng.gamma(1.6, 12.0))
        things.append(Thing("person", x, z, _seed(rng)))
        if rng.random() < 0.4:
            things.append(Thing("person", x + 0.55, z + float(rng.uniform(-0.3, 0.3)), _seed(rng)))
    if street.crossing_z is not None:
        for _ in range(int(rng.integers(0, 6))):
            x = float(rng.uniform(street.road_x[LEFT], street.road_x[RIGHT]))
            things.append(Thing("person", x, street.crossing_z[0] - float(rng.uniform(1.2, 3.6)), _seed(rng)))
    for _ in range(int(rng.poisson(1.6))):
        side = int(rng.integers(2))
        x = street.road_x[side] + SIGNS[side] * float(rng.uniform(-0.6, 1.4))
        things.append(Thing("bicycle", x, float(rng.uniform(7.0, 30.0)), _seed(rng)))
    return things


def _tree_row(street: Street, side: int, rng: np.random.Generator) -> list[Thing]:
    """Draws a row of street trees."""
    if rng.random() > {"city": 0.45, "suburb": 0.5, "boulevard": 0.95, "modern": 0.6}[street.kind]:
        return []
    pitch, offset = float(rng.uniform(8, 14)), street.strip_m / 2 if street.strip_m > 0 else 0.75
    height, x = float(rng.uniform(5.5, 9.5)), street.road_x[side] + SIGNS[side] * offset
    zs = np.arange(float(rng.uniform(6, 15)), 130, pitch)
    return [Thing("tree", x, float(z), _seed(rng), 0.0, height * float(rng.uniform(0.85, 1.15))) for z in zs]


def _yard(street: Street, side: int, rng: np.random.Generator) -> list[Thing]:
    """Draws hedges, trees and bushes in front of the houses."""
    if street.yard_m[side] < 2.0 or not street.yard_grass:
        return []
    things: list[Thing] = []
    if rng.random() < 0.6:
        things.append(
            Thing("hedge", street.pavement_end_x(side), 1.0, _seed(rng), 0.0, float(rng.uniform(0.8, 1.5)))
        )
    for z in np.arange(float(rng.uniform(6, 14)), 110, float(rng.uniform(7, 16))):
        x = street.pavement_end_x(side) + SIGNS[side] * street.yard_m[side] * float(rng.uniform(0.35, 0.7))
        kind = "tree" if rng.random() < 0.5 else "bush"
        size = float(rng.uniform(4.0, 8.0)) if kind == "tree" else float(rng.uniform(0.9, 2.0))
        things.append(Thing(kind, x, float(z), _seed(rng), 0.0, size))
    return things


def _posts(street: Street, side: int, rng: np.random.Generator) -> list[Thing]:
    """Draws lamps, signs, bollards, bins and fences of one side."""
    things: list[Thing] = []
    sign = SIGNS[side]
    kerb = street.road_x[side] + sign * 0.5
    if rng.random() < 0.75:
        things += [
            Thing("lamp", kerb, float(z), _seed(rng))
            for z in np.arange(rng.uniform(7, 22), 140, rng.uniform(20, 30))
        ]
    things += [
        Thing("sign", kerb + sign * 0.2, float(z), _seed(rng))
        for z in rng.uniform(6, 60, int(rng.integers(1, 5)))
    ]
    if rng.random() < 0.25:
        row, seed = np.arange(rng.uniform(5, 12), rng.uniform(20, 60), 2.2), _seed(rng)
        things += [Thing("bollard", kerb - sign * 0.1, float(z), seed) for z in row]
    things += [
        Thing("bin", kerb + sign * 0.5, float(z), _seed(rng))
        for z in rng.uniform(6, 40, int(rng.integers(0, 3)))
    ]
    if rng.random() < 0.12:
        near, seed, length = float(rng.uniform(6, 14)), _seed(rng), float(rng.uniform(10, 30))
        things += [
            Thing("fence", kerb - sign * 0.2, float(z), seed, 0.0, 2.0)
            for z in np.arange(near, near + length, 2.0)
        ]
    return things


def _traffic_lights(street: Street, rng: np.random.Generator) -> list[Thing]:
    """Draws traffic lights at a crossing road."""
    if street.crossing_z is None:
        return []
    corners = ((RIGHT, street.crossing_z[0] - 4.5), (LEFT, street.crossing_z[1] + 4.5))
    return [
        Thing("traffic light", street.road_x[side] + SIGNS[side] * 0.6, z, _seed(rng))
        for side, z in corners
        if rng.random() < 0.75
    ]


def sample_things(street: Street, rng: np.random.Generator) -> list[Thing]:
    """Draws everything that stands or moves in a street, far things first."""
    traffic, parking, people = rng.uniform(0.05, 0.55), rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.9)
    things = (
        _traffic(street, float(traffic), rng)
        + _parked(street, float(parking), rng)
        + _people(street, float(people), rng)
    )
    for side in (LEFT, RIGHT):
        things += _tree_row(street, side, rng) + _yard(street, side, rng) + _posts(street, side, rng)
    things += _traffic_lights(street, rng)
    if street.crossing_z is not None:
        near, far = street.crossing_z
        fixed = ("tree", "bush", "lamp", "sign", "bollard", "bin")
        things = [thing for thing in things if not (thing.kind in fixed and near - 1 < thing.z < far + 1)]
    return sorted(things, key=lambda thing: -thing.z)
