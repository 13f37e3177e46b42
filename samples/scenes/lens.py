"""Effects of the camera itself: the bonnet it sits behind, softness, vignette, noise."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from samples.scenes.drawing.camera import Camera
from samples.scenes.drawing.canvas import Canvas
from samples.scenes.drawing.light import Light
from samples.scenes.drawing.noise import FloatArray
from samples.scenes.labels import VOID


def paint_bonnet(canvas: Canvas, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    """Paints the bonnet of the own car along the lower edge; its category is void."""
    height, width = camera.size_hw
    rise = float(rng.uniform(0.05, 0.12)) * height
    paint = np.array(
        [(36, 38, 42), (150, 152, 156), (90, 30, 32), (40, 54, 84)][int(rng.integers(4))], dtype=np.float64
    )
    across = np.linspace(-1.15, 1.15, 48)
    steps = 40
    for layer in range(steps):
        share = layer / (steps - 1)
        arc = height - rise * (1 - share) * (1 - 0.42 * np.abs(across) ** 2.4)
        outline = np.stack([camera.centre_u + across * width * 0.56, arc], axis=1)
        outline = np.concatenate([outline, [[width * 1.2, height + 4.0], [-width * 0.2, height + 4.0]]])
        mirror = 0.50 * np.exp(-(((share - 0.12) / 0.16) ** 2)) + 0.16 * (1 - share)
        lit = paint * light.gain(np.array([0.0, 1.0, 0.0]), 0.5) * (0.95 - 0.45 * share)
        canvas.polygon(outline, lit * (1 - mirror) + light.horizon * mirror, VOID)


def develop(colours: FloatArray, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turns the resolved colours into a photograph.

    Args:
        colours: float32 (H, W, 3), 0 to 255.
        rng: Source of the camera's flaws.

    Returns:
        uint8 (H, W, 3).
    """
    height, width = colours.shape[:2]
    blur = float(rng.uniform(0.0, 0.55)) * width / 1024
    image = Image.fromarray(np.clip(colours + 0.5, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(blur)
    )
    picture = np.asarray(image, dtype=np.float32) / 255
    exposure = np.float32(rng.uniform(1.0, 1.16))
    warmth = np.array([1 + rng.uniform(-0.03, 0.03), 1.0, 1 + rng.uniform(-0.03, 0.03)], np.float32)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None]
    vignette = 1 - np.float32(rng.uniform(0.04, 0.22)) * (0.5 * (down**2 + across**2)) ** 1.5
    picture = np.clip(picture * exposure * warmth * vignette[..., None], 0, 1.2)
    contrast = np.float32(rng.uniform(0.15, 0.5))
    picture = np.clip(picture, 0, 1)
    picture = picture + contrast * (picture * picture * (3 - 2 * picture) - picture)
    grain = np.float32(rng.uniform(0.003, 0.010))
    noise = rng.standard_normal((height, width), dtype=np.float32)[..., None] * grain
    noise = noise + rng.standard_normal((height, width, 3), dtype=np.float32) * grain * np.float32(0.5)
    return np.clip((picture + noise) * 255 + 0.5, 0, 255).astype(np.uint8)
