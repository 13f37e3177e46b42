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


def with_one_more(images: Atlas, count: int, pixels: Pixels) -> Atlas:
    """Small images with that of pixels uint8 (H, W, 3) after the first ``count``."""
    if count % EACH == 0:
        return Atlas((*images.sheets, _sheet([pixels])))
    with Image.open(io.BytesIO(images.sheets[-1]), formats=["WEBP"]) as whole:
        return Atlas((*images.sheets[:-1], _sheet([pixels], count % EACH, whole.convert("RGBA"))))


def _sheet(images: Iterable[Pixels | None], first: int = 0, whole: Image.Image | None = None) -> bytes:
    """The file content of a sheet with images from a place on, and what was there before."""
    whole = whole or Image.new("RGBA", (COLUMNS * TILE_PX, COLUMNS * TILE_PX))
    for number, small in _tiles(images):
        place = first + number
        whole.paste(small, (place % COLUMNS * TILE_PX, place // COLUMNS * TILE_PX))
    buffer = io.BytesIO()
    whole.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()


def _tiles(images: Iterable[Pixels | None]) -> Iterator[tuple[int, Image.Image]]:
    for place, image in enumerate(images):
        if image is not None:
            yield place, ImageOps.fit(Image.fromarray(image), (TILE_PX, TILE_PX), Image.Resampling.BILINEAR)
