"""Many small pictures as one, each with its number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.arrays import Pixels

TILE, GAP, LINE = 120, 10, 18
PAPER, INK = (255, 255, 255), (19, 36, 43)


def numbered_sheet(pictures: Sequence[Pixels], titles: Sequence[str], columns: int = 8) -> Pixels:
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
    sheet = Image.new("RGB", (GAP + columns * (width + GAP), GAP + rows * (height + LINE + GAP)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(LINE - 5)
    for place, (pixels, title) in enumerate(zip(pictures, titles, strict=True)):
        row, column = divmod(place, columns)
        left, top = GAP + column * (width + GAP), GAP + row * (height + LINE + GAP)
        draw.text((left, top), title, INK, font)
        sheet.paste(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX), (left, top + LINE))
    return np.asarray(sheet)
