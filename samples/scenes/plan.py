"""Random plans of streets: kind, widths, houses."""

from dataclasses import replace
from itertools import chain

import numpy as np

from samples.scenes.drawing.street import LEFT, RIGHT, SIGNS, Building, Street

Ink = tuple[float, float, float]
_PLASTER: tuple[Ink, ...] = (
    (222, 206, 176), (206, 178, 140), (226, 220, 208), (198, 150, 116), (178, 186, 190), (214, 188, 168),
    (188, 170, 120), (164, 176, 158), (226, 200, 190), (200, 196, 186), (170, 140, 122), (216, 176, 110),
)  # fmt: skip
_BRICK: tuple[Ink, ...] = ((146, 82, 64), (128, 70, 58), (160, 104, 78), (120, 88, 74), (170, 130, 96))
_CONCRETE: tuple[Ink, ...] = ((158, 156, 150), (178, 174, 166), (136, 138, 140))
_PANES: tuple[Ink, ...] = ((92, 122, 146), (70, 100, 120), (110, 132, 138), (86, 106, 132))
_ROOFS: tuple[Ink, ...] = ((142, 74, 56), (118, 62, 50), (88, 86, 90), (70, 72, 80), (128, 92, 70))
_WALLS = {"plaster": _PLASTER, "brick": _BRICK, "concrete": _CONCRETE, "glass": _PANES}
_STYLES = {
    "city": (("plaster", "brick", "concrete", "glass"), (0.55, 0.28, 0.12, 0.05)),
    "suburb": (("plaster", "brick", "concrete", "glass"), (0.6, 0.38, 0.02, 0.0)),
    "boulevard": (("plaster", "brick", "concrete", "glass"), (0.6, 0.15, 0.15, 0.10)),
    "modern": (("plaster", "brick", "concrete", "glass"), (0.15, 0.15, 0.35, 0.35)),
}
_STOREYS = {"city": (3, 6), "suburb": (1, 3), "boulevard": (4, 7), "modern": (4, 11)}
_GAPS = {"city": 0.18, "suburb": 0.85, "boulevard": 0.3, "modern": 0.45}


def _pick(rng: np.random.Generator, colours: tuple[Ink, ...]) -> Ink:
    """Draws a colour and varies it a little."""
    base, gain = colours[int(rng.integers(len(colours)))], float(rng.uniform(0.9, 1.08))
    return (base[0] * gain, base[1] * gain, base[2] * gain)


def _house(street: Street, side: int, near_z: float, length: float, rng: np.random.Generator) -> Building:
    """Draws one building."""
    names, odds = _STYLES[street.kind]
    style = str(rng.choice(names, p=odds))
    low, high = _STOREYS[street.kind]
    storeys = int(rng.integers(low, high + 1))
    pitched = style in ("plaster", "brick") and rng.random() < (0.9 if street.kind == "suburb" else 0.55)
    setback = float(rng.uniform(0.0, 0.5)) if street.kind == "suburb" else 0.0
    return Building(
        side=side,
        near_z=near_z,
        far_z=near_z + length,
        wall_x=street.wall_x(side) + SIGNS[side] * setback,
        depth=float(rng.uniform(8.0, 13.0)),
        height=1.0 + 3.15 * storeys + float(rng.uniform(0.0, 0.8)),
        roof_height=float(rng.uniform(1.6, 3.6)) if pitched else 0.0,
        style=style,
        wall_rgb=_pick(rng, _WALLS[style]),
        roof_rgb=_pick(rng, _ROOFS),
        shop=street.kind != "suburb" and bool(rng.random() < 0.55),
        seed=int(rng.integers(1 << 30)),
        blind=bool(rng.random() < 0.5),
    )


def _row(street: Street, side: int, rng: np.random.Generator) -> list[Building]:
    """Draws the buildings of one side, leaving the crossing road free."""
    houses: list[Building] = []
    z = float(rng.uniform(-30.0, -18.0))
    low, high = (8.0, 14.0) if street.kind == "suburb" else (11.0, 24.0)
    while z < street.end_z:
        length = float(rng.uniform(low, high))
        gap = float(rng.uniform(2.5, 8.0)) if rng.random() < _GAPS[street.kind] else 0.0
        if (
            street.crossing_z is not None
            and z < street.crossing_z[1] + 4
            and z + length > street.crossing_z[0] - 4
        ):
            if z < street.crossing_z[0] - 12:
                houses.append(_house(street, side, z, street.crossing_z[0] - 5 - z, rng))
            z = street.crossing_z[1] + 5
            length = float(rng.uniform(low, high))
            houses.append(replace(_house(street, side, z, length, rng), blind=False))
            z += length
            continue
        houses.append(_house(street, side, z, length, rng))
        z += length + gap
    return houses


def _back_row(street: Street, side: int, rng: np.random.Generator) -> list[Building]:
    """Draws buildings behind the front row, seen through its gaps and along a crossing road."""
    houses: list[Building] = []
    for offset in (15.0, 30.0):
        z = float(rng.uniform(10.0, 24.0))
        while z < street.end_z:
            length = float(rng.uniform(10.0, 20.0))
            crossing = street.crossing_z
            if crossing is not None and z < crossing[1] + 5 and z + length > crossing[0] - 5:
                z = crossing[1] + 5
            house = _house(street, side, z, length, rng)
            far_x = house.wall_x + SIGNS[side] * (offset + float(rng.uniform(0.0, 3.0)))
            houses.append(replace(house, wall_x=far_x, depth=float(rng.uniform(11.0, 15.0)), blind=False))
            z += length + float(rng.uniform(0.0, 12.0))
    return houses


def sample_street(rng: np.random.Generator) -> Street:
    """Draws the plan of a street."""
    kind = str(rng.choice(["city", "suburb", "boulevard", "modern"], p=[0.4, 0.26, 0.2, 0.14]))
    lane = float(rng.uniform(2.9, 3.6))
    ahead, oncoming = (2, 2) if kind in ("boulevard", "modern") and rng.random() < 0.7 else (1, 1)
    parking = tuple(float(rng.choice([0.0, 2.2])) for _ in range(2)) if kind != "modern" else (0.0, 0.0)
    centre = -lane / 2 - lane * float(rng.integers(ahead)) + float(rng.uniform(-0.4, 0.4))
    road = (centre - oncoming * lane - parking[0], centre + ahead * lane + parking[1])
    lanes = [centre + lane * index for index in range(1, ahead)] + [
        centre - lane * index for index in range(1, oncoming)
    ]
    crossing = None
    if rng.random() < 0.35:
        near = float(rng.uniform(14.0, 45.0))
        crossing = (near, near + float(rng.uniform(7.0, 11.0)))
    yards = {"city": (0.0, 0.6), "suburb": (2.5, 6.5), "boulevard": (0.0, 2.5), "modern": (0.0, 6.0)}[kind]
    street = Street(
        kind=kind,
        road_x=road,
        pavement_m=(float(rng.uniform(1.8, 3.8)), float(rng.uniform(1.8, 3.8))),
        strip_m=float(rng.uniform(1.2, 2.2))
        if kind in ("suburb", "boulevard") and rng.random() < 0.6
        else 0.0,
        yard_m=(float(rng.uniform(*yards)), float(rng.uniform(*yards))),
        yard_grass=kind == "suburb" or bool(rng.random() < 0.3),
        centre_x=centre,
        lane_xs=tuple(lanes),
        crossing_z=crossing,
        end_z=float(rng.uniform(90.0, 190.0)),
    )
    rows = [_row(street, side, rng) for side in (LEFT, RIGHT)]
    back = [_back_row(street, side, rng) for side in (LEFT, RIGHT)]
    return replace(street, buildings=tuple(chain(*rows)), background=tuple(chain(*back)))
