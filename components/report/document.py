"""A whole report from what the session has collected, in the language of the page."""

import json
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from components.report.items import Notes, ReportItem
from components.report.sections import model_title, section
from components.report.tables import ReportTable, table_section
from components.session.keys import REPORT_AUTHOR, REPORT_REMARKS, REPORT_TITLE
from components.words import numbers
from components.words.i18n import _, language
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.method import Method
from engine.methods import get_method
from engine.report.document import Block, BulletList, Citation, Document, Paragraph, Record, Section, Table
from model_store.catalogue import ModelRef, entry_of


def document_of(
    found: Sequence[ReportItem], notes: Notes, made: datetime, tables: Sequence[ReportTable] = ()
) -> Document:
    """The report.

    Args:
        found: its maps, in order.
        notes: what the person has typed.
        made: its date.
        tables: of the pages of data sets, in order.
    """
    explanations = [item.scene.explanation for item in found]
    title, author, said = (
        notes.get(key, "").strip() for key in (REPORT_TITLE, REPORT_AUTHOR, REPORT_REMARKS)
    )
    remarks = [Section(_("Remarks"), blocks=(Paragraph(said),))] if said else []
    findings = tuple(section(number, item, item.remark(notes)) for number, item in enumerate(found, 1))
    listed = tuple(table_section(item, item.remark(notes)) for item in tables)
    return Document(
        language(),
        title or _("Report"),
        _byline(author, made),
        (
            *remarks,
            *([Section(_("Findings"), parts=findings)] if findings else []),
            *([Section(_("Data sets and examples"), parts=listed)] if listed else []),
            *(_about_maps(found, explanations) if findings else []),
        ),
    )


def _about_maps(found: Sequence[ReportItem], explanations: Sequence[Explanation]) -> list[Section]:
    """How the maps were made, of which models and images."""
    return [
        Section(
            _("How the maps are computed"),
            parts=tuple(_method(method) for method in _unique(explanations)),
        ),
        Section(_("Models and images"), parts=(*_models(explanations), *_pictures(found))),
        Section(_("Technical record"), blocks=tuple(_records(explanations))),
    ]


def _byline(author: str, made: datetime) -> str:
    said = [author, numbers.moment(made), f"Vitrine {_version()}".strip()]
    return " · ".join(part for part in said if part)


def _version() -> str:
    try:
        return version("vitrine")
    except PackageNotFoundError:
        return ""


def _unique(explanations: Sequence[Explanation]) -> list[Method]:
    """The methods, each once."""
    return [get_method(key) for key in dict.fromkeys(found.method for found in explanations)]


def _method(method: Method) -> Section:
    blocks: tuple[Block, ...] = (
        Paragraph(_(method.measures), _("A value")),
        BulletList(_("How to read the map"), tuple(_(text) for text in method.how_to_read)),
        BulletList(_("Limits"), tuple(_(text) for text in method.caveats)),
        Citation(f"{method.paper} ({method.year})", method.url),
    )
    return Section(_(method.title), blocks=blocks)


def _models(explanations: Sequence[Explanation]) -> list[Section]:
    """What is known of each model, once."""
    origins = {found.provenance.model: found.provenance for found in explanations}
    parts = []
    for key, origin in origins.items():
        rows = [(_("Key"), key), (_("Fingerprint"), origin.fingerprint)]
        try:
            rows.insert(0, (_("Licence"), _(entry_of(ModelRef.parse(key)).licence)))
        except VitrineError:
            rows.insert(0, (_("Licence"), _("unknown: the model is no longer in the catalogue")))
        libraries = ", ".join(
            f"{name} {number}" for name, number in origin.versions.items() if name != "forward"
        )
        rows += [(_("Computed with"), origin.versions.get("forward", "-")), (_("Libraries"), libraries)]
        parts.append(Section(model_title(key), blocks=(Table("", tuple(rows)),)))
    return parts


def _pictures(found: Sequence[ReportItem]) -> list[Section]:
    """What is known of each picture, once."""
    pictures = {item.scene.picture.sha256: item.scene.picture for item in found}
    parts = []
    for picture in pictures.values():
        height, width = picture.size_hw
        size = _("{width} x {height} pixels").format(width=numbers.count(width), height=numbers.count(height))
        parts.append(
            Section(_(picture.name), blocks=(Table("", ((_("Size"), size), ("SHA-256", picture.sha256))),))
        )
    return parts


def _records(explanations: Sequence[Explanation]) -> list[Block]:
    """What makes each map again, word by word."""
    intro = _(
        "Everything needed to compute each map again. The reproducible bundle holds the raw "
        "values; this command compares them:"
    )
    records = [
        Record(f"{number}. {_(found.target.label)}", json.dumps(found.manifest(), ensure_ascii=False))
        for number, found in enumerate(explanations, 1)
    ]
    return [Paragraph(f"{intro} python cli.py replay BUNDLE"), *records]
