"""The gallery of methods inside the frame, with a real cluster and toy models."""

import pytest

from components.explain.gallery_view import families
from engine.methods import METHODS

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER = "vgg16-imagenet"


@pytest.fixture
def no_patience(monkeypatch):
    """Everything that is not read off one look costs too much to be computed unasked."""
    monkeypatch.setattr("components.explain.gallery_view.CHEAP_SECONDS", 0.0)


def groups(page):
    drawn = page.component("sheet")
    return drawn["groups"] if drawn else []


def tiles(page):
    return {tile["title"]: tile for group in groups(page) for tile in group["tiles"]}


def finished(page):
    shown = [tile for group in groups(page) for tile in group["tiles"]]
    return bool(shown) and all(tile["map"] and tile["done"] is None for tile in shown)


def cams_are_there(page):
    return tiles(page).get("Grad-CAM", {}).get("map")


def test_every_method_that_fits_stands_in_its_family(visit):
    page = visit("gallery", model=CLASSIFIER).until(finished)
    shown = {group["title"]: [tile["title"] for tile in group["tiles"]] for group in groups(page)}
    fitting = [method for method in METHODS.values() if "relu" not in method.needs]
    for family, (title, _said) in families().items():
        assert shown[title] == [method.title for method in fitting if method.family == family]
    assert "Guided backpropagation" not in tiles(page) and "has no ReLU" in page.texts
    assert not page.at.exception and not page.at.error


def test_dear_methods_say_their_cost_and_wait_for_a_tick(visit, no_patience):
    page = visit("gallery", model=CLASSIFIER).until(cams_are_there)
    assert (
        tiles(page)["Sobol total indices"]["map"] is None
        and "2,112 runs" in tiles(page)["Sobol total indices"]["said"]
    )
    assert "Select it to start" in tiles(page)["Saliency"]["said"]
    page.widget("also").set_value(["saliency"]).run()
    page.until(lambda page: tiles(page)["Saliency"]["map"])
    assert tiles(page)["Sobol total indices"]["map"] is None


def test_the_best_classes_make_a_matrix(visit):
    page = visit("gallery", model=CLASSIFIER, view="many", **{"lime-samples": "100", "lime-seeds": "2"})
    page.until(lambda page: finished(page) and all(len(group["tiles"]) == 3 for group in groups(page)))
    assert [group["title"] for group in groups(page)][:2] == ["Saliency", "Gradient times input"]
    for group in groups(page):
        assert {tile["title"].split(",")[0] for tile in group["tiles"]} == {"bright", "middle", "dark"}
    signed = next(group for group in groups(page) if group["title"] == "Gradient times input")
    assert len({tile["map"]["values"]["high"] for tile in signed["tiles"]}) > 1


def test_the_largest_zones_make_a_matrix(visit, no_patience):
    page = visit("gallery", model="streets-segformer", view="many", also="saliency").until(finished)
    assert [group["title"] for group in groups(page)] == ["Saliency"], "what nobody asked for has no row"
    assert 2 <= len(groups(page)[0]["tiles"]) <= 5


def test_without_a_zone_it_says_what_to_do(visit):
    page = visit("gallery", model="streets-segformer")
    page.until(lambda page: page.has("empty"))
    assert not groups(page)
