"""The page of the report inside the frame: what is added elsewhere, ordered, annotated, taken away."""

from __future__ import annotations

import io
import zipfile

import pytest

from components.report_downloads import html_of, pdf_of, zip_of
from compute.bundle_reading import read_bundle
from tests.pages.visits import PAGES, SMALL_PASS

NOTES = {"report-title": "Why <b>bright</b>?", "report-author": "Zoë"}


@pytest.fixture
def filled(visit):
    """A session with the first zone and its border in the report, on the page of the report."""
    page = visit("zones", zone="1", **SMALL_PASS).until(lambda page: "144 of 144 runs" in page.texts)
    page.widget("report-add").click().run()
    page.widget("ask").set_value("border").run()
    page.widget("report-add").click().run()
    page.at.switch_page(PAGES["report"]).run()
    return page


def titles(page):
    return [item.title for item in page.at.session_state["_report"]]


def test_an_empty_report_says_what_to_do(visit):
    page = visit("report")
    assert "Nothing is in the report yet" in page.texts and not page.at.exception
    assert not page.at.error and page.at.title[0].value == "Report"


def test_maps_are_ordered_annotated_and_removed(filled):
    zone, border = titles(filled)
    assert border == f"Border of {zone}" and f"1. {zone}" in filled.texts.replace("\\", "")
    first = filled.at.session_state["_report"][0].key
    filled.at.text_area(f"report-remark-{first}").set_value("Look here").run()
    filled.widget(f"report-down-{first}").click().run()
    assert titles(filled) == [border, zone]
    filled.at.switch_page(PAGES["home"]).run()
    filled.at.switch_page(PAGES["report"]).run()
    assert filled.at.text_area(f"report-remark-{first}").value == "Look here"
    assert "Look here" in html_of(filled.at.session_state["_report"], filled.at.session_state["_report_notes"], "en").decode()
    filled.widget(f"report-remove-{first}").click().run()
    assert titles(filled) == [border] and not filled.at.error and not filled.at.exception


def test_what_is_added_can_be_taken_out_on_its_page(filled):
    filled.at.switch_page(PAGES["zones"]).run()
    filled.until(lambda page: page.component("map"))
    filled.widget("report-out").click().run()
    assert len(titles(filled)) == 1 and any(button.key == "report-add" for button in filled.at.button)


def test_the_files_hold_what_was_shown(filled, tmp_path):
    found = filled.at.session_state["_report"]
    page = html_of(found, NOTES, "en").decode()
    assert "Why &lt;b&gt;bright&lt;/b&gt;?" in page and "<b>" not in page and "Sobol total indices" in page and "144 runs" in page
    assert page.count('src="data:image/jpeg') == 4 and "python cli.py replay BUNDLE" in page
    assert pdf_of(found, NOTES, "fr").startswith(b"%PDF-")
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_of(found, NOTES, "en", True))
    bundle = read_bundle(path)
    assert bundle.explanations == tuple(item.scene.explanation for item in found) and len(bundle.pictures) == 1
    with zipfile.ZipFile(io.BytesIO(zip_of(found, NOTES, "en", False))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("pictures/")]


def test_a_full_report_says_so(filled, monkeypatch):
    monkeypatch.setattr("components.report_items.MAX_ITEMS", 2)
    filled.at.switch_page(PAGES["zones"]).run()
    filled.until(lambda page: page.component("map"))
    filled.widget("zone").set_value(1).run()
    assert next(button for button in filled.at.button if button.key == "report-add").disabled
