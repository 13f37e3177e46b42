"""Rendered textures and shapes as a data set: concepts that need no download."""

from data_store.base.digest import data_digests
from data_store.base.words import DataSet, Draft, Item
from engine.images.picture import Picture
from engine.phrase import later
from samples.textures import COUNT, SIDE, TEXTURES, texture_name, texture_pixels

KEY = "textures"
RENDERER = "textures 1"
"""Changed when the same numbers give other images."""
NAMES = (
    later("stripes"),
    later("dots"),
    later("chequers"),
    later("zigzag"),
    later("waves"),
    later("rings"),
    later("lattice"),
    later("blots"),
    later("grass"),
    later("bricks"),
    later("sky"),
    later("stones"),
)
"""Of the textures, in their order, as people read them."""


def rendered_textures() -> DataSet:
    """40 images of 224 x 224 pixels of each of twelve textures."""
    items = tuple(
        Item(texture_name(texture, number), label)
        for label, texture in enumerate(TEXTURES)
        for number in range(COUNT)
    )
    draft = Draft(items, tuple(TEXTURES), "classification")
    digests = data_digests(draft, more=[RENDERER, str(SIDE)])
    credit, licence = later("Rendered by Vitrine"), "Apache-2.0"
    return DataSet(
        KEY, later("Rendered textures"), KEY, None, draft, digests.whole, licence, credit, digests.items
    )


def read_texture(data_set: DataSet, item: Item) -> Picture:
    """The image of a texture."""
    texture, _, number = item.id.rpartition("-")
    return Picture(texture_pixels(texture, int(number)), item.id)
