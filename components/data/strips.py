"""Images of a data set, or parts of them, side by side as a model sees them."""

from collections.abc import Iterable

from PIL import Image

from components.session.cache import in_session
from components.session.guard import attempt
from components.session.media import jpeg_bytes
from components.session.offers.data_sets import data_image
from data_store.base.words import DataSet
from engine.concepts.crops import crop_of, crop_row
from engine.concepts.placing import Box
from engine.errors import VitrineError
from engine.tcav.parts import kept_cells
from model_store.catalogue import ModelRef, as_seen

WHOLE_BOX: Box = (0.0, 0.0, 1.0, 1.0)


def image_strip(
    data: DataSet, ref: ModelRef, wanted: Iterable[tuple[str, Box]], cells: tuple[int, ...] = ()
) -> bytes | None:
    """The file content of a JPEG; None where no image can be read.

    Args:
        data: where the images are from.
        ref: model that looks at them.
        wanted: name of each image, and which part of it.
        cells: that are kept of each image, see ``kept_cells``; none for all of it.
    """
    return _strip(data.key, data.digest, str(ref), tuple(wanted), cells)


@in_session(64)
def _strip(
    key: str, digest: str, model: str, wanted: tuple[tuple[str, Box], ...], cells: tuple[int, ...]
) -> bytes | None:
    pieces = []
    for name, box in wanted:
        picture = attempt(data_image, key, name)
        if not isinstance(picture, VitrineError):
            seen = as_seen(ModelRef.parse(model), picture)
            pieces.append(crop_of((kept_cells(seen, cells) if cells else seen).pixels, box))
    return jpeg_bytes(Image.fromarray(crop_row(pieces))) if pieces else None
