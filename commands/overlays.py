"""Pictures of explanations as the command line writes them: map, outline of the zone, colour bar."""

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.visualise.annotations import ColourBar, outline_zones, with_bar
from engine.visualise.inks import Look
from engine.visualise.overlays import faded, overlay_explanation
from engine.visualise.render import Scale
from engine.visualise.scales import scale_for

LEAST_WIDTH = 480
"""Pixels: a narrower picture is enlarged, so that the bar below it can be read."""


def overlay_pixels(explanation: Explanation, picture: Picture) -> Pixels:
    """uint8 (H, W, 3): the map over its picture, with the outline of what is explained, and the colour bar
    below.
    """
    scale, look = scale_for(explanation), Look()
    drawn = overlay_explanation(_enlarged(picture.pixels), explanation, scale, look)
    title = str(get_method(explanation.method).measures)
    bar = ColourBar(scale, faded(look, explanation), _ticks(scale), title)
    return with_bar(outline_zones(drawn, explanation.target.masks), bar)


def _enlarged(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if width >= LEAST_WIDTH:
        return pixels
    size_wh = LEAST_WIDTH, round(height * LEAST_WIDTH / width)
    return np.asarray(Image.fromarray(pixels).resize(size_wh, Image.Resampling.LANCZOS))


def _ticks(scale: Scale) -> tuple[str, str, str]:
    """Raw values at the ends and the middle; it says where values lie beyond an end."""
    low, middle, high = (f"{value:.3g}" for value in (scale.low, (scale.low + scale.high) / 2, scale.high))
    if not scale.clipped:
        return low, middle, high
    return (f"≤ {low}" if scale.signed else low), middle, f"≥ {high}"
