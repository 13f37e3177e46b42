"""The page of filters inside the frame, with a real cluster and toy models."""

import pytest

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER = "vgg16-imagenet"
SMALL = {"filter-steps": "16", "filter-size": "64"}


def finished(page):
    return any(box.key == "filter" for box in page.at.selectbox)


@pytest.fixture
def drawn(visit):
    """Both channels of a toy's layer, with their patches."""
    return visit("filters", model=CLASSIFIER, filters="early", **SMALL).until(finished)


def test_channels_are_drawn_with_patches_beside_them(drawn):
    assert drawn.drawings.count("<figure") == 2 and drawn.drawings.count("Beside each: the patches") == 2
    assert "<b>0</b>" in drawn.drawings and "x 11" in drawn.drawings and "no response" in drawn.drawings
    assert "These responded no more than to noise" in drawn.texts and "What activates it most" in drawn.texts
    assert not drawn.at.exception and not drawn.at.error


def test_another_filter_is_looked_at_closely_and_a_link_may_say_which(drawn, visit):
    assert "**0**: 1.10, x 11" in drawn.texts
    drawn.widget("filter").set_value(1).run()
    assert "**1**: no answer" in drawn.texts
    linked = visit("filters", model=CLASSIFIER, filters="early", filter="1", **SMALL).until(finished)
    assert "**1**: no answer" in linked.texts


def test_classes_are_drawn_by_name_and_only_some_of_them(visit):
    page = visit("filters", model=CLASSIFIER, filters="output", only="0,2", **SMALL).until(finished)
    assert (
        "<b>dark</b>" in page.drawings
        and "<b>bright</b>" in page.drawings
        and page.drawings.count("<figure") == 2
    )


def test_wrong_channels_get_a_sentence(visit):
    page = visit("filters", model=CLASSIFIER, filters="early", only="7", **SMALL).until(
        lambda page: page.at.error
    )
    assert "There are the channels 0 to 1; received 7" in page.texts and not page.drawings


def test_what_takes_long_says_what_it_costs_and_waits(visit, monkeypatch):
    monkeypatch.setattr("components.jobs.filter_orders.PATIENCE_SECONDS", -1)
    page = visit("filters", model=CLASSIFIER, filters="early", **SMALL, **{"filter-seed": "5"})
    page.until(lambda page: any(button.key == "draw" for button in page.at.button))
    assert "2 pictures of 64 x 64 pixels, 16 steps each" in page.texts
    page.widget("draw").click().run()
    page.until(finished)
    assert page.drawings


def test_a_layer_whose_patches_cannot_be_found_is_still_drawn(visit):
    page = visit("filters", model=CLASSIFIER, filters="late", **SMALL).until(finished)
    assert page.drawings.count("<figure") == 2 and "Beside each" not in page.drawings
