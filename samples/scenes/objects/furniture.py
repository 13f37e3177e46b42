"""Street furniture: lamps, signs, traffic lights, bollards, bins and fences."""

from dataclasses import dataclass, replace

import numpy as np

from samples.scenes.drawing.noise import FloatArray
from samples.scenes.drawing.stage import Stage
from samples.scenes.labels import CONSTRUCTION, OBJECT, VOID

Ink = tuple[float, float, float]
_STEEL: Ink = (112, 116, 120)
_FACING = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True)
class Stand:
    """An upright plane at a place on the ground; x is to the right of the place, y up, in metres.

    Attributes:
        stage: What is painted on.
        x: X of the place in metres.
        z: Z of the place in metres.
        sunlit: 1 in the sun, 0 in shadow.
    """

    stage: Stage
    x: float
    z: float
    sunlit: float

    def _pixels(self, points: FloatArray) -> FloatArray:
        depth = np.full((len(points), 1), self.z)
        return self.stage.camera.project(np.concatenate([points + np.array([[self.x, 0.0]]), depth], axis=1))

    def ink(self, rgb: Ink, gain: float = 1.0) -> FloatArray:
        """Lights a colour and fades it into the haze."""
        lit = np.array(rgb) * gain * self.stage.light.gain(_FACING, self.sunlit)
        return self.stage.light.fade(lit, self.z)

    def fill(
        self, points: list[tuple[float, float]], rgb: Ink, label: int = OBJECT, gain: float = 1.0
    ) -> None:
        """Fills a polygon."""
        self.stage.canvas.polygon(self._pixels(np.array(points)), self.ink(rgb, gain), label)

    def glow(self, centre: tuple[float, float], radius: float, rgb: Ink, label: int = OBJECT) -> None:
        """Fills a disc that shines by itself."""
        self._disc(centre, radius, self.stage.light.fade(np.array(rgb), self.z * 0.5), label)

    def disc(self, centre: tuple[float, float], radius: float, rgb: Ink, label: int = OBJECT) -> None:
        """Fills a disc."""
        self._disc(centre, radius, self.ink(rgb), label)

    def _disc(self, centre: tuple[float, float], radius: float, rgb: FloatArray, label: int) -> None:
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        points = np.stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1)
        self.stage.canvas.polygon(self._pixels(points), rgb, label)

    def tube(
        self,
        low: tuple[float, float],
        high: tuple[float, float],
        widths: tuple[float, float],
        rgb: Ink,
        label: int = OBJECT,
    ) -> None:
        """Paints a tapering round bar with a bright and a dark flank."""
        least = 1.6 / self.stage.camera.scale(self.z)
        bottom, top = max(widths[0], least) / 2, max(widths[1], least) / 2
        along = np.array(high) - np.array(low)
        side = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
        bright = 1.0 if self.stage.light.sun[0] > 0 else -1.0
        flanks = ((-1.0, 1.0, 0.62), (-0.45, 1.0, 0.95), (0.2, 0.75, 1.25))
        thin = bottom * self.stage.camera.scale(self.z) < 1.5
        for start, stop, gain in ((-1.0, 1.0, 0.9),) if thin else flanks:
            first, last = sorted((start * bright, stop * bright))
            foot, head = np.array(low), np.array(high)
            corners = [
                foot + side * bottom * first,
                foot + side * bottom * last,
                head + side * top * last,
                head + side * top * first,
            ]
            self.stage.canvas.polygon(self._pixels(np.array(corners)), self.ink(rgb, gain), label)


def paint_lamp(stand: Stand, inward: float, seed: int) -> None:
    """Paints a street lamp whose arm reaches inward (-1 or +1) over the road."""
    rng = np.random.default_rng(seed)
    height, reach = float(rng.uniform(6.5, 8.5)), inward * float(rng.uniform(1.4, 2.4))
    stand.tube((0, 0), (0, 1.0), (0.2, 0.2), _STEEL)
    stand.tube((0, 1.0), (0, height), (0.15, 0.09), _STEEL)
    stand.tube((0, height - 0.05), (reach, height + 0.35), (0.09, 0.07), _STEEL)
    head = ((0.85, 0.22), (1.35, 0.34), (1.35, 0.46), (0.85, 0.44))
    stand.fill([(reach * share, height + rise) for share, rise in head], (74, 78, 82))
    if stand.stage.light.lamps_on:
        stand.glow((reach * 1.1, height + 0.24), 0.17, (255, 226, 160))
    else:
        glass = ((0.9, 0.22), (1.3, 0.32), (1.3, 0.26), (0.9, 0.17))
        stand.fill([(reach * share, height + rise) for share, rise in glass], (214, 216, 210))


def paint_sign(stand: Stand, seed: int) -> None:
    """Paints a traffic sign on a post."""
    rng = np.random.default_rng(seed)
    height = float(rng.uniform(2.2, 2.7))
    stand.tube((0, 0), (0, height + 0.3), (0.07, 0.07), _STEEL)
    kind = int(rng.integers(6))
    if kind == 0:
        stand.disc((0, height), 0.34, (190, 28, 32))
        stand.disc((0, height), 0.25, (240, 240, 236))
        stand.fill(
            [(-0.1, height - 0.12), (-0.03, height - 0.12), (-0.03, height + 0.12), (-0.1, height + 0.12)],
            (24, 24, 24),
        )
        stand.fill(
            [(0.03, height - 0.12), (0.12, height - 0.12), (0.12, height + 0.12), (0.03, height + 0.12)],
            (24, 24, 24),
        )
    elif kind == 1:
        stand.fill([(-0.42, height - 0.3), (0.42, height - 0.3), (0, height + 0.42)], (190, 28, 32))
        stand.fill([(-0.27, height - 0.21), (0.27, height - 0.21), (0, height + 0.25)], (240, 240, 236))
    elif kind == 2:
        stand.fill(
            [(-0.32, height - 0.32), (0.32, height - 0.32), (0.32, height + 0.32), (-0.32, height + 0.32)],
            (28, 78, 160),
        )
        stand.fill(
            [(-0.1, height - 0.2), (0.02, height - 0.2), (0.02, height + 0.22), (-0.1, height + 0.22)],
            (240, 240, 240),
        )
        stand.disc((0.04, height + 0.09), 0.13, (240, 240, 240))
    elif kind == 3:
        stand.disc((0, height), 0.34, (34, 84, 168))
        stand.fill(
            [(-0.05, height - 0.2), (0.05, height - 0.2), (0.05, height + 0.2), (-0.05, height + 0.2)],
            (240, 240, 240),
        )
    elif kind == 4:
        stand.disc((0, height), 0.36, (196, 26, 30))
        stand.fill(
            [(-0.26, height - 0.06), (0.26, height - 0.06), (0.26, height + 0.06), (-0.26, height + 0.06)],
            (244, 244, 240),
        )
    else:
        stand.fill([(0, height - 0.4), (0.4, height), (0, height + 0.4), (-0.4, height)], (240, 240, 236))
        stand.fill([(0, height - 0.3), (0.3, height), (0, height + 0.3), (-0.3, height)], (236, 186, 44))


def paint_traffic_light(stand: Stand, inward: float, seed: int) -> None:
    """Paints a traffic light; some hang on an arm that reaches inward (-1 or +1)."""
    rng = np.random.default_rng(seed)
    lit = int(rng.choice([0, 2]))
    spots = [(0.0, 2.3)]
    stand.tube((0, 0), (0, 2.5), (0.14, 0.12), (70, 74, 72))
    if rng.random() < 0.5:
        reach = inward * 3.0
        stand.tube((0, 2.4), (0, 5.6), (0.12, 0.1), (70, 74, 72))
        stand.tube((0, 5.5), (reach, 5.8), (0.1, 0.07), (70, 74, 72))
        spots.append((reach, 4.9))
    for x, y in spots:
        stand.fill(
            [(x - 0.19, y - 0.08), (x + 0.19, y - 0.08), (x + 0.19, y + 0.98), (x - 0.19, y + 0.98)],
            (30, 32, 32),
        )
        for index, colour in enumerate(((255, 60, 44), (255, 190, 40), (60, 230, 140))):
            spot = (x, y + 0.78 - 0.32 * index)
            if index == lit:
                stand.glow(spot, 0.13, colour)
            else:
                stand.disc(spot, 0.12, (colour[0] * 0.25, colour[1] * 0.25, colour[2] * 0.25))


def paint_bin(stand: Stand, seed: int) -> None:
    """Paints a litter bin, which the categories count as void."""
    colour: Ink = ((58, 92, 70), (60, 62, 66), (110, 80, 40))[seed % 3]
    stand.tube((0, 0.05), (0, 0.85), (0.42, 0.5), colour, VOID)
    stand.tube((0, 0.83), (0, 0.95), (0.54, 0.5), (44, 46, 48), VOID)


def paint_bollard(stand: Stand, seed: int) -> None:
    """Paints a bollard."""
    stand.tube((0, 0), (0, 0.9), (0.14, 0.12), ((64, 66, 70), (150, 60, 50))[seed % 2])
    stand.tube((0, 0.72), (0, 0.8), (0.14, 0.13), (226, 226, 220))


def paint_fence(stand: Stand, length: float, rgb: Ink) -> None:
    """Paints a low fence of a length in metres, from its near end at the stand along the street."""
    for z in np.arange(stand.z + length, stand.z, -2.0):
        ahead = max(stand.z, float(z) - 2.0)
        post = replace(stand, z=float(z))
        post.tube((0, 0), (0, 1.05), (0.08, 0.08), rgb, CONSTRUCTION)
        for low, high in ((0.35, 0.45), (0.85, 0.97)):
            corners = np.array(
                [[stand.x, low, z], [stand.x, low, ahead], [stand.x, high, ahead], [stand.x, high, z]]
            )
            stand.stage.canvas.polygon(stand.stage.camera.project(corners), post.ink(rgb), CONSTRUCTION)
