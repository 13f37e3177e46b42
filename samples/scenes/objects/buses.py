"""Buses as small meshes; Z points forward, the rear bumper is at Z = 0."""

import numpy as np

from samples.scenes.drawing.mesh import Face, box, disc
from samples.scenes.objects.bodywork import ARCH, HUB, RIM, TYRE, Ink, across, quad_of

BUS_SIZE = (2.5, 3.1, 11.0)
"""Width, height and length of a bus in metres."""


def _bus_ends(half: float, length: float, lamps_on: bool) -> list[Face]:
    """Builds windscreen, rear window, bumpers, destination board, plates and lights of a bus."""
    back, front = -0.012, length + 0.012
    glass: Ink = (226, 200, 140) if lamps_on else (44, 54, 64)
    faces = [Face(across(-half * 0.92, half * 0.92, 0.28, 0.62, z), (52, 54, 58), 3) for z in (back, front)]
    faces += [
        Face(across(-0.3, 0.3, 0.40, 0.52, z + np.sign(z) * 0.004), (232, 232, 222), 4) for z in (back, front)
    ]
    faces.append(Face(across(-half * 0.85, half * 0.85, 1.75, 2.7, back), glass, 2, 0.3))
    faces.append(Face(across(-half * 0.7, half * 0.7, 0.75, 1.45, back), (58, 60, 64), 2))
    for share, tone in ((0.0, 0.85), (0.33, 1.15), (0.66, 1.5)):
        low = 1.1 + share * 1.55
        rgb = (glass[0] * tone, glass[1] * tone, glass[2] * tone)
        faces.append(Face(across(-half * 0.93, half * 0.93, low, low + 0.53, front), rgb, 2, 0.3))
    faces.append(Face(across(-0.02, 0.02, 1.1, 2.65, front + 0.004), (26, 28, 30), 3))
    faces.append(Face(across(-half * 0.8, half * 0.8, 2.7, 3.0, front), (20, 20, 22), 2))
    for letter in np.linspace(-0.75, 0.55, 9):
        faces.append(
            Face(
                across(float(letter), float(letter) + 0.1, 2.77, 2.92, front + 0.004),
                (255, 188, 60),
                3,
                glow=True,
            )
        )
    for sign in (-1.0, 1.0):
        inner, outer = sorted((sign * half * 0.74, sign * half * 0.94))
        faces.append(Face(across(inner, outer, 0.8, 1.4, back), (190, 24, 24), 3, glow=lamps_on))
        inner, outer = sorted((sign * half * 0.6, sign * half * 0.9))
        faces.append(Face(across(inner, outer, 0.66, 0.88, front), (240, 240, 230), 3, glow=lamps_on))
        inner, outer = sorted((sign * (half + 0.05), sign * (half + 0.28)))
        faces += box((inner, 1.9, length + 0.1), (outer, 2.45, length + 0.2), (34, 36, 38), 5)
    return faces


def bus_faces(paint: Ink, lamps_on: bool) -> list[Face]:
    """Builds a bus."""
    width, height, length = BUS_SIZE
    half = width / 2
    faces = box((-half, 0.32, 0.0), (half, height, length), paint, 1)
    faces = [Face(face.points, face.rgb, 1, 0.15) for face in faces]
    for start, stop in ((0.9, 3.2), (8.0, 9.4)):
        faces += box((-half * 0.9, 0.0, start), (half * 0.9, 0.4, stop), (18, 18, 20))
    faces += box((-half * 0.55, height, 2.0), (half * 0.55, height + 0.22, 7.0), (214, 214, 210), 1)
    glass: Ink = (226, 200, 140) if lamps_on else (44, 54, 64)
    for sign in (-1.0, 1.0):
        x = sign * (half + 0.01)
        bands: list[tuple[float, float, float, float, Ink, int]]
        bands = [(0.0, length, 2.82, 3.1, (236, 236, 232), 2), (0.0, length, 0.32, 0.6, (48, 50, 54), 2)]
        bands += [(float(z), float(z) + 1.22, 1.4, 2.7, glass, 2) for z in np.arange(0.3, length - 0.9, 1.3)]
        for start, stop, low, high, rgb, layer in bands:
            quad = quad_of((x, low, start), (x, low, stop), (x, high, stop), (x, high, start))
            faces.append(Face(quad if sign > 0 else quad[::-1], rgb, layer, 0.25))
        for z in (2.4, length - 2.3):
            for size, tone, layer in ((0.58, ARCH, 3), (0.48, TYRE, 4), (0.28, RIM, 5), (0.1, HUB, 6)):
                points = disc((x, 0.48, z), size)
                points[:, 1] = np.maximum(points[:, 1], 0.0)
                faces.append(Face(points if sign > 0 else points[::-1], tone, layer))
    return faces + _bus_ends(half, length, lamps_on)
