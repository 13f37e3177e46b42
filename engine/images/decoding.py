"""Decoding of a stranger's file into a small upright picture, a band of rows at a time."""

import io
import math
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageOps

from engine.errors import PictureError

MAX_PIXELS = 50_000_000
FEWER_PIXELS = {"WEBP": 20_000_000}
"""Formats whose decoder takes more memory for a pixel: Pillow holds a WebP four times."""

MAX_SIDE = 1024
MIN_SIDE = 16
MAX_ASPECT = 20
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF")

BAND_PIXELS = 2**20
GAP = 2.0
"""Averages of whole blocks of pixels come first, down to so many times the size that is wanted."""

ORIENTATION_TAG = 0x0112
QUARTER_TURNS = (5, 6, 7, 8)
GREYS = ("I", "F")
"""How the modes begin of which Pillow clips what is more than 255."""

Charge = Callable[[int], None]
"""Is told how many pixels a file says that it has, before they are decoded; it may raise ``PictureError``."""


def decode(data: bytes, charge: Charge) -> tuple[Image.Image, tuple[int, int]]:
    """The first frame, upright, RGB, at most 1024 a side; and height and width in the file.

    Raises:
        PictureError: unreadable, too large, too small or too narrow.
    """
    try:
        _register_heif()
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:  # reads the header only
            _check_size(image)
            charge(math.prod(image.size))
            return _decoded(image)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(
            "This image needs more memory than one image may use. Please save a smaller copy."
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureError(
            "The image has more pixels than can be read safely. Please save a smaller copy."
        ) from error
    # decoders raise OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error ...
    except Exception as error:
        raise PictureError(
            "This file cannot be read as an image (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC). It "
            "may be damaged."
        ) from error


def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    most = FEWER_PIXELS.get(image.format or "", MAX_PIXELS)
    if width * height > most:
        raise PictureError(
            "The image has {width} x {height} pixels, more than {limit} million. Please save a smaller copy.",
            width=width,
            height=height,
            limit=most // 10**6,
        )
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            "The image is too small ({width} x {height} pixels); each side needs at least {least}.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(
            "The image is too narrow ({width} x {height} pixels). Please crop it.",
            width=width,
            height=height,
        )


def _decoded(image: Image.Image) -> tuple[Image.Image, tuple[int, int]]:
    width, height = image.size
    wanted = _fitting(width, height)
    image.draft(
        None, wanted
    )  # JPEG: decoded at 1/2, 1/4 or 1/8; HEIC: a small copy in the file, if there is one
    image.load()
    orientation = image.getexif().get(ORIENTATION_TAG)  # TIFF has none any more: Pillow has turned it
    small = _shrunk(image, wanted)
    small.getexif()[ORIENTATION_TAG] = orientation or 1
    ImageOps.exif_transpose(small, in_place=True)
    return small, (width, height) if orientation in QUARTER_TURNS else (height, width)


def _fitting(width: int, height: int) -> tuple[int, int]:
    """Width and height with the longer side at most 1024, in the same proportion."""
    scale = min(MAX_SIDE / max(width, height), 1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _shrunk(image: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """The picture in RGB at the size that is wanted; what is between takes no more than a band of it does.

    It has the values of ``Image.resize`` with the same gap, which needs all of the picture in RGB.
    """
    size = image.size
    factors = (int(size[0] / wanted[0] / GAP) or 1, int(size[1] / wanted[1] / GAP) or 1)
    reduced = Image.new("RGB", (-(-size[0] // factors[0]), -(-size[1] // factors[1])))
    for top, band in _bands(image, factors[1]):
        reduced.paste(band.reduce(factors), (0, top // factors[1]))
    box = (0.0, 0.0, size[0] / factors[0], size[1] / factors[1])
    return reduced.resize(wanted, Image.Resampling.LANCZOS, box)


def _bands(image: Image.Image, multiple: int) -> Iterator[tuple[int, Image.Image]]:
    """Bands in RGB and the rows at which they begin; their heights are multiples of a number."""
    rows = max(BAND_PIXELS // image.width // multiple, 1) * multiple
    tops = range(0, image.height, rows)
    strips = [(0, top, image.width, min(top + rows, image.height)) for top in tops]
    grey = image.mode.startswith(GREYS)
    brightest = max(float(_grey(image.crop(strip)).max()) for strip in strips) if grey else 255.0
    for strip in strips:
        yield strip[1], _in_rgb(image.crop(strip), brightest)


def _in_rgb(band: Image.Image, brightest: float) -> Image.Image:
    """Greys of more than 8 bits are scaled, and what is transparent is laid on white."""
    if band.mode.startswith(GREYS):
        band = _scale_deep_grey(band, brightest)
    if band.has_transparency_data:
        band = band.convert("RGBA")
        band = Image.alpha_composite(Image.new("RGBA", band.size, "white"), band)
    return band.convert("RGB")


def _grey(image: Image.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(image, np.float32), posinf=0.0, neginf=0.0)


def _scale_deep_grey(band: Image.Image, brightest: float) -> Image.Image:
    """16- and 32-bit greys to 8 bits by range; Pillow's own conversion clips at 255.

    Args:
        band: some rows.
        brightest: the largest value of the whole picture.
    """
    deep = 65535.0 if band.mode.startswith("I;16") else brightest
    top = deep if brightest > 255.0 else 255.0
    return Image.fromarray(np.clip(_grey(band) * (255.0 / top), 0, 255).astype(np.uint8))
