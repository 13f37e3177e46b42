"""Pictures, and the one function that makes them from untrusted bytes."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from engine.arrays import Pixels
from engine.errors import PictureError
from engine.images.decoding import MAX_PIXELS, MAX_SIDE, Charge, decode

__all__ = ["MAX_BYTES", "MAX_PIXELS", "MAX_SIDE", "Picture", "read_picture"]

MAX_BYTES = 20 * 2**20


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
                "An image is an array uint8 (height, width, 3); received {dtype} {shape}.",
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


def read_picture(data: bytes, name: str = "picture", charge: Charge = lambda _pixels: None) -> Picture:
    """Turn the bytes of a file into a picture of at most 1024 pixels a side.

    EXIF rotation is applied, transparency is laid on white, 16-bit and float greys are scaled, the first
    frame of an animation is taken; metadata is dropped.

    Args:
        data: the whole file.
        name: what the person called it.
        charge: is told how many pixels the file says that it has, and may refuse them.

    Raises:
        PictureError: empty, too large, unreadable, too small or too narrow; the sentence says which.
    """
    check_bytes(data)
    image, file_hw = decode(data, charge)
    return Picture(np.asarray(image), name, file_hw)


def check_bytes(data: bytes) -> None:
    """Lets only a file pass that has as many bytes as a picture may have.

    Raises:
        PictureError: it is empty, or too large.
    """
    if not data:
        raise PictureError("The file is empty (0 bytes). Please select another image.")
    if len(data) > MAX_BYTES:
        raise PictureError(
            "The file has {size} MB; at most {limit} MB are read. Please save a smaller copy.",
            size=len(data) >> 20,
            limit=MAX_BYTES >> 20,
        )
