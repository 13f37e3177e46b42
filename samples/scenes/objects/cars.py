"""Cars and vans as small meshes; Z points forward, the rear bumper is at Z = 0."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from samples.scenes.drawing.mesh import Face, box, disc
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.objects.bodywork import ARCH, HUB, RIM, TYRE, Ink, across, quad_of

_GLASS: Ink = (38, 46, 54)


@dataclass(frozen=True)
class Body:
    """Shape of a car body in metres.

    Attributes:
        length: Bumper to bumper.
        width: Across, without mirrors.
        height: To the roof.
        deck: Z and Y of the upper edge of the lower body, from the rear to the front.
        cabin_z: Z where the glass starts at the rear, the roof starts, the roof ends, the windscreen ends.
        belt: Y at which the glass starts.
    """

    length: float
    width: float
    height: float
    deck: tuple[tuple[float, float], ...]
    cabin_z: tuple[float, float, float, float]
    belt: float


SEDAN = Body(
    4.6,
    1.82,
    1.45,
    ((0.0, 0.82), (0.12, 0.98), (0.9, 1.0), (3.1, 0.96), (4.2, 0.80), (4.6, 0.58)),
    (0.75, 1.5, 2.5, 3.3),
    0.97,
)
HATCH = Body(
    4.0,
    1.76,
    1.50,
    ((0.0, 0.82), (0.1, 0.95), (0.8, 0.98), (2.8, 0.96), (3.6, 0.84), (4.0, 0.60)),
    (0.12, 0.55, 2.1, 3.0),
    0.96,
)
SUV = Body(
    4.5,
    1.88,
    1.70,
    ((0.0, 0.95), (0.1, 1.08), (0.8, 1.10), (3.0, 1.08), (4.1, 1.00), (4.5, 0.70)),
    (0.12, 0.5, 2.5, 3.25),
    1.08,
)
VAN = Body(
    5.0,
    1.95,
    2.15,
    ((0.0, 1.1), (0.1, 1.2), (0.8, 1.2), (3.9, 1.15), (4.7, 1.0), (5.0, 0.7)),
    (0.05, 0.2, 3.4, 4.3),
    1.18,
)
BODIES = (SEDAN, HATCH, SUV, VAN)


def _ring(body: Body, z: float, deck: float) -> list[tuple[float, float, float]]:
    """Returns the cross-section of the lower body at z, from the left sill over the deck to the
    right sill.
    """
    taper = 1.0 - 0.10 * max(0.0, 1 - z / 0.25) - 0.14 * max(0.0, 1 - (body.length - z) / 0.5)
    half = body.width / 2 * taper
    sill = 0.24 + 0.10 * max(0.0, 1 - min(z, body.length - z) / 0.35)
    shoulder = max(sill + 0.12, deck - 0.10)
    heights = (sill, (sill + shoulder) * 0.45, (sill + shoulder) * 0.56, shoulder, deck, deck + 0.03)
    left = [(-half * share, y) for share, y in zip((0.93, 0.99, 1.0, 0.97, 0.86, 0.0), heights, strict=True)]
    right = [(-x, y) for x, y in reversed(left[:-1])]
    return [(x, y, z) for x, y in left + right]


def _lower_body(body: Body, paint: Ink) -> list[Face]:
    """Lofts the lower body through its cross-sections and closes both ends."""
    stations = [z for z, _ in body.deck]
    zs = np.unique(np.concatenate([stations, np.linspace(0.05, body.length - 0.05, 9)]))
    decks = np.interp(zs, stations, [y for _, y in body.deck])
    rings = [_ring(body, float(z), float(y)) for z, y in zip(zs, decks, strict=True)]
    faces: list[Face] = []
    for rear, front in pairwise(rings):
        for index in range(len(rear) - 1):
            corners = np.array([rear[index], rear[index + 1], front[index + 1], front[index]])
            dark = 0.34 if index in (0, len(rear) - 2) else 1.0
            faces.append(Face(corners, (paint[0] * dark, paint[1] * dark, paint[2] * dark), 1, 0.30))
    faces.append(Face(np.array(rings[0])[::-1], paint, 1, 0.2))
    faces.append(Face(np.array(rings[-1]), paint, 1, 0.2))
    return faces


def _cabin(body: Body, paint: Ink) -> list[Face]:
    """Builds roof, pillars and glass."""
    z0, z1, z2, z3 = body.cabin_z
    low, high = body.width / 2 * 0.88, body.width / 2 * 0.70
    base, top = body.belt, body.height
    faces = [
        Face(quad_of((-high, top, z1), (high, top, z1), (high, top, z2), (-high, top, z2)), paint, 3, 0.35),
        Face(quad_of((-low, base, z0), (low, base, z0), (high, top, z1), (-high, top, z1)), paint, 3, 0.2),
        Face(quad_of((low, base, z3), (-low, base, z3), (-high, top, z2), (high, top, z2)), paint, 3, 0.2),
    ]
    rear = [(-low, base, z0), (low, base, z0), (high, top, z1), (-high, top, z1)]
    front = [(low, base, z3), (-low, base, z3), (-high, top, z2), (high, top, z2)]
    for quad, tall in ((rear, 0.86), (front, 0.92)):
        faces += _pane(np.array(quad), 0.08, (0.10, tall))
    for sign in (-1.0, 1.0):
        side = np.array(
            [(sign * low, base, z0), (sign * low, base, z3), (sign * high, top, z2), (sign * high, top, z1)]
        )
        side = side if sign > 0 else side[[1, 0, 3, 2]]
        faces.append(Face(side, paint, 3, 0.2))
        for start, stop in ((0.07, 0.47), (0.52, 0.92)):
            faces += _pane(side, 0.0, (0.10, 0.88), (start, stop))
    return faces


def _pane(
    quad: FloatArray, inset: float, tall: tuple[float, float], wide: tuple[float, float] = (0.0, 1.0)
) -> list[Face]:
    """Cuts a window into a quad whose corners run bottom left, bottom right, top right, top left; darker
    below.
    """
    start, stop = wide[0] + inset, wide[1] - inset
    faces = []
    steps = np.linspace(tall[0], tall[1], 4)
    for index, (low, high) in enumerate(pairwise(steps)):
        corners = []
        for u, v in ((start, low), (stop, low), (stop, high), (start, high)):
            bottom = quad[0] + (quad[1] - quad[0]) * u
            ceiling = quad[3] + (quad[2] - quad[3]) * u
            corners.append(bottom + (ceiling - bottom) * v)
        gain = 0.75 + 0.3 * index
        faces.append(Face(np.array(corners), (_GLASS[0] * gain, _GLASS[1] * gain, _GLASS[2] * gain), 4, 0.35))
    return faces


def _wheels(body: Body) -> list[Face]:
    """Builds arches, tyres and rims on both sides, and the tyres seen under the bumpers."""
    half = body.width / 2
    radius = 0.33
    faces: list[Face] = []
    for z in (0.82, body.length - 0.88):
        for sign in (-1.0, 1.0):
            inner, outer = sorted((sign * half * 0.62, sign * half * 0.94))
            faces += box((inner, 0.0, z - radius * 0.8), (outer, 0.42, z + radius * 0.8), TYRE)
            for size, rgb, layer in ((0.41, ARCH, 5), (0.33, TYRE, 6), (0.22, RIM, 7), (0.08, HUB, 8)):
                points = disc((sign * half * 1.0, radius, z), size)
                points[:, 1] = np.maximum(points[:, 1], 0.0)
                faces.append(Face(points if sign > 0 else points[::-1], rgb, layer))
    faces += box((-half * 0.9, 0.18, 0.45), (half * 0.9, 0.36, body.length - 0.25), (14, 14, 16))
    return faces


def _seam(paint: Ink) -> Ink:
    """Returns the colour of a gap between two panels."""
    return (paint[0] * 0.45, paint[1] * 0.45, paint[2] * 0.45)


def _doors(body: Body, paint: Ink) -> list[Face]:
    """Builds the gaps around the doors, the handles and the dark sill on both sides."""
    faces: list[Face] = []
    z0, _, _, z3 = body.cabin_z
    shoulder = body.belt - 0.12
    for sign in (-1.0, 1.0):
        x = sign * (body.width / 2 + 0.006)
        strips = [
            (z, z + 0.025, 0.42, shoulder, _seam(paint)) for z in (z0 + 0.62, (z0 + z3) / 2 + 0.1, z3 - 0.15)
        ]
        strips += [
            (z, z + 0.18, shoulder - 0.08, shoulder - 0.04, _seam(paint))
            for z in (z0 + 0.85, (z0 + z3) / 2 + 0.25)
        ]
        strips.append((1.25, body.length - 1.3, 0.26, 0.36, (30, 30, 32)))
        for start, stop, low, high, rgb in strips:
            quad = quad_of((x, low, start), (x, low, stop), (x, high, stop), (x, high, start))
            faces.append(Face(quad if sign > 0 else quad[::-1], rgb, 5))
    return faces


def _ends(body: Body, paint: Ink, braking: bool, lamps_on: bool) -> list[Face]:
    """Builds bumpers, plates and lights."""
    half, tail = body.width / 2 * 0.9, body.deck[0][1]
    nose = body.deck[-1][1]
    red: Ink = (255, 60, 44) if braking or lamps_on else (150, 18, 20)
    white: Ink = (255, 250, 226) if lamps_on else (226, 230, 234)
    back, front = -0.012, body.length + 0.012
    faces = [
        Face(across(-half * 0.96, half * 0.96, 0.27, 0.38, back), (40, 40, 43), 5),
        Face(across(-half * 0.3, half * 0.3, tail - 0.32, tail - 0.30, back), (30, 30, 33), 6),
        Face(across(-half * 0.98, half * 0.98, 0.455, 0.475, back), _seam(paint), 5),
        Face(across(-0.29, 0.29, 0.555, 0.695, back), (34, 34, 36), 5),
        Face(across(-0.26, 0.26, 0.575, 0.675, back - 0.002), (232, 232, 222), 6),
        Face(across(-half * 0.8, half * 0.8, 0.26, 0.36, front), (36, 36, 39), 5),
        Face(across(-half * 0.5, half * 0.5, nose - 0.18, nose - 0.05, front), (24, 24, 27), 5),
        Face(across(-0.26, 0.26, 0.37, 0.47, front), (232, 232, 222), 6),
    ]
    for sign in (-1.0, 1.0):
        inner, outer = sorted((sign * half * 0.68, sign * half * 0.98))
        faces.append(
            Face(
                across(inner, outer, tail - 0.24, tail - 0.02, back),
                red,
                6,
                glow=braking or lamps_on,
            )
        )
        faces.append(Face(across(inner, outer, tail - 0.15, tail - 0.11, back - 0.002), (236, 206, 190), 7))
        inner, outer = sorted((sign * half * 0.52, sign * half * 0.84))
        faces.append(Face(across(inner, outer, nose - 0.18, nose - 0.04, front), white, 6, glow=lamps_on))
        inner, outer = sorted((sign * body.width * 0.48, sign * (body.width * 0.48 + 0.2)))
        mirror = body.cabin_z[3] - 0.35
        faces += box((inner, body.belt, mirror), (outer, body.belt + 0.14, mirror + 0.1), (44, 44, 48), 2)
    return faces


def car_faces(body: Body, paint: Ink, braking: bool, lamps_on: bool) -> list[Face]:
    """Builds a car; `braking` and `lamps_on` light its lamps."""
    return (
        _wheels(body)
        + _lower_body(body, paint)
        + _cabin(body, paint)
        + _doors(body, paint)
        + _ends(body, paint, braking, lamps_on)
    )
