"""A report as one HTML file that needs nothing else: no script, no network, no other file."""

import base64
import io
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from PIL import Image

from engine.arrays import Pixels
from engine.report.document import Block, Document, printable
from engine.visualise.render import png_bytes

QUALITY = 92


def html_bytes(document: Document) -> bytes:
    """The file content; the templates escape every value, and all pictures are inside."""
    return _templates().get_template("report.html.jinja").render(document=document).encode("utf-8")


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_printable,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(by_kind=_by_kind, jpeg=_jpeg, png=_png)
    return templates


def _printable(value: Any) -> str:
    """A value as it is written, before it is escaped; what a macro gave is escaped already."""
    return value if isinstance(value, Markup) else printable(str(value))


def _by_kind(blocks: tuple[Block, ...]) -> Iterator[tuple[str, list[Block]]]:
    """Blocks in order, those of one kind that follow each other together with its name."""
    for kind, group in groupby(blocks, key=type):
        yield kind.__name__, list(group)


def _jpeg(pixels: Pixels) -> str:
    """Address that holds a picture, uint8 (H, W, 3), with all colours at full resolution."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return _data("image/jpeg", buffer.getvalue())


def _png(pixels: Pixels) -> str:
    """Address that holds a picture, uint8 (H, W, 3), as it is."""
    return _data("image/png", png_bytes(pixels))


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
