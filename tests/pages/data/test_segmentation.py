"""The page of segmentation errors inside the frame, with a real cluster and toys that see three shades."""

import numpy as np
import pytest
from PIL import Image

from components.session.offers import data_sets
from settings import override
from tests.pages.visits import Visit

DARK, MIDDLE, BRIGHT = 0, 1, 2
GREY = {DARK: 38, MIDDLE: 128, BRIGHT: 217}
MODEL = "streets-segformer"
pytestmark = pytest.mark.usefixtures("all_models_are_here")


def put(folder, name, seen, truth):
    for kind, values in (("images", seen), ("labels", truth)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(values, np.uint8)).save(folder / kind / f"{name}.png")


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """One image that is right everywhere, and one with a bright square that its mask calls dark."""
    root = tmp_path_factory.mktemp("data")
    classes = np.full((64, 96), MIDDLE)
    classes[:, 48:] = DARK
    grey = np.vectorize(GREY.get)(classes)
    put(root / "shades3", "right", np.repeat(grey[..., None], 3, 2), classes)
    wrong = grey.copy()
    wrong[16:48, 60:92] = GREY[BRIGHT]
    put(root / "shades3", "wrong", np.repeat(wrong[..., None], 3, 2), classes)
    rows = ["path,mask,weather"]
    for number in range(24):
        seen = np.repeat((grey if number < 12 else wrong)[..., None], 3, 2)
        put(root / "weather3", f"{number}", seen, classes)
        weather = "sun" if number < 12 else "rain"
        rows.append(f"images/{number}.png,labels/{number}.png,{weather}")
    (root / "weather3" / "manifest.csv").write_text("\n".join(rows))
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def open_page(page="segmentation", **link) -> Visit:
    return Visit(page, **{"model": MODEL, "data": "shades3", **link})


def drawn(page):
    return page.component("swipe")


def maps(page):
    return page.component("drives0")


@pytest.fixture
def page(offered):
    """The page as it begins."""
    return open_page().until(drawn)


def test_the_worst_image_comes_first_with_its_wrong_region(page):
    scene = drawn(page)
    assert "wrong.png" in scene["texts"]["title"] and (scene["height"], scene["width"]) == (64, 96)
    assert page.widget("mask-image").options[0].startswith("images/wrong.png")
    region = scene["regions"][0]  # others are the soft edge of the square
    assert region["text"].startswith("1: dark, predicted as bright") and scene["chosen"] == 0
    runs = np.array(scene["runs"]).reshape(-1, 2)
    pixels = int(runs[runs[:, 0] == 1][:, 1].sum())
    assert abs(pixels - 32 * 32) < 250 and int(runs[:, 1].sum()) == 64 * 96
    assert [layer["key"] for layer in scene["layers"]] == ["mask-1", "mask-0", "errors"]
    assert [text.split(":")[0] for _colour, text in scene["layers"][-1]["legend"]] == ["Correct", "Wrong"]
    assert not page.at.exception and not page.at.error


def test_the_regions_go_into_the_report_and_out_of_it(page):
    next(one for one in page.at.button if (one.key or "").startswith("table-add-regions")).click().run()
    page.until(lambda page: "_report_tables" in page.at.session_state)
    (table,) = page.at.session_state["_report_tables"]
    assert table.title == "Wrong regions of images/wrong.png" and table.rows[0][-2:] == ("dark", "bright")


def test_a_clicked_region_is_marked_and_what_drives_it_is_shown(page):
    page.send("swipe", pick={"region": 1, "click": 1}).until(maps)
    assert drawn(page)["chosen"] == 1 and page.widget("region").value.endswith("-0-1")
    assert "mean logit of **bright** less that of **dark**" in page.texts
    page.until(lambda page: "Score on the original image" in page.texts)
    found = page.component("drives0")
    values = np.array(found["values"]).reshape(found["rows"], found["columns"])
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert 0.25 <= (row + 0.5) / found["rows"] <= 0.75 and (column + 0.5) / found["columns"] >= 60 / 96
    assert not page.at.exception and not page.at.error


def test_times_are_measured_on_a_click(page):
    assert not page.jobs("speed") and "model evaluations" in page.texts
    page.widget("speed-start").click().run()
    page.until(lambda page: page.has("speed-again"))
    (table,) = [found.value for found in page.at.dataframe if "Input" in found.value]
    assert table["Model"].tolist() == ["Streets, SegFormer"] and table["Input"].tolist() == ["64 × 96"]
    assert not page.at.exception


def test_the_overview_has_figures_along_boundaries(offered):
    page = open_page("data-set").until(lambda page: len(page.at.dataframe) == 2)
    figures = {figure.label for figure in page.at.metric}
    assert {"IoU, mean", "Boundary IoU 2 %, mean", "Band accuracy 2 %, mean"} <= figures
    table = page.at.dataframe[0].value
    assert table["Class"].tolist() == ["dark", "middle"] and (table["Boundary IoU 0.5 %"] < 1).all()
    assert not page.at.exception


def test_slices_of_a_segmenter_lead_to_its_worst_images(offered):
    page = open_page("data-set", data="weather3").until(lambda page: page.has("slices-0"))
    worst, best = page.widget("slices-0").value.values.tolist()
    assert (worst[0], worst[1], best[0], best[2]) == ("rain", 12, "sun", 1.0) and worst[5].endswith("●")
    page.at.session_state["slices-0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.at.run()
    page.at.switch_page("pages/data/segmentation.py").run()
    page.widget("data").set_value("weather3").run()
    page.until(drawn)
    assert "rain**, 12 images" in page.part("selection") and len(page.widget("mask-image").options) == 12


def test_errors_of_a_segmenter_lead_here(offered):
    page = open_page("errors").until(lambda page: "a page of their own" in page.texts)
    assert not page.at.exception and not page.at.error
