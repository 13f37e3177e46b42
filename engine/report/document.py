"""A report as people read it: finished texts and pictures in order, whatever they are about."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from engine.arrays import Pixels

TableRows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text; line ends are kept.

    Attributes:
        text: of it.
        label: what it is, before it, or "".
    """

    text: str
    label: str = ""


@dataclass(frozen=True)
class BulletList:
    """A list of sentences."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Warnings:
    """Sentences that nobody must miss."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Names and what they stand for."""

    title: str
    rows: TableRows


@dataclass(frozen=True)
class ColumnTable:
    """Values in rows, below the names of their columns.

    Attributes:
        title: above it, or "".
        columns: names.
        rows: as many values each.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Citation:
    """Source in the literature."""

    text: str
    url: str


@dataclass(frozen=True)
class Record:
    """A text for machines, word by word."""

    title: str
    text: str


@dataclass(frozen=True, eq=False)
class Illustration:
    """A picture; it is drawn when it is written.

    Attributes:
        draw: gives its pixels, uint8 (H, W, 3).
        caption: below it.
        alt: what it shows, for whoever cannot see it.
    """

    draw: Callable[[], Pixels]
    caption: str
    alt: str


@dataclass(frozen=True, eq=False)
class Legend:
    """Colour bar of a map.

    Attributes:
        bar: uint8 (H, W, 3), from the lowest to the highest value.
        ticks: raw values at its start, middle and end.
        text: what a value is.
    """

    bar: Pixels
    ticks: tuple[str, str, str]
    text: str


@dataclass(frozen=True, eq=False)
class Figure:
    """Pictures side by side, with the legend of their colours."""

    pictures: tuple[Illustration, ...]
    legend: Legend | None = None


Block = Paragraph | BulletList | Warnings | Table | ColumnTable | Citation | Record | Figure


@dataclass(frozen=True, eq=False)
class Section:
    """A part with a heading of its own.

    Attributes:
        title, subtitle: its heading.
        blocks: what it says.
        parts: parts inside of it.
    """

    title: str
    subtitle: str = ""
    blocks: tuple[Block, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True, eq=False)
class Document:
    """A report.

    Attributes:
        language: code such as "en".
        title: of it.
        byline: who made it, when, and with what.
        parts: what it says.
    """

    language: str
    title: str
    byline: str
    parts: tuple[Section, ...]


def printable(text: str) -> str:
    """A text without signs that cannot be printed, or that turn the line round; line ends stay."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter)[0] != "C")
