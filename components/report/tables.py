"""Tables in a session's report, with the pictures beside them, and the button that adds one."""

import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from numbers import Integral, Real
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from components.report.items import REMARK, Notes, notes
from components.session.keys import REPORT_TABLES, forget, recall, remember
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_plain
from compute.replay.findings import KEY, FindingRecord
from engine.arrays import Pixels
from engine.report.document import Block, ColumnTable, Figure, Illustration, Paragraph, Record, Section

REPORT_PAGE = "pages/share/report.py"
MOST_TABLES, MOST_ROWS, MOST_LETTERS = 30, 200, 200


@dataclass(frozen=True)
class ReportPicture:
    """A picture beside a table.

    Attributes:
        content: of its file, JPEG or PNG.
        caption: below it; who cannot see it hears the same.
        source: sha256 of the image, or key of the data set, that it shows.
    """

    content: bytes
    caption: str
    source: str

    def pixels(self) -> Pixels:
        """uint8 (H, W, 3)."""
        return np.asarray(Image.open(io.BytesIO(self.content)).convert("RGB"))

    @property
    def illustration(self) -> Illustration:
        """As it stands in a document."""
        return Illustration(self.pixels, self.caption, self.caption)


@dataclass(frozen=True)
class Finding:
    """What a page offers to the report.

    Attributes:
        title: what it shows.
        about: of which models and images.
        frame: by the name of a column, its values.
        pictures: beside it.
        sentences: what was found, how, and what it does not say.
        record: what makes it again, plain values by name; none where commands say it.
    """

    title: str
    about: str
    frame: Mapping[str, Sequence[Any]]
    pictures: tuple[ReportPicture, ...] = ()
    sentences: tuple[str, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportTable:
    """A table of the report, in words.

    Attributes:
        key: the same for the same table.
        title: what it shows.
        about: of which models and images.
        columns: names.
        rows: as many values each, at most ``MOST_ROWS``.
        total: number of rows that there were.
        pictures: beside it.
        sentences: what was found, how, and what it does not say.
        record: what makes it again, for machines; "" for none.
    """

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    pictures: tuple[ReportPicture, ...] = ()
    sentences: tuple[str, ...] = ()
    record: str = ""

    def remark(self, said: Notes) -> str:
        """What the person says about it."""
        return said.get(REMARK + self.key, "")

    def again(self) -> FindingRecord | None:
        """What a bundle holds of it; None where ``replay`` cannot compute it again."""
        record = json.loads(self.record or "{}")
        return FindingRecord.of(record | {"title": self.title}) if KEY in record else None

    def frame(self) -> dict[str, list[str]]:
        """By the name of a column, its values."""
        return {name: [row[place] for row in self.rows] for place, name in enumerate(self.columns)}


def tables() -> list[ReportTable]:
    """The tables in the order in which they were added."""
    return list(recall(REPORT_TABLES, []))


def add_table(table: ReportTable) -> None:
    """Put a table at the end, unless it is there or there is no room."""
    known = tables()
    if len(known) < MOST_TABLES and table.key not in [one.key for one in known]:
        remember(REPORT_TABLES, [*known, table])


def remove_table(key: str) -> None:
    """Take a table out, with what was said about it."""
    remember(REPORT_TABLES, [one for one in tables() if one.key != key])
    forget(REMARK + key)
    notes().pop(REMARK + key, None)


def drop_tables(sources: Collection[str]) -> None:
    """Take out what shows some images, by their sha256, or some data sets, by their keys."""
    for item in tables():
        if any(picture.source in sources for picture in item.pictures):
            remove_table(item.key)


def offer_table(title: str, about: str, frame: Mapping[str, Sequence[Any]], key: str) -> None:
    """Add a table alone to the report, or take it out; see ``offer_finding``."""
    offer_finding(Finding(title, about, frame), key)


def offer_finding(finding: Finding, key: str) -> None:
    """Add a table with its pictures, or take it out, and lead there; ``key`` is of the buttons."""
    table = worded(finding)
    known = tables()
    with st.container(horizontal=True, vertical_alignment="center"):
        if table.key in [one.key for one in known]:
            st.button(
                _("Remove from report"), on_click=remove_table, args=(table.key,), key=f"table-out-{key}"
            )
            st.page_link(REPORT_PAGE, label=_("Report") + " →")
        else:
            full = len(known) >= MOST_TABLES
            said = _("The report is full: remove an item first.") if full else None
            button: dict[str, Any] = {"disabled": full, "help": said, "args": (table,)}
            st.button(_("Add to report"), on_click=add_table, key=f"table-add-{key}", **button)


def worded(found: Finding) -> ReportTable:
    """A finding in words, as the report keeps it."""
    columns = tuple(found.frame)
    listed = [list(values) for values in found.frame.values()]
    cut = (one[:MOST_ROWS] for one in listed)
    rows = tuple(tuple(_word(value) for value in row) for row in zip(*cut, strict=True))
    sentences = tuple(as_plain(one) for one in found.sentences)
    record = json.dumps(found.record, ensure_ascii=False) if found.record else ""
    told = (found.title, found.about, columns, rows, *([sentences, record] if sentences or record else []))
    digest = hashlib.sha256(repr(told).encode())
    for picture in found.pictures:
        digest.update(picture.content)
    total = len(listed[0]) if listed else 0
    key = digest.hexdigest()[:16]
    return ReportTable(key, found.title, found.about, columns, rows, total, found.pictures, sentences, record)


def _word(value: Any) -> str:
    """A value as it stands in a table of words."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return numbers.count(int(value))
    if isinstance(value, Real) and not isinstance(value, bool):
        return "" if isnan(value) else numbers.decimal(float(value), 3)
    return str(value)[:MOST_LETTERS]


def table_section(item: ReportTable, remark: str) -> Section:
    """All that a report says about one table."""
    blocks: list[Block] = [Paragraph(remark, _("Remark"))] if remark.strip() else []
    if item.pictures:
        blocks.append(Figure(tuple(picture.illustration for picture in item.pictures)))
    blocks += [Paragraph(sentence) for sentence in item.sentences]
    blocks += [ColumnTable("", item.columns, item.rows)] if item.rows else []
    if item.total > len(item.rows):
        text = _("The first {count} of {total} rows.")
        said = text.format(count=numbers.count(len(item.rows)), total=numbers.count(item.total))
        blocks.append(Paragraph(said))
    blocks += [Record(_("Technical record"), item.record)] if item.record else []
    return Section(item.title, item.about, tuple(blocks))
