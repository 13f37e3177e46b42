"""Contact sheets: many small pictures as one, each with its number or title."""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.arrays import Pixels

COLUMNS = 8
GAP, LINE = 6, 16
TILE, TILE_GAP, TILE_LINE = 120, 10, 18
PAPER, INK = (255, 255, 255), (19, 36, 43)


def filter_sheet(pictures: Mapping[int, Pixels], columns: int = COLUMNS) -> Pixels:
    """uint8 (rows, columns, 3): the pictures (H, W, 3) of channels in reading order, each with its number
    below.
    """
    height, width = next(iter(pictures.values())).shape[:2]
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + LINE + GAP) + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(LINE - 4)
    for place, (channel, pixels) in enumerate(pictures.items()):
        row, column = divmod(place, columns)
        left, top = GAP + column * (width + GAP), GAP + row * (height + LINE + GAP)
        sheet.paste(Image.fromarray(pixels), (left, top))
        draw.text((left + width / 2, top + height + 2), str(channel), INK, font, anchor="ma")
    return np.asarray(sheet)


def tile_sheet(pictures: Sequence[Pixels], titles: Sequence[str], columns: int = COLUMNS) -> Pixels:
    """uint8 (H, W, 3): pictures in rows, each below its title.

    Args:
        pictures: uint8 (h, w, 3) each, of one shape; their longer side becomes 120 pixels; cells stay square
            blocks.
        titles: one for each.
        columns: so many stand side by side.
    """
    height, width = (
        max(1, round(side * TILE / max(pictures[0].shape[:2]))) for side in pictures[0].shape[:2]
    )
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new(
        "RGB",
        (TILE_GAP + columns * (width + TILE_GAP), TILE_GAP + rows * (height + TILE_LINE + TILE_GAP)),
        PAPER,
    )
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TILE_LINE - 5)
    for place, (pixels, title) in enumerate(zip(pictures, titles, strict=True)):
        row, column = divmod(place, columns)
        left, top = TILE_GAP + column * (width + TILE_GAP), TILE_GAP + row * (height + TILE_LINE + TILE_GAP)
        draw.text((left, top), title, INK, font)
        sheet.paste(
            Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX), (left, top + TILE_LINE)
        )
    return np.asarray(sheet)


def beside(pixels: Pixels, patches: Sequence[Pixels]) -> Pixels:
    """uint8 (H, 2 H + 4, 4), RGBA: a square picture, and in the other half up to four patches of any shape,
    whole, on nothing.
    """
    side = pixels.shape[0]
    sheet = Image.new("RGBA", (2 * side + 4, side))
    sheet.paste(Image.fromarray(pixels), (0, 0))
    cell = (side - 2) // 2
    for place, patch in enumerate(patches[:4]):
        row, column = divmod(place, 2)
        small = Image.fromarray(fit(patch, cell))
        left, top = side + 4 + column * (cell + 2), row * (cell + 2)
        sheet.paste(small, (left + (cell - small.width) // 2, top + (cell - small.height) // 2))
    return np.asarray(sheet)


def fit(patch: Pixels, side: int) -> Pixels:
    """A patch uint8 (H, W, 3) enlarged or made smaller as a whole, so that its longer side has so many
    pixels.
    """
    height, width = patch.shape[:2]
    scale = side / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(Image.fromarray(patch).resize(size, Image.Resampling.BICUBIC))
