"""Weather: where the sun stands, what it colours, how far one sees."""

from dataclasses import dataclass

import numpy as np

from samples.scenes.drawing.noise import FloatArray

Vector = FloatArray


@dataclass(frozen=True)
class Light:
    """The light of a scene; colours are 0 to 255, gains multiply colours.

    Attributes:
        kind: Name of the weather.
        sun: (3,) unit vector towards the sun.
        sun_gain: (3,) added where the sun falls straight on a surface.
        ambient_gain: (3,) light that reaches every surface.
        zenith: (3,) colour of the sky overhead.
        horizon: (3,) colour of the sky at the horizon, and of the haze.
        cloud: (3,) colour of sunlit cloud.
        cloud_cover: Share of the sky that clouds take, 0 to 1.
        haze_m: Distance in metres at which 63 % of the contrast is lost.
        lamps_on: Whether windows and lamps glow.
    """

    kind: str
    sun: Vector
    sun_gain: Vector
    ambient_gain: Vector
    zenith: Vector
    horizon: Vector
    cloud: Vector
    cloud_cover: float
    haze_m: float
    lamps_on: bool

    def gain(self, normal: Vector, sunlit: float = 1.0) -> Vector:
        """Returns the (..., 3) gain of surfaces with unit normals (..., 3); sunlit is 0 in shadow."""
        facing = np.clip(normal @ self.sun, 0.0, None)[..., None] * sunlit
        above = 0.86 + 0.14 * normal[..., 1:2]
        return np.asarray(self.ambient_gain * above + self.sun_gain * facing)

    def fade(self, rgb: Vector, depth_m: FloatArray | float) -> Vector:
        """Mixes colours (..., 3) with the haze at depth_m (...) in metres."""
        clear = np.exp(-np.asarray(depth_m, dtype=np.float64) / self.haze_m)[..., None]
        return np.asarray(rgb * clear + self.horizon * (1.0 - clear))


_NAMES = ("clear", "overcast", "sunset", "misty", "dusk")
_ODDS = (0.48, 0.23, 0.15, 0.08, 0.06)
_COLOURS: dict[str, tuple[tuple[float, ...], ...]] = {
    "clear": ((0.66, 0.62, 0.52), (0.56, 0.60, 0.68), (62, 116, 190), (190, 213, 232), (250, 250, 250)),
    "overcast": ((0.08, 0.08, 0.08), (0.84, 0.86, 0.88), (168, 176, 186), (214, 218, 221), (235, 237, 240)),
    "sunset": ((0.82, 0.52, 0.26), (0.58, 0.57, 0.66), (78, 98, 150), (247, 196, 140), (255, 196, 150)),
    "misty": ((0.18, 0.17, 0.15), (0.78, 0.79, 0.80), (196, 202, 208), (222, 224, 224), (238, 238, 238)),
    "dusk": ((0.05, 0.04, 0.05), (0.54, 0.55, 0.66), (52, 66, 116), (190, 154, 156), (134, 120, 146)),
}
"""Per weather: gain of the sun, gain of the ambient light, colours of zenith, horizon and cloud."""
_COVER = {
    "clear": (0.1, 0.55),
    "overcast": (0.75, 1.0),
    "sunset": (0.3, 0.7),
    "misty": (0.6, 0.9),
    "dusk": (0.2, 0.6),
}
_HAZE_M = {
    "clear": (260.0, 600.0),
    "overcast": (160.0, 350.0),
    "sunset": (140.0, 320.0),
    "misty": (45.0, 90.0),
    "dusk": (150.0, 300.0),
}
_ELEVATION_DEG = {
    "clear": (28.0, 62.0),
    "overcast": (50.0, 70.0),
    "sunset": (9.0, 20.0),
    "misty": (30.0, 50.0),
    "dusk": (6.0, 12.0),
}


def sample_light(rng: np.random.Generator) -> Light:
    """Draws a weather and its colours."""
    kind = str(rng.choice(_NAMES, p=_ODDS))
    elevation = np.radians(rng.uniform(*_ELEVATION_DEG[kind]))
    azimuth = rng.uniform(0.25, 0.75) * np.pi * rng.choice([-1.0, 1.0]) + (
        np.pi if rng.random() < 0.35 else 0.0
    )
    sun = np.array(
        [np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)]
    )
    sun_gain, ambient_gain, zenith, horizon, cloud = (
        np.array(value, dtype=np.float64) for value in _COLOURS[kind]
    )
    tint = rng.uniform(0.94, 1.06, 3)
    return Light(
        kind=kind,
        sun=sun,
        sun_gain=sun_gain * rng.uniform(0.9, 1.1),
        ambient_gain=ambient_gain * rng.uniform(0.92, 1.08),
        zenith=zenith * tint,
        horizon=np.minimum(255.0, horizon * (0.5 + 0.5 * tint)),
        cloud=cloud,
        cloud_cover=float(rng.uniform(*_COVER[kind])),
        haze_m=float(rng.uniform(*_HAZE_M[kind])),
        lamps_on=kind == "dusk",
    )
