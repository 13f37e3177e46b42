"""Small images of many points in a few files."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from PIL import Image, ImageOps

from engine.arrays import Pixels

TILE_PX, COLUMNS = 48, 16
EACH = COLUMNS * COLUMNS
"""Images in a file: the browser fetches those of which a point is in view."""
QUALITY = 70


@dataclass(frozen=True, eq=False)
class Atlas:
    """Small images in the order of the points.

    Attributes:
        sheets: file contents of WebP images, each of 16 x 16 small ones, row by row.
    """

    sheets: tuple[bytes, ...]


def atlas(images: Iterable[Pixels | None]) -> Atlas:
    """Small squares of images uint8 (H, W, 3), the middle of each; nothing where there is none."""
    waiting = iter(images)
    return Atlas(tuple(_sheet(some) for some in iter(lambda: list(islice(waiting, EACH)), [])))


def _sheet(images: Iterable[Pixels | None]) -> bytes:
    whole = Image.new("RGBA", (COLUMNS * TILE_PX, COLUMNS * TILE_PX))
    for place, small in _tiles(images):
        whole.paste(small, (place % COLUMNS * TILE_PX, place // COLUMNS * TILE_PX))
    buffer = io.BytesIO()
    whole.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


def _tiles(images: Iterable[Pixels | None]) -> Iterator[tuple[int, Image.Image]]:
    for place, image in enumerate(images):
        if image is not None:
            yield place, ImageOps.fit(Image.fromarray(image), (TILE_PX, TILE_PX), Image.Resampling.BILINEAR)
