"""Pictures and points as the command line gives them."""

from pathlib import Path

from engine.errors import PictureError, TargetError
from engine.images.picture import Picture, read_picture
from model_store.catalogue import ModelRef, as_seen


def open_picture(path: Path, ref: ModelRef) -> Picture:
    """The picture in a file, as a model sees it.

    Raises:
        PictureError: there is no such file, or it is no picture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(
            "The file {path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error
    return as_seen(ref, read_picture(data, path.name))


def parse_point(text: str, picture: Picture) -> tuple[float, float]:
    """Row and column as shares of height and width, 0-1.

    Args:
        text: ROW,COL in pixels of the upright picture as it is in its file, from 0 in the top left corner.
        picture: the picture.

    Raises:
        TargetError: not two numbers, or outside the picture.
    """
    height, width = picture.file_hw or picture.size_hw
    try:
        row, column = (float(part) for part in text.split(","))
    except ValueError as error:
        raise TargetError("A point is ROW,COL, such as 120,300; received {text!r}.", text=text) from error
    if not (0 <= row < height and 0 <= column < width):
        raise TargetError(
            "The point {text} lies outside the image of {height} rows and {width} columns.",
            text=text,
            height=height,
            width=width,
        )
    return (row + 0.5) / height, (column + 0.5) / width
