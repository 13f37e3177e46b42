"""Masks in PNG files, decoded within bounds."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from data_store.base.files import read_bytes
from data_store.base.words import shown_word
from engine.arrays import Bytes
from engine.errors import DataSetError
from engine.images.picture import MAX_BYTES, MAX_PIXELS
from engine.phrase import later

ONE_CHANNEL = ("L", "P")
"""One channel of 8 bits: greys, or places in a palette, which are the ids themselves."""
THREE_CHANNELS = ("RGB",)
_NEEDED = {
    ONE_CHANNEL: later("{name} is not a mask: a PNG with one 8-bit channel is needed; received {found}."),
    THREE_CHANNELS: later(
        "{name} is not a mask: a PNG with three 8-bit channels is needed; received {found}."
    ),
}


def read_png(root: Path, name: str, modes: tuple[str, ...] = ONE_CHANNEL) -> Bytes:
    """The values in a PNG as they are, uint8 (H, W) or (H, W, 3).

    Raises:
        DataSetError: it cannot be read, or has other channels or more pixels than a mask has.
    """
    data = read_bytes(root / name, MAX_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.mode in modes and image.width * image.height <= MAX_PIXELS:
                return np.asarray(image)
            found = f"{image.width} x {image.height} {image.mode}"
    except Exception as error:  # decoders raise whatever they like
        raise DataSetError(
            "{name} cannot be read as a PNG. It may be damaged.", name=shown_word(name)
        ) from error
    raise DataSetError(_NEEDED[modes], name=shown_word(name), found=found)
