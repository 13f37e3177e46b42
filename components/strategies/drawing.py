"""Small maps over the images, or the parts of images, that they are of."""

import numpy as np
from PIL import Image

from components.session.cache import in_session
from components.session.media import jpeg_bytes
from engine.arrays import Floats, Pixels
from engine.images.picture import Picture
from engine.strategies.aligned import Box, with_ring
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay
from engine.visualise.render import scale_of

SIDE_PX, FINE = 160, 2
"""Longer side of a drawing; images that are enlarged by more than twice show their pixels."""
GREY = 150


def mean_map(values: Floats) -> bytes:
    """The file content of a JPEG: a map (G, G) over grey."""
    return _drawn(values.tobytes(), values, np.full((SIDE_PX, SIDE_PX, 3), GREY, np.uint8))


def drawn_map(picture: Picture, values: Floats, box: Box | None) -> bytes:
    """The file content of a JPEG: a map (G, G) over an image, or over a box with its ring."""
    return _drawn((picture.sha256, box, values.tobytes()), values, _cut_out(picture.pixels, box))


def _cut_out(pixels: Pixels, box: Box | None) -> Pixels:
    """uint8 (H, W, 3): an image or a part of it, as large as it is drawn; black beyond the image."""
    image = Image.fromarray(pixels)
    if box is not None:
        top, left, bottom, right = with_ring(box)
        width, height = image.size
        across = round(left * width), round(right * width)
        down = round(top * height), round(bottom * height)
        image = image.crop((across[0], down[0], across[1], down[1]))
    scale = SIDE_PX / max(image.size)
    way = Image.Resampling.NEAREST if scale > FINE else Image.Resampling.LANCZOS
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return np.asarray(image.resize(size, way))


@in_session(256)
def _drawn(key: object, _values: Floats, _pixels: Pixels) -> bytes:
    laid = overlay(_pixels, _values, scale_of(_values, signed=False), Look())
    return jpeg_bytes(Image.fromarray(laid))
