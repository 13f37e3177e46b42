"""A report as PowerPoint: a slide for each part, with texts that can be edited, pictures, and notes.

What a slide has no room for, settings and the record for machines, stands in its notes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from engine.arrays import Pixels
from engine.report.document import (
    Block,
    BulletList,
    Citation,
    ColumnTable,
    Document,
    Figure,
    Illustration,
    Legend,
    Paragraph,
    Record,
    Section,
    Table,
    Warnings,
    printable,
)

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, GAP, TITLE_HIGH = Inches(0.6), Inches(0.25), Inches(0.9)
BODY, SMALL = Pt(16), Pt(12)
INK, QUIET, WARN = (RGBColor(*ink) for ink in ((19, 36, 43), (84, 104, 112), (154, 91, 0)))  # type: ignore[no-untyped-call]
FIGURE_SHARE = 0.62
"""Of the width of a slide, for the pictures of a part that has any."""

TITLE_SLIDE, TITLE_ONLY = 0, 5
"""Layouts of the library's own template."""

ROWS, FULL_ROWS = 7, 18
"""Lines of text beside pictures, and on a slide of its own; the rest of them stands in the notes."""


def pptx_bytes(document: Document) -> bytes:
    """The file content."""
    return _Deck(document).write()


class _Deck:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = WIDE, HIGH
        self._deck.core_properties.title = printable(document.title)
        self._deck.core_properties.language = document.language

    def write(self) -> bytes:
        self._title()
        parts = list(_leaves(self._document.parts))
        records = iter([record for part in parts if not _pictured(part) for record in _records(part)])
        for part in parts:
            own = next(iter(_records(part)), None)
            if any(not isinstance(block, Record) for block in part.blocks):
                self._slide(part, own or next(records, None) if _pictured(part) else None)
        buffer = io.BytesIO()
        self._deck.save(buffer)
        return buffer.getvalue()

    def _title(self) -> None:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[TITLE_SLIDE])
        title, subtitle = slide.shapes.title, slide.placeholders[1]
        for shape, top, high in ((title, Inches(2.2), Inches(1.6)), (subtitle, Inches(3.9), Inches(1.2))):
            shape.left, shape.top, shape.width, shape.height = MARGIN, top, WIDE - 2 * MARGIN, high
        title.text, subtitle.text = printable(self._document.title), printable(self._document.byline)

    def _slide(self, part: Section, record: Record | None) -> None:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[TITLE_ONLY])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = MARGIN, Inches(0.3), WIDE - 2 * MARGIN, TITLE_HIGH
        head.text = printable(part.title)
        head.text_frame.paragraphs[0].font.size = Pt(28)
        figures = [block for block in part.blocks if isinstance(block, Figure)]
        lines = [line for block in part.blocks for line in _lines(block)]
        left, top = int(MARGIN), head.top + head.height + GAP
        for figure in figures:
            left = _draw_figure(slide, figure, top)
        most = ROWS if figures else FULL_ROWS
        text = [(part.subtitle, SMALL, QUIET)] if part.subtitle else []
        _write(slide, left, top, [*text, *lines[:most]])
        rest = [line for line, _size, _ink in lines[most:]]
        slide.notes_slide.notes_text_frame.text = "\n".join(
            printable(line)
            for line in (part.subtitle, *rest, f"{record.title}: {record.text}" if record else "")
            if line
        )


def _leaves(parts: tuple[Section, ...]) -> Iterator[Section]:
    """Parts that say something themselves, in order."""
    for part in parts:
        if part.blocks:
            yield part
        yield from _leaves(part.parts)


def _pictured(part: Section) -> bool:
    return any(isinstance(block, Figure) for block in part.blocks)


def _records(part: Section) -> list[Record]:
    return [block for block in part.blocks if isinstance(block, Record)]


Line = tuple[str, Any, RGBColor]


def _lines(block: Block) -> list[Line]:
    write: Callable[[Any], list[Line]] | None = _LINES.get(type(block))
    return [] if write is None else write(block)


def _paragraph(block: Paragraph) -> list[Line]:
    return [(f"{block.label}: {block.text}" if block.label else block.text, BODY, INK)]


def _listed(block: BulletList) -> list[Line]:
    return [(block.title, BODY, INK), *((f"• {text}", SMALL, INK) for text in block.texts)]


def _warned(block: Warnings) -> list[Line]:
    return [(f"{block.title}: {text}", SMALL, WARN) for text in block.texts]


def _tabled(block: Table) -> list[Line]:
    head = [(block.title, BODY, INK)] if block.title else []
    return [*head, *((f"{name}: {value}", SMALL, INK) for name, value in block.rows)]


def _columned(block: ColumnTable) -> list[Line]:
    head = [(block.title, BODY, INK)] if block.title else []
    lines = [" | ".join(values) for values in (block.columns, *block.rows)]
    return [*head, *((line, SMALL, INK if place else QUIET) for place, line in enumerate(lines))]


def _cited(block: Citation) -> list[Line]:
    return [(f"{block.text}. {block.url}", SMALL, QUIET)]


_LINES: dict[type, Callable[[Any], list[Line]]] = {
    Paragraph: _paragraph,
    BulletList: _listed,
    Warnings: _warned,
    Table: _tabled,
    ColumnTable: _columned,
    Citation: _cited,
}


def _write(slide: Any, left: int, top: int, lines: list[Line]) -> None:
    box = slide.shapes.add_textbox(left, top, WIDE - left - MARGIN, HIGH - top - MARGIN)
    box.text_frame.word_wrap = True
    for number, (text, size, ink) in enumerate(lines):
        paragraph = box.text_frame.paragraphs[0] if number == 0 else box.text_frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size, run.font.color.rgb = printable(text), size, ink
        paragraph.space_after = Pt(4)


def _draw_figure(slide: Any, figure: Figure, top: int) -> int:
    """Pictures below each other, and the colour bar; the place where text begins beside them."""
    legend_high = Inches(0.7) if figure.legend else 0
    wide = int(WIDE * FIGURE_SHARE) - MARGIN
    high = (HIGH - top - MARGIN - legend_high - GAP * len(figure.pictures)) // len(figure.pictures)
    right, place = int(MARGIN), top
    for illustration in figure.pictures:
        width, height = _put(slide, illustration, place, wide, high)
        right, place = max(right, MARGIN + width), place + height + GAP
    if figure.legend:
        _draw_legend(slide, figure.legend, place, right - MARGIN)
    return right + GAP


def _put(slide: Any, illustration: Illustration, top: int, wide: int, high: int) -> tuple[int, int]:
    """A picture at the left edge, as large as its place allows; its width and height."""
    pixels = illustration.draw()
    scale = min(wide / pixels.shape[1], high / pixels.shape[0])
    width, height = int(pixels.shape[1] * scale), int(pixels.shape[0] * scale)
    shape = slide.shapes.add_picture(_png(pixels), MARGIN, top, width, height)
    shape._element.nvPicPr.cNvPr.set("descr", printable(illustration.alt))
    return width, height


def _draw_legend(slide: Any, legend: Legend, top: int, wide: int) -> None:
    shape = slide.shapes.add_picture(_png(legend.bar), MARGIN, top, wide, Inches(0.14))
    shape._element.nvPicPr.cNvPr.set("descr", printable(legend.text))
    box = slide.shapes.add_textbox(MARGIN, top + Inches(0.14), wide, Inches(0.5))
    box.text_frame.word_wrap = True
    run = box.text_frame.paragraphs[0].add_run()
    run.text = printable(f"{' … '.join(legend.ticks)}   {legend.text}")
    run.font.size, run.font.color.rgb = Pt(10), QUIET


def _png(pixels: Pixels) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    buffer.seek(0)
    return buffer
