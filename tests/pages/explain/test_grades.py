"""Grades on the page of zones: a chip that costs nothing, and a scorecard that somebody asks for."""

import pytest

from components.words.i18n import LANGUAGE
from tests.pages.visits import SMALL_PASS


def graded(page):
    """Whether the map is finished, and the page says how faithful it is."""
    return page.mapped and "random maps do worse" in page.texts


@pytest.fixture
def answered(visit):
    """A page on which the map of the first zone is finished."""
    return visit("zones", zone="1", **SMALL_PASS).until(graded)


def test_a_chip_says_how_faithful_the_map_is_and_on_how_many_runs(answered):
    assert "over **144** model evaluations" in answered.texts
    assert "of 1,000 random maps do worse" in answered.texts
    assert "Each half of the samples judges the map of the other half." in answered.texts
    assert len(answered.jobs("perturbation")) == 1, "nothing is computed for it"


def has_card(page):
    return "random maps in ten" in page.texts


def test_the_scorecard_is_computed_when_somebody_asks_and_is_let_go_with_its_map(answered):
    assert not has_card(answered)
    answered.widget("grade").click().run()
    answered.until(has_card)
    (table,) = (found.value for found in answered.at.dataframe if "Metric" in found.value)
    assert {"Deletion", "Insertion", "MuFidelity", "Pointing game"} <= set(table["Metric"])
    assert "What else these cells carry" in answered.texts and not answered.at.exception
    assert len(answered.jobs("perturbation")) == 3
    other = (answered.widget("zone").value + 1) % 2
    answered.widget("zone").set_value(other).run()
    answered.until(lambda page: page.has("grade"))
    assert not has_card(answered) and len(answered.jobs("perturbation")) == 1


def test_a_map_is_judged_by_another_pass_that_is_paid(visit):
    visit("zones", zone="1").until(lambda page: page.mapped)
    page = visit("zones", zone="1", method="occlusion", positions="16")
    page.until(lambda page: "over **2,112** model evaluations" in page.texts)
    assert "257 of 257 model evaluations" in page.texts and not page.at.exception


def test_the_card_speaks_french(answered):
    answered.widget(LANGUAGE).set_value("fr").run()
    answered.until(lambda page: "cartes aléatoires font moins bien" in page.texts)
    assert "Évaluer cette carte" in [button.label for button in answered.at.button]


def is_steady(page):
    return "On average the rank correlation is" in page.texts


def test_the_stability_of_a_map_is_tested_when_somebody_asks(visit):
    page = visit("zones", zone="1", method="occlusion", positions="8").until(
        lambda page: page.mapped and page.has("try-stability")
    )
    page.widget("try-stability").click().run()
    page.until(is_steady)
    (table,) = (found.value for found in page.at.dataframe if "Change" in found.value)
    assert "Noise: normal noise, standard deviation 5 of 255" in list(table["Change"])
    assert "In a small ball around the image" in page.texts and not page.at.exception
    page.widget("zone").set_value((page.widget("zone").value + 1) % 2).run()
    page.until(lambda page: page.has("try-stability"))
    assert not is_steady(page)


@pytest.mark.models
def test_the_card_tests_the_method_on_this_image_and_can_be_stopped(answered):
    assert "Does the map depend on the weights?" in answered.texts
    answered.widget("test-sanity").click().run()
    answered.until(lambda page: page.has("stop-sanity"))
    answered.widget("stop-sanity").click().run()
    answered.until(lambda page: page.has("resume-sanity"))
    assert not answered.at.exception and len(answered.jobs("sanity")) == 1
    other = (answered.widget("zone").value + 1) % 2
    answered.widget("zone").set_value(other).run()
    answered.until(lambda page: page.has("test-sanity"))
    assert not answered.jobs("sanity")
