"""The page of examples: a counterfactual of a zone and of a class, with its proof."""

import pytest

from components.words.i18n import LANGUAGE


def found(page):
    """Whether a search is over, and the page says so."""
    jobs, told = page.jobs("counterfactual"), ("The model was asked about exactly", "No set that was tried")
    return bool(jobs) and all(job.finished for job in jobs) and any(text in page.texts for text in told)


@pytest.fixture
def of_a_zone(visit):
    return visit("examples", zone="1", fill="noise").until(found)


def test_the_smallest_set_of_a_zone_is_shown_with_its_proof(of_a_zone):
    (job,) = of_a_zone.jobs("counterfactual")
    result = job.view.result()
    assert f"With **{len(result.hidden)} of 64** parts hidden" in of_a_zone.texts
    assert "loses its class" in of_a_zone.texts and "the others become mostly" in of_a_zone.texts
    assert of_a_zone.has("counterfactual-changed") and not of_a_zone.has("counterfactual-original")
    assert of_a_zone.has("get-changed") and not of_a_zone.at.exception and not of_a_zone.at.error
    of_a_zone.widget("table-add-counterfactual").click().run()
    (table,) = of_a_zone.at.session_state["_report_tables"]
    assert len(table.pictures) == 2 and "loses its class" in table.sentences[0]
    assert table.rows[1][1] == str(len(result.hidden)) and '"fingerprint"' in table.record
    of_a_zone.at.switch_page("pages/share/report.py").run()
    assert not of_a_zone.at.exception and "loses its class" in of_a_zone.texts


def test_another_zone_is_another_search(of_a_zone):
    other = (of_a_zone.widget("zone").value + 1) % 2
    of_a_zone.widget("zone").set_value(other).run()
    of_a_zone.until(found)
    (job,) = of_a_zone.jobs("counterfactual")
    assert job.order.spec.wanted == other, "the other search is let go"


@pytest.mark.usefixtures("all_models_are_here")
def test_a_class_has_its_image_beside_the_changed_one(visit):
    page = visit("examples", model="vgg16-imagenet", sample="coffee", fill="noise").until(found)
    assert page.has("counterfactual-original") and page.has("counterfactual-changed")
    assert "changes the answer to" in page.texts
    page.widget("parts").set_value("pieces").run()
    page.until(found)
    (job,) = page.jobs("counterfactual")
    assert job.order.spec.cells.method == "lime"


def test_where_nothing_changes_the_answer_the_page_says_so(visit):
    page = visit("examples", zone="1", fill="black")  # the zone is dark
    page.until(lambda page: "No set that was tried changes the answer" in page.texts)
    assert not page.has("get-changed") and not page.at.exception


def test_a_fill_that_needs_another_image_says_so(visit):
    page = visit("examples", zone="1", fill="unlike")
    page.until(lambda page: "needs another image" in page.texts)


def test_the_page_speaks_french(of_a_zone):
    of_a_zone.widget(LANGUAGE).set_value("fr").run()
    of_a_zone.until(lambda page: "La plus petite partie" in page.texts)
