"""The pass that begins by itself, on a real cluster with toy models."""

import pytest

from components.frame import preload
from engine.errors import VitrineError
from engine.perturbation.methods.params import LimeParams, SobolParams


@pytest.fixture(autouse=True)
def background(monkeypatch):
    monkeypatch.setenv("VITRINE_BACKGROUND", "on")


def draft(page):
    """The only one of a session, or None."""
    found = list(page.at.session_state["_drafts"].values()) if "_drafts" in page.at.session_state else []
    assert len(found) <= 1
    return found[0] if found else None


def test_a_click_finds_the_runs_of_a_pass_that_began_by_itself(visit):
    home = visit("features", sample="street-3").until(
        lambda page: draft(page) and draft(page).progress().done_runs
    )
    begun = draft(home)
    assert begun.order.spec.params == SobolParams()
    page = visit("zones", sample="street-3", zone="1").until(lambda page: page.component("map"))
    (job,) = page.jobs("perturbation")
    assert job._execution is begun._execution and job.progress().total_runs == 2112
    for stop in [
        button for button in page.at.button if button.label == "Stop"
    ]:  # none if the toy was quicker
        stop.click().run()
        assert draft(page).finished and job.finished
    home.widget("sample").set_value("street-2").run()
    home.until(lambda page: draft(page) not in (None, begun))
    assert begun.finished and draft(home).order.picture.name != begun.order.picture.name
    draft(home).cancel()


def test_a_classifier_is_asked_what_its_page_asks_first(visit):
    page = visit(model="dogs-vgg").until(draft)
    assert (draft(page).order.spec.method, draft(page).order.spec.params) == ("lime", LimeParams())
    draft(page).cancel()


def test_what_is_wrong_is_not_said_where_nobody_has_asked(monkeypatch):
    asked = []

    def refuse():
        asked.append(True)
        raise VitrineError("The computing service is away.")

    monkeypatch.setattr(preload, "current_choice", refuse)
    preload.preload_pass()
    assert asked


def test_nothing_begins_by_itself_where_it_is_switched_off(visit, monkeypatch):
    monkeypatch.setenv("VITRINE_BACKGROUND", "off")
    assert draft(visit().until_picture()) is None
