"""A report as one HTML file that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.arrays import Pixels
from engine.report.document import (
    Block,
    Citation,
    Document,
    Figure,
    Illustration,
    Legend,
    Paragraph,
    Part,
    Points,
    Record,
    Table,
    Warnings,
    printable,
)
from engine.visualise.render import png_bytes

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
QUALITY = 92
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="byline">{byline}</p>
</header>
<main>
{parts}
</main>
</body>
</html>
"""
_LINKS = ("https://", "http://")


def html_bytes(document: Document) -> bytes:
    """The file content; all texts are escaped, all pictures are inside."""
    page = _PAGE.format(
        language=_text(document.language),
        policy=POLICY,
        title=_text(document.title),
        style=_style(),
        byline=_text(document.byline),
        parts="\n".join(_part(part, 2) for part in document.parts),
    )
    return page.encode("utf-8")


@cache
def _style() -> str:
    return (Path(__file__).parent / "report.css").read_text("utf-8")


def _text(text: str) -> str:
    return escape(printable(text), quote=True)


def _part(part: Part, level: int) -> str:
    heading = f"<h{level}>{_text(part.title)}</h{level}>"
    subtitle = f'<p class="subtitle">{_text(part.subtitle)}</p>' if part.subtitle else ""
    inside = [*_blocks(part.blocks), *(_part(inner, level + 1) for inner in part.parts)]
    kind = ' class="part"' if level > 2 else ""
    return f"<section{kind}>\n{heading}\n{subtitle}\n" + "\n".join(inside) + "\n</section>"


def _blocks(blocks: tuple[Block, ...]) -> list[str]:
    """Blocks in order; tables that follow each other stand side by side where there is room."""
    written = []
    for kind, group in groupby(blocks, key=type):
        texts = [_WRITERS[kind](block) for block in group]
        written += ['<div class="tables">\n' + "\n".join(texts) + "\n</div>"] if kind is Table else texts
    return written


def _paragraph(block: Paragraph) -> str:
    label = f'<span class="label">{_text(block.label)}:</span> ' if block.label else ""
    return f"<p>{label}{_text(block.text)}</p>"


def _list(texts: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{_text(text)}</li>" for text in texts) + "</ul>"


def _points(block: Points) -> str:
    return (f"<h4>{_text(block.title)}</h4>" if block.title else "") + _list(block.texts)


def _warnings(block: Warnings) -> str:
    return f'<div class="warnings" role="note"><h4>{_text(block.title)}</h4>{_list(block.texts)}</div>'


def _table(block: Table) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>' for name, value in block.rows
    )
    return f"<div><h4>{_text(block.title)}</h4>\n<table>\n{rows}\n</table></div>"


def _citation(block: Citation) -> str:
    if not block.url.startswith(_LINKS):
        return f"<p>{_text(block.text)}</p>"
    return f'<p>{_text(block.text)}, <a href="{_text(block.url)}" rel="noreferrer">{_text(block.url)}</a></p>'


def _record(block: Record) -> str:
    return f"<h4>{_text(block.title)}</h4>\n<pre>{_text(block.text)}</pre>"


def _pictures(block: Figure) -> str:
    figures = "\n".join(_figure(picture) for picture in block.pictures)
    return f'<div class="pictures">\n{figures}\n</div>' + (
        "" if block.legend is None else _legend(block.legend)
    )


def _figure(picture: Illustration) -> str:
    pixels = picture.draw()
    height, width = pixels.shape[:2]
    source = _data("image/jpeg", jpeg_bytes(pixels))
    image = f'<img src="{source}" width="{width}" height="{height}" alt="{_text(picture.alt)}">'
    return f"<figure>{image}<figcaption>{_text(picture.caption)}</figcaption></figure>"


def _legend(legend: Legend) -> str:
    ticks = "".join(f"<span>{_text(tick)}</span>" for tick in legend.ticks)
    bar = f'<img src="{_data("image/png", png_bytes(legend.colours[None]))}" alt="">'
    return f'<div class="legend">{bar}<div class="ticks">{ticks}</div><p>{_text(legend.text)}</p></div>'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def jpeg_bytes(pixels: Pixels) -> bytes:
    """The file content of a JPEG that keeps all colours at full resolution."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


_WRITERS: dict[type[Block], Callable[[Any], str]] = {
    Paragraph: _paragraph,
    Points: _points,
    Warnings: _warnings,
    Table: _table,
    Citation: _citation,
    Record: _record,
    Figure: _pictures,
}
