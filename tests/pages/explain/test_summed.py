"""Methods that add up runs on the page of methods side by side, with a real cluster and toy models."""

import pytest

from tests.pages.explain.test_compare import finished
from tests.pages.visits import tiles

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER = "vgg16-imagenet"


def test_sums_stand_beside_layers(visit):
    methods = ["Integrated gradients", "Score-CAM", "Grad-CAM"]
    page = visit("compare", model=CLASSIFIER, methods=methods, **{"path-steps": "8"}).until(finished)
    by_title = {tile["title"]: tile for tile in tiles(page)}
    assert set(by_title) == set(methods)
    sums, cam = by_title["Integrated gradients"], by_title["Score-CAM"]
    assert (sums["map"]["rows"], cam["map"]["rows"]) == (64, 4)
    assert "completeness gap" in sums["note"] and "layer late" in cam["note"]
    assert not page.at.exception and not page.at.error
    assert len(page.jobs("summed")) == 2
    page.widget("class").set_value(2).run()
    page.until(finished)
    assert len(page.jobs("summed")) == 2


def test_a_method_that_does_not_fit_the_network_is_not_offered(visit):
    page = visit("compare", model=CLASSIFIER, methods="Saliency").until(finished)
    offered = page.widget("methods").options
    assert "SmoothGrad" in offered and "Guided backpropagation" not in offered


def test_a_long_pass_says_its_cost_and_is_started_by_a_person(visit, monkeypatch):
    monkeypatch.setattr("components.jobs.orders.PATIENCE_SECONDS", -1)
    page = visit("compare", model=CLASSIFIER, methods="SmoothGrad", **{"noise-samples": "8"})
    page.until(lambda page: tiles(page) and "8 model evaluations" in tiles(page)[0]["said"])
    assert tiles(page)[0]["map"] is None and "Start it below." in tiles(page)[0]["said"]
    page.widget("start-0").click().run()
    page.until(finished)
    assert not page.at.exception and not page.at.error


def done_runs(page):
    (job,) = page.jobs("summed")
    return job.progress().done_runs


def test_a_stopped_pass_keeps_its_map_and_goes_on(visit):
    page = visit("compare", model="inceptionv3-imagenet", methods="SmoothGrad", **{"noise-samples": "256"})
    page.until(lambda page: tiles(page) and tiles(page)[0]["map"] and tiles(page)[0]["done"])
    page.widget("stop").click().run()
    there = done_runs(page)
    (tile,) = tiles(page)
    assert (
        0 < there < 256
        and tile["map"]
        and tile["done"] is None
        and f"{there} of 256 model evaluations" in tile["said"]
    )
    page.widget("again").click().run()
    page.until(lambda page: done_runs(page) > there)
    assert not any(button.key == "again" for button in page.at.button)
    if done_runs(page) < 256:
        page.widget("stop").click().run()
    assert not page.at.exception and not page.at.error
