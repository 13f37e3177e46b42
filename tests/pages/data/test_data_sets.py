"""Pages of data sets inside the frame, with a real cluster and toy models that tell bright from dark."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from components.pieces.scatter import selection_text
from components.report.downloads import html_of, pdf_of, pptx_of, zip_of
from components.session.offers import data_sets
from settings import override
from tests.pages.visits import Visit, picture_bytes

SHADES = {"bright": 250, "dark": 5}
pytestmark = pytest.mark.usefixtures("all_models_are_here")


def put(path, value, number):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((32, 32, 3), value, np.uint8)
    pixels[-1, -1] = number  # outside of what the toy looks at
    Image.fromarray(pixels).save(path)


def pattern(path, seed):
    """An image of four by four squares whose brightness is drawn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    squares = np.random.default_rng(seed).integers(0, 256, (4, 4, 1), dtype=np.uint8)
    Image.fromarray(squares.repeat(8, 0).repeat(8, 1).repeat(3, 2)).save(path)


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Data sets: bright and dark images, one called wrongly; one without classes, one of masks."""
    root = tmp_path_factory.mktemp("data")
    for name, value in SHADES.items():
        for number in range(3):
            put(root / "shades" / name / f"{number}.png", value, number)
    put(root / "shades" / "dark" / "not-dark.png", 250, 9)
    (root / "shades" / "dark" / "torn.png").write_bytes(b"no image")
    for name, kind in (("train", 0), ("train", 1), ("train", 2), ("train", 3), ("test", 4)):
        pattern(root / "copies" / name / f"{kind}.png", kind)
    pattern(root / "copies" / "test" / "copy.png", 0), pattern(root / "copies" / "train" / "same.png", 0)
    rows = ["path,label,weather"]
    for number in range(24):  # dark ones in rain are called wrongly: their corner is bright
        put(root / "weather" / f"{number}.png", 250 if number % 2 or number >= 12 else 5, number)
        rows.append(f"{number}.png,{'bright' if number % 2 else 'dark'},{'sun' if number < 12 else 'rain'}")
    (root / "weather" / "manifest.csv").write_text("\n".join(rows))
    put(root / "plain" / "one.png", 250, 0), put(root / "plain" / "two.png", 5, 0)
    put(root / "zones" / "images" / "a.png", 128, 0)
    (root / "zones" / "labels").mkdir()
    Image.fromarray(np.ones((32, 32), np.uint8)).save(root / "zones" / "labels" / "a.png")
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def open_page(page, **link) -> Visit:
    return Visit(page, **{"model": "dogs-vgg", "data": "shades", **link})


def measured(page):
    jobs = page.jobs("measure")
    return bool(jobs) and all(job.finished for job in jobs) and not page.at.get("progress")


def keys(page, start):
    return [found.key for found in page.at.button if found.key and found.key.startswith(start)]


def test_figures_of_a_model_and_its_confusions(offered):
    page = open_page("data-set").until(measured)
    assert not page.at.exception and not page.at.error
    figures = {figure.label: figure.value for figure in page.at.metric}
    assert figures["Accuracy"] == "0.857" and figures["Images"] == "7"
    pairs = page.widget("pairs").value
    assert pairs.iloc[0].tolist()[:3] == ["dark", "bright", 1]
    refused = page.at.dataframe[-1].value
    assert refused.iloc[0, 0] == "dark/torn.png" and "cannot be read as an image" in refused.iloc[0, 1]
    assert "Expected calibration error" in page.texts


def test_slices_are_compared_with_the_rest_and_lead_to_their_images(offered):
    page = open_page("data-set", data="weather").until(measured)
    worst, best = page.widget("slices-0").value.values.tolist()
    assert worst[:3] == ["rain", 12, 0.5] and best[:3] == ["sun", 12, 1.0]
    assert worst[5] == "-0.500 ●" and best[5] == "+0.500" and not page.at.exception
    page.at.session_state["slices-0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.at.run()
    assert "rain**: 12" in page.part("slice-selected")
    page.at.switch_page("pages/data/errors.py").run()
    page.widget("data").set_value("weather").run()
    page.until(measured)
    assert "rain**, 12 images" in page.part("selection")


def test_brightness_is_measured_and_small_sets_are_not_compared(offered):
    page = open_page("data-set", data="weather", slices="brightness")
    page.until(lambda page: measured(page) and page.has("slices-2"))
    assert page.widget("slices-2").value.iloc[:, 1].sum() == 24
    page = open_page("data-set", slices="class").until(measured)
    assert "nothing to compare" in page.texts and not page.at.exception


def test_a_pair_is_selected_and_leads_to_its_images(offered):
    page = open_page("data-set").until(measured)
    page.at.session_state["pairs"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.at.run()
    assert "dark, predicted as bright" in page.texts
    page.at.switch_page("pages/data/errors.py").run()
    page.widget("data").set_value("shades").run()  # a browser keeps what is in the address
    page.until(measured)
    assert "Selection: **dark, predicted as bright**, 1 image" in page.texts
    assert page.texts.count("True class:") == 1
    page.widget("selection-drop").click().run()
    assert "Selection:" not in page.texts


def test_errors_are_sorted_and_filtered(offered):
    page = open_page("errors").until(measured)
    assert "Images 1 to 1 of 1" in page.texts and "True class: **dark**" in page.texts
    page.widget("shown").set_value("all").run()
    assert "Images 1 to 7 of 7" in page.texts
    page = open_page("errors", pair="0-2").until(measured)
    assert "Images 1 to 1 of 1" in page.texts and not page.at.exception


def test_maps_of_the_predicted_and_the_true_class(offered):
    page = open_page("errors", maps="true").until(measured)
    page.until(lambda page: "bright, predicted" in page.texts)
    assert "dark, true" in page.texts and not page.at.error


def test_two_models_side_by_side(offered):
    page = open_page("data-set", rival="dogs-inception").until(measured)
    assert "minus" in page.texts and "McNemar" in page.texts
    assert not page.at.exception


def test_a_set_without_classes_and_one_that_does_not_fit(offered):
    page = open_page("data-set", data="plain").until(measured)
    assert "has no classes" in page.texts
    page = open_page("errors", data="plain").until(measured)
    assert "Images 1 to 2 of 2" in page.texts and not page.at.exception
    page = open_page("data-set", data="zones")
    assert "zones has no labels for" in page.texts and keys(page, "use-") and not page.at.error


def test_an_image_is_opened_by_its_link(offered):
    page = Visit("compare", model="dogs-vgg", item="shades/dark/not-dark.png")
    page.until(lambda page: page.component("sheet"))
    assert "not-dark.png" in page.texts and not page.at.error
    page = Visit("compare", model="dogs-vgg", item="shades/../secret.png")
    assert any("has no image" in found.value for found in page.at.error)


def test_many_images_wait_for_a_click(offered, monkeypatch):
    monkeypatch.setattr("components.data.measured.AT_ONCE", 5)
    page = open_page("data-set", model="dogs-lite")
    assert page.has("measure-start") and not page.jobs("measure")
    page.widget("measure-start").click().run()
    page.until(measured)
    assert not page.has("measure-start") and page.at.metric


def test_images_are_laid_out_and_what_is_selected_leads_on(offered):
    page = open_page("embedding").until(lambda page: page.component("points"))
    shown = page.component("points")
    assert shown["count"] == 7 and shown["dimensions"] == 2 and not page.at.exception
    assert [len(page.widget(key).options) for key in ("layout", "layer")] == [3, 3]
    page.send("points", selection={"key": shown["key"], "mask": selection_text(np.array([0, 6]), 7)})
    assert "**2** images selected" in page.texts
    page.send("points", pick={"key": shown["key"], "index": 0})
    assert "Nearest to bright/0.png" in page.texts
    page = open_page("embedding", dimensions="3", colour="confidence").until(
        lambda page: page.component("points")
    )
    assert page.component("points")["dimensions"] == 3


def checked(page):
    return any(page.jobs("check")) and all(job.finished for job in page.jobs("check"))


def test_copies_across_parts_are_listed_with_their_images(offered):
    page = open_page("quality", data="copies").until(lambda page: checked(page) and page.has("copies-table"))
    pairs = page.widget("copies-table").value.values.tolist()
    assert len(pairs) == 2 and not page.at.exception, "an image of the test part has two copies"
    for pair in pairs:
        assert "copy.png" in "".join(pair[:2]) and set(pair[2].split(" / ")) == {"train", "test"}
        assert pair[-1] == 0
    assert "**2** pairs of images look alike" in page.texts
    page.widget("select-checked").click().run()
    page.at.switch_page("pages/data/errors.py").run()
    page.widget("data").set_value("copies").run()
    assert "Images that look alike**, 3 images" in page.until(measured).texts
    page = open_page("quality", data="copies", anywhere="true").until(checked)
    assert len(page.until(lambda page: page.has("copies-table")).widget("copies-table").value) == 3


def test_labels_are_doubted_only_once_somebody_says_that_the_model_has_not_seen_them(offered):
    page = open_page("quality", data="weather", check="labels").until(measured)
    assert not page.jobs("check") and "A model that has learnt these images" in page.texts
    (box,) = page.at.checkbox
    box.check().run()
    page.until(lambda page: checked(page) and page.has("select-checked"))
    rows = page.at.dataframe[-1].value
    assert rows.iloc[:, 1].unique().tolist() == ["dark"] and rows.iloc[:, 2].unique().tolist() == ["bright"]
    assert "**6** of 24 labels are in doubt" in page.texts and page.texts.count("bright") >= 6
    page = open_page("quality", data="plain", check="labels").until(measured)
    assert "no labels to check" in page.texts and not page.at.exception


def test_images_unlike_the_rest_and_too_few(offered):
    page = open_page("quality", data="weather", check="unlike")
    page.until(lambda page: checked(page) and "Distance" in page.texts)
    assert not page.at.exception and not page.at.error
    page = open_page("quality", check="unlike").until(checked)
    assert any("At least 20 images are needed" in found.value for found in page.at.error)


def test_a_layout_is_for_classifiers(offered):
    page = open_page("embedding", model="streets-segformer", data="zones").until(measured)
    assert "The layout is for models" in page.texts


def test_groups_are_a_colour_with_their_null_and_few_images_are_said(offered):
    page = open_page("embedding", colour="groups")
    page.until(lambda page: any("at least 16 different images" in found.value for found in page.at.error))
    assert not page.at.exception


def test_an_image_of_ones_own_is_placed_among_the_points(offered):
    page = open_page("embedding", source="upload").until(lambda page: page.at.file_uploader)
    page.at.file_uploader[0].set_value([("mine.png", picture_bytes(), "image/png")]).run()
    page.until(lambda page: page.has("own-point") and page.component("points"))
    page.widget("own-point").set_value("mine.png").run()
    page.until(lambda page: "placed exactly" in page.texts)
    shown = page.component("points")
    assert shown["count"] == 8 and shown["colouring"]["labels"][0] == "your image"
    assert "Nearest to mine.png" in page.texts and not page.at.exception and not page.at.error
    page.send("points", selection={"key": shown["key"], "mask": selection_text(np.array([0, 7]), 8)})
    assert "**1** images selected" in page.texts, "its own image is none of the set"


def test_tables_go_into_the_report_in_every_format(offered):
    page = open_page("data-set", data="weather").until(measured)
    page.widget("table-add-slices").click().run()
    page.widget("table-add-confusion").click().run()
    assert page.has("table-out-slices") and not page.at.exception
    slices, confusion = page.at.session_state["_report_tables"]
    assert slices.title == "Slices by weather" and slices.rows[0][:3] == ("rain", "12", "0.500")
    assert "weather, 24 images" in slices.about and confusion.columns == ("True class", "→ dark", "→ bright")
    page.at.switch_page("pages/share/report.py").run()
    page.at.text_area(f"report-remark-{slices.key}").set_value("Rain is hard.").run()
    assert not page.at.exception and not page.at.error
    said, listed = {f"report-remark-{slices.key}": "Rain is hard."}, page.at.session_state["_report_tables"]
    html = html_of([], said, "en", listed).decode()
    assert "Rain is hard." in html and '<th scope="col">Slice</th>' in html and "<td>rain</td>" in html
    assert pdf_of([], said, "fr", listed).startswith(b"%PDF-")
    deck = Presentation(io.BytesIO(pptx_of([], said, "en", listed)))
    assert any("rain | 12 | 0.500" in shape.text for slide in deck.slides for shape in slide.shapes)
    with zipfile.ZipFile(io.BytesIO(zip_of([], said, "en", listed))) as archive:
        assert any(b"Slices by weather" in archive.read(name) for name in archive.namelist())
    page.widget(f"report-remove-{slices.key}").click().run()
    assert [one.title for one in page.at.session_state["_report_tables"]] == ["Confusion matrix"]
