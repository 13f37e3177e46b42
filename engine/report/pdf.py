"""A report as PDF, with the same content as its HTML. The fonts are those that Matplotlib brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

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

if TYPE_CHECKING:
    from fpdf import FPDF

Colour = tuple[int, int, int]
INK, QUIET, ACCENT, LINE = (19, 36, 43), (84, 104, 112), (11, 96, 117), (217, 222, 223)
WARN, WARN_PAPER = (154, 91, 0), (255, 246, 229)
MARGIN, GAP = 16.0, 4.0
"""Lengths are in millimetres, sizes of letters in points."""

BODY, SMALL, TINY = 9.5, 8.0, 6.5
HEADINGS = {1: 20.0, 2: 15.0, 3: 12.0, 4: 9.5}
SPACING = 0.5
"""Height of a line in millimetres for each point of its letters."""

NAME_SHARE = 0.34
PICTURE_SHARE = 0.45
"""Most of a page's height that a picture takes."""

SANS, MONO = "sans", "mono"
FONTS = ((SANS, "", "DejaVuSans.ttf"), (SANS, "B", "DejaVuSans-Bold.ttf"), (MONO, "", "DejaVuSansMono.ttf"))


def pdf_bytes(document: Document) -> bytes:
    """The file content."""
    return _Writer(document).write()


@cache
def _fonts() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


class _Writer:
    """Writes blocks from top to bottom."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._pdf = _empty(document)

    def write(self) -> bytes:
        pdf = self._pdf
        pdf.add_page()
        self._say(self._document.title, HEADINGS[1], "B")
        self._say(self._document.byline, BODY, colour=QUIET)
        for part in self._document.parts:
            self._part(part, 2)
        return bytes(pdf.output())

    def _say(
        self, text: str, size: float = BODY, style: str = "", colour: Colour = INK, **options: Any
    ) -> None:
        """A paragraph of its own."""
        pdf = self._pdf
        pdf.set_font(options.pop("family", SANS), style, size)
        pdf.set_text_color(*colour)
        pdf.multi_cell(
            options.pop("w", 0),
            size * SPACING,
            printable(text),
            align="L",
            new_x="LMARGIN",
            new_y="NEXT",
            **options,
        )

    def _part(self, part: Section, level: int) -> None:
        pdf = self._pdf
        pdf.ln(GAP * (1.6 if level == 2 else 1.0))
        self._keep(130.0 if part.parts else 40.0)
        self._say(part.title, HEADINGS[level], "B", ACCENT if level == 2 else INK)
        if part.subtitle:
            self._say(part.subtitle, BODY, colour=QUIET)
        for block in part.blocks:
            _WRITERS[type(block)](self, block)
        for place, inner in enumerate(part.parts):
            if place and any(isinstance(block, Figure) for block in inner.blocks):
                pdf.add_page()
            self._part(inner, level + 1)

    def _keep(self, height: float) -> None:
        """Begin a new page unless there is so much room on this one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _heading(self, title: str) -> None:
        if title:
            self._pdf.ln(GAP / 2)
            self._keep(14.0)
            self._say(title, HEADINGS[4], "B", QUIET)

    def paragraph(self, block: Paragraph) -> None:
        self._pdf.ln(GAP / 4)
        self._say(f"{block.label}: {block.text}" if block.label else block.text)

    def points(self, block: BulletList) -> None:
        self._heading(block.title)
        for text in block.texts:
            self._say(f"•  {text}")

    def warnings(self, block: Warnings) -> None:
        self._heading(block.title)
        self._pdf.set_fill_color(*WARN_PAPER)
        for text in block.texts:
            self._say(f"•  {text}", colour=WARN, fill=True)
        self._pdf.set_fill_color(255)

    def table(self, block: Table) -> None:
        self._heading(block.title)
        pdf = self._pdf
        pdf.set_font(SANS, "", SMALL)
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*LINE)
        layout = {
            "borders_layout": "HORIZONTAL_LINES",
            "first_row_as_headings": False,
            "text_align": "LEFT",
            "line_height": SMALL * SPACING,
        }
        with pdf.table(
            col_widths=(NAME_SHARE, 1 - NAME_SHARE), padding=(0.45, 1.5, 0.45, 0), **layout
        ) as table:
            for name, value in block.rows:
                row = table.row()
                row.cell(printable(name))
                row.cell(printable(value))

    def columns(self, block: ColumnTable) -> None:
        self._heading(block.title)
        pdf = self._pdf
        pdf.set_font(SANS, "", TINY)
        pdf.set_text_color(*INK)
        pdf.set_draw_color(*LINE)
        layout = {"borders_layout": "HORIZONTAL_LINES", "text_align": "LEFT", "line_height": TINY * SPACING}
        with pdf.table(padding=(0.45, 1.5, 0.45, 0), **layout) as table:
            for values in (block.columns, *block.rows):
                row = table.row()
                for value in values:
                    row.cell(printable(value))

    def citation(self, block: Citation) -> None:
        self._pdf.ln(GAP / 4)
        self._say(block.text, SMALL)
        self._say(block.url, SMALL, colour=ACCENT, link=block.url)

    def record(self, block: Record) -> None:
        self._heading(block.title)
        self._say(block.text, TINY, family=MONO, wrapmode="CHAR")

    def pictures(self, block: Figure) -> None:
        pdf = self._pdf
        count = min(max(len(block.pictures), 1), 2)
        width = (pdf.epw - GAP * (count - 1)) / count
        pdf.ln(GAP / 2)
        for start in range(0, len(block.pictures), count):
            self._row(block.pictures[start : start + count], width, block.legend)
        if block.legend is not None:
            self._legend(block.legend)

    def _row(self, pictures: tuple[Illustration, ...], width: float, legend: Legend | None) -> None:
        """Pictures beside each other, the legend on the same page."""
        pdf = self._pdf
        drawn = [picture.draw() for picture in pictures]
        highest = max(pixels.shape[0] / pixels.shape[1] for pixels in drawn) * width
        shrink = min(1.0, PICTURE_SHARE * pdf.eph / highest)
        self._keep(highest * shrink + (30.0 if legend else 10.0))
        top, bottom = pdf.get_y(), pdf.get_y()
        for place, (picture, pixels) in enumerate(zip(pictures, drawn, strict=True)):
            left = pdf.l_margin + place * (width + GAP)
            height = pixels.shape[0] / pixels.shape[1] * width * shrink
            image = Image.fromarray(np.ascontiguousarray(pixels))
            pdf.image(image, left, top, width * shrink, height, alt_text=printable(picture.alt))
            pdf.set_xy(left, top + height + 1)
            pdf.set_font(SANS, "", SMALL)
            pdf.set_text_color(*QUIET)
            pdf.multi_cell(
                width, SMALL * SPACING, printable(picture.caption), align="L", new_x="LEFT", new_y="NEXT"
            )
            bottom = max(bottom, pdf.get_y())
        pdf.set_xy(pdf.l_margin, bottom + 1)

    def _legend(self, legend: Legend) -> None:
        pdf = self._pdf
        bar = Image.fromarray(np.ascontiguousarray(legend.bar))
        pdf.image(bar, pdf.l_margin, pdf.get_y(), pdf.epw, 3.0)
        pdf.ln(3.5)
        pdf.set_font(SANS, "", SMALL)
        pdf.set_text_color(*INK)
        top = pdf.get_y()
        for tick, align in zip(legend.ticks, ("L", "C", "R"), strict=True):
            pdf.set_xy(pdf.l_margin, top)
            pdf.cell(pdf.epw, SMALL * SPACING, printable(tick), align=align)
        pdf.ln(SMALL * SPACING)
        self._say(legend.text, SMALL, colour=QUIET)


def _empty(document: Document) -> FPDF:
    """A document without pages, with its fonts and what it says of itself."""
    from fpdf import FPDF

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(SANS, "", 8)
            self.set_text_color(*QUIET)
            self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    pdf = Numbered(format="A4")
    for family, style, file in FONTS:
        pdf.add_font(family, style, _fonts() / file)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.c_margin = 0.0
    pdf.set_auto_page_break(True, 18)
    pdf.set_lang(document.language)
    pdf.set_title(printable(document.title))
    pdf.set_creator("Vitrine")
    pdf.set_creation_date(datetime.now(UTC))
    pdf.set_image_filter("DCTDecode")
    return pdf


_WRITERS: dict[type[Block], Callable[[_Writer, Any], None]] = {
    Paragraph: _Writer.paragraph,
    BulletList: _Writer.points,
    Warnings: _Writer.warnings,
    Table: _Writer.table,
    ColumnTable: _Writer.columns,
    Citation: _Writer.citation,
    Record: _Writer.record,
    Figure: _Writer.pictures,
}
