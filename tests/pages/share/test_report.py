"""The page of the report inside the frame: what is added elsewhere, ordered, annotated, taken away."""

import io
import json
import zipfile
from contextlib import nullcontext
from dataclasses import replace

import pytest

from components.report.downloads import html_of, pdf_of, zip_of
from components.session.resources import job_queue
from compute.replay.bundle_reading import read_bundle
from compute.replay.replay import Replayer
from compute.replay.verdict import compare
from compute.run.runners import ClusterRunner, LocalRunner
from tests.pages.visits import PAGES, SMALL_PASS

NOTES = {"report-title": "Why <b>bright</b>?", "report-author": "Zoë"}


@pytest.fixture
def filled(visit):
    """A session with the first zone and its border in the report, on the page of the report."""
    page = visit("zones", zone="1", **SMALL_PASS).until(lambda page: page.mapped)
    page.widget("report-add").click().run()
    page.widget("ask").set_value("border").run()
    page.widget("report-add").click().run()
    page.at.switch_page(PAGES["report"]).run()
    return page


def titles(page):
    return [item.title for item in page.at.session_state["_report"]]


def test_an_empty_report_says_what_to_do(visit):
    page = visit("report")
    assert page.has("empty") and not page.at.exception
    assert not page.at.error and page.at.title[0].value == "Report"
    assert page.component("slides") is None


def test_maps_are_ordered_annotated_and_taken_out(filled, monkeypatch):
    zone, border = titles(filled)
    assert border == f"Boundary of {zone}" and f"1. {zone}" in filled.texts.replace("\\", "")
    first = filled.at.session_state["_report"][0].key
    filled.at.text_area(f"report-remark-{first}").set_value("Look here").run()
    filled.widget(f"report-down-{first}").click().run()
    assert titles(filled) == [border, zone]
    filled.at.switch_page(PAGES["zones"]).run()
    filled.until(lambda page: page.component("map")).widget("report-out").click().run()
    assert titles(filled) == [zone], "the border is what the page shows"
    filled.widget("report-add").click().run()
    monkeypatch.setattr("components.report.items.MAX_ITEMS", 2)
    filled.widget("zone").set_value(1).run()
    assert next(button for button in filled.at.button if button.key == "report-add").disabled, "it is full"
    filled.at.switch_page(PAGES["report"]).run()
    last = filled.at.session_state["_report"][-1].key
    filled.widget(f"report-remove-{last}").click().run()
    assert titles(filled) == [zone] and not filled.at.error and not filled.at.exception


def test_what_was_collected_is_there_as_slides_with_live_maps(filled):
    zone, border = titles(filled)
    filled.widget("report-title").set_value("Why <b>bright</b>?").run()
    key = filled.at.session_state["_report"][1].key
    filled.at.text_area(f"report-remark-{key}").set_value("Look *here*").run()
    first, *maps, last = filled.component("slides")["slides"]
    assert (first["kind"], first["title"], last["kind"]) == ("WordSlide", "Why <b>bright</b>?", "WordSlide")
    assert [slide["title"] for slide in maps] == [zone, border]
    assert [slide["remark"] for slide in maps] == ["", "Look *here*"]
    for slide in maps:
        ((tile,),) = (group["tiles"] for group in slide["sheet"]["groups"])
        assert tile["map"]["rows"] == 4 and tile["map"]["values"]["text"] and len(tile["outlines"]) == 1
        assert slide["said"].endswith(".") and "*" not in slide["said"] and slide["sheet"]["photo"]
        assert any("Sobol total indices" in note for note in slide["notes"])
    values, limits = (texts for _title, texts in last["columns"])
    assert len(values) == 1 and 2 <= len(limits) <= 5


def test_the_files_hold_what_was_shown_and_come_out_the_same_again(filled, tmp_path):
    found = filled.at.session_state["_report"]
    filled.at.text_area(f"report-remark-{found[0].key}").set_value("Look here").run()
    filled.at.switch_page(PAGES["home"]).run()
    filled.at.switch_page(PAGES["report"]).run()
    said = {**filled.at.session_state["_report_notes"], **NOTES}
    page = html_of(found, said, "en").decode()
    assert (
        "Why &lt;b&gt;bright&lt;/b&gt;?" in page
        and "<b>" not in page
        and "Sobol total indices" in page
        and "144 model evaluations" in page
    )
    assert (
        page.count('src="data:image/jpeg') == 4
        and "python cli.py replay BUNDLE" in page
        and "Look here" in page
    )
    assert pdf_of(found[:1], said, "fr").startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(zip_of(found, said, "en", with_pictures=False))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("pictures/")]
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_of(found, said, "en"))
    bundle = read_bundle(path)
    assert (
        bundle.explanations == tuple(item.scene.explanation for item in found) and len(bundle.pictures) == 1
    )
    _refuse_differences(bundle)


def test_grades_that_were_seen_are_in_every_file(visit):
    page = visit("zones", zone="1", **SMALL_PASS)
    page.until(lambda page: page.mapped and "random maps do worse" in page.texts)
    page.widget("report-add").click().run()
    page.widget("grade").click().run()
    page.until(lambda page: "random maps in ten" in page.texts)
    page.at.switch_page(PAGES["report"]).run()
    seen = page.at.session_state["_grades"]
    (grades,) = (found for found in seen.values() if "deletion" in found)
    assert {"fidelity", "deletion", "pointing"} <= set(grades)
    (item,) = page.at.session_state["_report"]
    graded = [replace(item, grades=grades)]
    html = html_of(graded, {}, "en").decode()
    assert "How true is the map?" in html and "Deletion" in html and "of random maps" in html
    assert "Suppression" in html_of(graded, {}, "fr").decode()
    with zipfile.ZipFile(io.BytesIO(zip_of(graded, {}, "en"))) as archive:
        (facts,) = json.loads(archive.read("bundle.json"))["maps"]
    assert facts["grades"]["deletion"]["value"] == pytest.approx(grades["deletion"].value)


def _refuse_differences(bundle):
    """In this process and on the cluster all comes out as it was."""
    (picture,) = bundle.pictures.values()
    for runner in (LocalRunner(), ClusterRunner(job_queue())):
        again = Replayer(runner, lambda: nullcontext(lambda view: None))
        assert [compare(before, again.again(before, picture)).state for before in bundle.explanations] == [
            "same",
            "same",
        ]
