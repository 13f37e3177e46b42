"""Picture of Grad-CAM, the former Grad-CAM++ and that of now, layer by layer, for the documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.cams.layers import SeenLayer, look
from benchmarks.cams.readings import former, now
from engine.arrays import AnyFloats, Pixels
from engine.gradients.cams import gradcam
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay
from engine.visualise.render import scale_of

COLOURS = 256
MARGIN, LINE = 8, 17
INK, PAPER = (30, 30, 30), (255, 255, 255)


@dataclass(frozen=True)
class Block:
    """Rows of the picture for one model.

    Attributes:
        model: key in the catalogue.
        picture: key of a shipped sample, or path.
        layers: names of target layers, a row each.
        size_hw: of each tile in pixels.
    """

    model: str
    picture: str
    layers: tuple[str, ...]
    size_hw: tuple[int, int]


BLOCKS = (
    Block("dogs-vgg", "cat", ("block2_conv2", "block3_conv1", "block4_conv3"), (150, 150)),
    Block("streets-unet", "street-3", ("block2b_add", "block3b_add", "bottom_out"), (105, 210)),
)


def draw(blocks: Sequence[Block], path: Path) -> None:
    """Write the picture as a PNG of few colours."""
    parts = [_block(block) for block in blocks]
    width = max(part.width for part in parts)
    sheet = Image.new("RGB", (width, sum(part.height for part in parts)), PAPER)
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {sheet.width} x {sheet.height}, {path.stat().st_size / 1000:.0f} kB")


def _block(block: Block) -> Image.Image:
    """Rows of tiles: the picture and three maps of each layer, with what they are."""
    seen = list(look(block.model, [block.picture], block.layers, most=1))
    height, width = block.size_hw
    step_x, step_y = width + MARGIN, height + 2 * LINE + MARGIN
    sheet = Image.new("RGB", (4 * step_x + MARGIN, len(seen) * step_y + MARGIN), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for row, layer in enumerate(seen):
        top = MARGIN + row * step_y
        for column, (title, note, tile) in enumerate(_tiles(layer)):
            left = MARGIN + column * step_x
            pen.text((left, top), title, INK, font)
            sheet.paste(_fitted(tile, block.size_hw), (left, top + LINE))
            pen.text((left, top + LINE + height + 1), note, INK, font)
    return sheet


def _tiles(seen: SeenLayer) -> list[tuple[str, str, Pixels]]:
    """Title, note and pixels (H, W, 3) of the picture and of each map."""
    pixels = seen.image.round().astype(np.uint8)
    weights = former(seen.activation, seen.gradient)
    before, after = seen.activation @ weights, seen.activation @ now(seen.activation, seen.gradient)
    plain = gradcam(seen.activation, seen.gradient)
    negative = f"{(weights < 0).sum()} of {len(weights)} weights negative"
    return [
        (f"{seen.model}, {seen.layer}", seen.target, pixels),
        ("Grad-CAM", _note(plain), _mapped(pixels, plain)),
        ("Grad-CAM++ before", negative, _mapped(pixels, before)),
        ("Grad-CAM++ now", _note(after), _mapped(pixels, after)),
    ]


def _note(values: AnyFloats) -> str:
    return f"greatest value {values.max():.2g}" if values.max() > 0 else "empty"


def _mapped(pixels: Pixels, values: AnyFloats) -> Pixels:
    kept = np.maximum(values, 0).astype(np.float32)
    return overlay(pixels, kept, scale_of(kept, signed=False), Look())


def _fitted(tile: Pixels, size_hw: tuple[int, int]) -> Image.Image:
    return Image.fromarray(tile).resize(size_hw[::-1], Image.Resampling.BICUBIC)
