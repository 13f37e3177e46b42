"""Pictures, and the one function that makes them from untrusted bytes."""

import hashlib
import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from engine.arrays import Pixels
from engine.errors import PictureError

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
MAX_SIDE = 1024
MIN_SIDE = 16
MAX_ASPECT = 20
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF")

ORIENTATION_TAG = 0x0112
QUARTER_TURNS = (5, 6, 7, 8)


@dataclass(frozen=True)
class Picture:
    """An upright, opaque RGB picture.

    Attributes:
        pixels: uint8 (H, W, 3), RGB 0-255, read-only.
        name: what the person called it; shown, never used as a path.
        file_hw: height and width of the upright picture in its file, before it was made smaller; None if it
            never was in one.
        sha256: hex digest of size and pixels: the same content has the same digest under any name.
    """

    pixels: Pixels
    name: str
    file_hw: tuple[int, int] | None = None
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3:
            raise PictureError(
                "A picture is an array uint8 (height, width, 3); received {dtype} {shape}.",
                dtype=self.pixels.dtype,
                shape=shape,
            )
        pixels = np.ascontiguousarray(self.pixels).copy()
        pixels.setflags(write=False)
        digest = hashlib.sha256(f"{shape[0]}x{shape[1]}".encode() + pixels.tobytes()).hexdigest()
        object.__setattr__(self, "pixels", pixels)
        object.__setattr__(self, "sha256", digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and (self.sha256, self.name) == (other.sha256, other.name)

    def __hash__(self) -> int:
        return hash((self.sha256, self.name))

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


def read_picture(data: bytes, name: str = "picture") -> Picture:
    """Turn the bytes of a file into a picture of at most 1024 pixels a side.

    EXIF rotation is applied, transparency is laid on white, 16-bit and float greys are scaled, the first
    frame of an animation is taken; metadata is dropped.

    Raises:
        PictureError: empty, too large, unreadable, too small or too narrow; the sentence says which.
    """
    if not data:
        raise PictureError("The file is empty (0 bytes). Please choose another picture.")
    if len(data) > MAX_BYTES:
        raise PictureError(
            "The file has {size} MB; at most {limit} MB are read. Please save a smaller copy.",
            size=len(data) >> 20,
            limit=MAX_BYTES >> 20,
        )
    image, file_hw = _decode(data)
    if image.mode.startswith(("I", "F")):
        image = _scale_deep_grey(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return Picture(np.asarray(image), name, file_hw)


def _decode(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """First frame, upright, in whatever mode the file has, perhaps already smaller; and its height and width
    in the file.
    """
    try:
        _register_heif()
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:  # reads the header only
            width, height = image.size
            _check_size(width, height)
            turned = image.getexif().get(ORIENTATION_TAG) in QUARTER_TURNS
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG: decode at 1/2, 1/4 or 1/8 when that is enough
            image.seek(0)
            image.load()
            return ImageOps.exif_transpose(image), (width, height) if turned else (height, width)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(
            "The picture has more pixels than can be read safely. Please save a smaller copy."
        ) from error
    # decoders raise OSError, SyntaxError, ValueError, EOFError, RuntimeError, MemoryError, struct.error ...
    except Exception as error:
        raise PictureError(
            "This file cannot be read as a picture (JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC). It "
            "may be damaged."
        ) from error


def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PictureError(
            "The picture has {width} x {height} pixels, more than {limit} million. Please save a "
            "smaller copy.",
            width=width,
            height=height,
            limit=MAX_PIXELS // 10**6,
        )
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            "The picture is too small ({width} x {height} pixels); each side needs at least {least}.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(
            "The picture is too narrow ({width} x {height} pixels). Please crop it.",
            width=width,
            height=height,
        )


def _scale_deep_grey(image: Image.Image) -> Image.Image:
    """16- and 32-bit greys to 8 bits by range; Pillow's own conversion clips at 255."""
    grey = np.nan_to_num(np.asarray(image, np.float32), posinf=0.0, neginf=0.0)
    deep = float(grey.max(initial=0.0)) > 255.0
    top = 65535.0 if image.mode.startswith("I;16") else max(float(grey.max(initial=0.0)), 1.0)
    return Image.fromarray(np.clip(grey * (255.0 / (top if deep else 255.0)), 0, 255).astype(np.uint8))
