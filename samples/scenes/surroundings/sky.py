"""Sky: gradient, sun glow and a flat layer of clouds seen in perspective."""

import numpy as np
from numpy.typing import NDArray

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.noise import FloatArray, fractal_noise


def _clouds(camera: Camera, rows: int, rng: np.random.Generator) -> FloatArray:
    """Returns cloud density, float32 (rows, W), 0 to 1: billows that flatten and crowd towards
    the horizon.
    """
    size = 640
    tile = fractal_noise(rng, (size, size), 4, 7)
    warp = fractal_noise(rng, (rows, camera.size_hw[1]), 6, 3) - 0.5
    above = (camera.horizon_v - np.arange(rows, dtype=np.float32))[:, None] / camera.focal + 0.10
    across = (np.arange(camera.size_hw[1], dtype=np.float32)[None] - camera.centre_u) / camera.focal
    scale = rng.uniform(90, 150)
    column = across / above**0.6 * scale + warp * 40 + rng.uniform(0, size)
    row = -np.log(above) * scale * 1.5 + warp * 40 + rng.uniform(0, size)
    period = 2 * size - 2
    mirror = np.float32(size - 1)
    rows_columns = tuple(
        (mirror - np.abs(np.mod(axis, period) - mirror)).astype(np.int32) for axis in (row, column)
    )
    return tile[rows_columns]


def _glow(camera: Camera, light: Light, rows: int) -> FloatArray:
    """Returns the glow around the sun, float32 (rows, W), 0 to 1; zero when it is behind the camera."""
    if light.sun[2] <= 0.02 or light.kind in ("overcast", "misty"):
        return np.zeros((rows, camera.size_hw[1]), np.float32)
    column = camera.centre_u + camera.focal * light.sun[0] / light.sun[2]
    row = camera.horizon_v - camera.focal * light.sun[1] / light.sun[2]
    across = (np.arange(camera.size_hw[1], dtype=np.float32)[None] - np.float32(column)) / np.float32(
        camera.focal
    )
    down = (np.arange(rows, dtype=np.float32)[:, None] - np.float32(row)) / np.float32(camera.focal)
    distance = np.sqrt(across**2 + down**2)
    return np.asarray(np.exp(-distance * 2.6) * 0.75, dtype=np.float32)


def paint_sky(camera: Camera, light: Light, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Paints the sky down to a little under the horizon.

    Args:
        camera: The camera.
        light: The weather.
        rng: Source of the clouds.

    Returns:
        uint8 (rows, W, 3).
    """
    rows = min(camera.size_hw[0], int(camera.horizon_v) + 3)
    height = np.clip((camera.horizon_v - np.arange(rows)) / (0.62 * camera.focal), 0.0, 1.0)[:, None, None]
    sky = (light.horizon + (light.zenith - light.horizon) * height**0.65).astype(np.float32)
    noise = _clouds(camera, rows, rng)
    edge = float(np.quantile(noise, 1 - 0.85 * light.cloud_cover))
    density = np.clip((noise - edge) / 0.22, 0.0, 1.0)
    density = density * density * (3 - 2 * density) * (0.45 + 0.55 * np.clip(height[..., 0] * 4, 0.0, 1.0))
    lower = np.roll(noise, -max(2, rows // 24), axis=0)
    volume = np.clip(0.62 + 2.2 * (noise - lower) + 0.35 * (edge + 0.22 - noise), 0.0, 1.0)[..., None]
    shade = light.cloud * 0.66 + light.zenith * 0.16
    cloud = (shade + (light.cloud - shade) * volume).astype(np.float32)
    sky = sky + (cloud - sky) * (density * np.float32(0.94))[..., None]
    sun_rgb = np.array([255, 250, 235] if light.kind == "clear" else [255, 214, 150], np.float32)
    glow = _glow(camera, light, rows)[..., None]
    sky = sky + (sun_rgb - sky) * glow
    return np.clip(sky + np.float32(0.5), 0, 255).astype(np.uint8)
