"""Images of data sets: those that a visitor has uploaded are decoded in processes with limits."""

from compute.decoding.decoder import Guest, decoder
from data_store.base.words import DataSet, Item
from data_store.images import image_bytes, read_image
from engine.images.picture import Picture


def item_picture(data: DataSet, item: Item, guest: Guest | None = None) -> Picture:
    """The image of an item.

    Args:
        data: the data set.
        item: of the data set.
        guest: for whom an uploaded image is decoded.

    Raises:
        PictureError: it is none that can be read.
        DataSetError: its file cannot be read.
        Gone: nobody waits for it any more.
    """
    if not data.uploaded:
        return read_image(data, item)
    return decoder().read(image_bytes(data, item), item.id, guest or Guest())
