"""Downloads of the report; each file is made when it is asked for."""

import time
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from components.grades.badge import known_verdict
from components.grades.known import grade_facts
from components.report.document import document_of
from components.report.items import Notes, ReportItem, items, notes
from components.report.tables import ReportTable, tables
from components.session.files import offer_files
from components.session.keys import REPORT_AUTHOR, REPORT_PICTURES, REPORT_REMARKS, REPORT_TITLE
from components.words.i18n import _, language, speaking
from compute.replay.findings import FindingRecord

SETTLE_SECONDS = 0.3
"""What was typed last reaches the server with the click: it is let in first."""


def offer_report_files() -> None:
    """Four buttons: to read, to print, to show, to compute again; the last only where something can be."""
    report = items(), notes(), language(), tables()  # a download runs outside of the session
    with_pictures = _choose_pictures() if report[0] else False
    files = [
        ("get-report-html", _("Web page (HTML)"), "html", lambda: html_of(*report)),
        ("get-report-pdf", _("Document (PDF)"), "pdf", lambda: pdf_of(*report)),
        ("get-report-pptx", _("Slides (PowerPoint)"), "pptx", lambda: pptx_of(*report)),
        (
            "get-report-zip",
            _("Reproducible bundle (ZIP)"),
            "zip",
            lambda: zip_of(*report, with_pictures=with_pictures),
        ),
    ]
    again = report[0] or records_of(report[3])
    with st.container(horizontal=True):
        offer_files(f"vitrine-report-{datetime.now():%Y-%m-%d}", files if again else files[:-1])


def _choose_pictures() -> bool:
    """Whether the bundle holds the images."""
    return st.toggle(
        _("Include images in the bundle"),
        value=True,
        key=REPORT_PICTURES,
        persist_state="session",
        help=_(
            "HTML, PDF and PowerPoint always show the images. If the bundle lacks them, computing "
            "it again requires the image files."
        ),
    )


def html_of(found: Sequence[ReportItem], said: Notes, code: str, listed: Sequence[ReportTable] = ()) -> bytes:
    """The file content of the report as HTML, in a language."""
    from engine.report.html import html_bytes

    time.sleep(SETTLE_SECONDS)
    with speaking(code):
        return html_bytes(document_of(found, said, datetime.now(), listed))


def pdf_of(found: Sequence[ReportItem], said: Notes, code: str, listed: Sequence[ReportTable] = ()) -> bytes:
    """The file content of the report as PDF, in a language."""
    from engine.report.pdf import pdf_bytes

    time.sleep(SETTLE_SECONDS)
    with speaking(code):
        return pdf_bytes(document_of(found, said, datetime.now(), listed))


def pptx_of(found: Sequence[ReportItem], said: Notes, code: str, listed: Sequence[ReportTable] = ()) -> bytes:
    """The file content of the report as PowerPoint, in a language."""
    from engine.report.pptx import pptx_bytes

    time.sleep(SETTLE_SECONDS)
    with speaking(code):
        return pptx_bytes(document_of(found, said, datetime.now(), listed))


def zip_of(
    found: Sequence[ReportItem],
    said: Notes,
    code: str,
    listed: Sequence[ReportTable] = (),
    with_pictures: bool = True,
) -> bytes:
    """The file content of the bundle: the report as HTML, and all that is needed to compute it again."""
    from compute.replay.bundle import Bundle, write_bundle

    page = html_of(found, said, code, listed)
    pictures = {item.scene.picture.sha256: item.scene.picture for item in found if with_pictures}
    heading = {
        name: said.get(key, "")
        for name, key in (("title", REPORT_TITLE), ("author", REPORT_AUTHOR), ("remarks", REPORT_REMARKS))
    }
    maps = [
        {
            "title": item.title,
            "remark": item.remark(said),
            "grades": grade_facts(item.grades),
            "random_weights": known_verdict(item.scene.explanation),
        }
        for item in found
    ]
    facts = {**heading, "made": f"{datetime.now():%Y-%m-%d %H:%M}", "maps": maps}
    explanations = tuple(item.scene.explanation for item in found)
    bundle = Bundle(explanations, pictures, facts, findings=records_of(listed))
    return write_bundle(bundle, page)


def records_of(listed: Sequence[ReportTable]) -> tuple[FindingRecord, ...]:
    """Those of the tables that can be computed again."""
    return tuple(record for table in listed if (record := table.again()) is not None)
