"""The page of filters inside the frame, with a real cluster and toy models."""

import numpy as np
import pytest

from components.session.samples import load_sample, offered
from compute.shipped import drawing_files, shelf
from compute.shipped.drawing_files import write_layer, write_model
from compute.shipped.drawings import LayerDrawings
from compute.work.filter_sheet import Drawing
from compute.work.predict import Making
from engine.filters import FilterParams
from engine.visualise.patches import Peaks
from model_store.catalogue import ModelRef
from tests.filter_toys import FIELD
from tests.pages.toy_source import PagesSource
from tests.pages.visits import picture_bytes

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
    assert "**1**: no response" in drawn.texts
    linked = visit("filters", model=CLASSIFIER, filters="early", filter="1", **SMALL).until(finished)
    assert "**1**: no response" in linked.texts


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
    assert "2 visualizations of 64 x 64 pixels, 16 steps each" in page.texts
    page.widget("draw").click().run()
    page.until(finished)
    assert page.drawings


def test_a_layer_whose_patches_cannot_be_found_is_still_drawn(visit):
    page = visit("filters", model=CLASSIFIER, filters="late", **SMALL).until(finished)
    assert page.drawings.count("<figure") == 2 and "Beside each" not in page.drawings


def forget():
    for cached in (shelf._drawn_models, shelf._read_model, shelf._read_layer):
        cached.cache_clear()


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A sheet of a toy's best layer that came with Vitrine, with patches in all samples."""
    monkeypatch.setattr(drawing_files, "FOLDER", tmp_path)
    monkeypatch.setattr(shelf, "DRAWINGS", tmp_path)
    forget()
    ref, model = ModelRef(CLASSIFIER), PagesSource().get(ModelRef(CLASSIFIER))
    outline = drawing_files.ModelOutline(model.facts, (64, 64), 0.001, model.target_layers)
    pixels = np.full((64, 64, 3), 200, np.uint8)
    curve = np.int32([0, 128]), np.float32([0.5, 3.0])
    peaks = Peaks(np.float32([2, 5]), np.int32([[0, 1], [3, 2]]), (4, 4), FIELD)
    samples = {load_sample(key).sha256: peaks for key in offered()}
    drawings = {channel: Drawing(pixels, *curve) for channel in (0, 1)}
    layer = LayerDrawings(drawings, samples, Making("2026-11-29", "x86_64, 2 cores"))
    write_model(ref, outline, FilterParams(), {"late": write_layer(ref, "late", layer)})
    yield layer
    forget()


def test_what_came_with_vitrine_is_there_at_once_and_nothing_is_ordered(visit, shipped):
    page = visit("filters", model=CLASSIFIER)
    assert finished(page) and page.drawings.count("<figure") == 2
    page.until(lambda page: page.drawings.count("Beside each") == 2)
    assert "Comes with Vitrine: drawn on 2026-11-29 (x86_64, 2 cores)" in page.texts
    assert "**0**: 3.00, x 6" in page.texts and page.has("filters-png") and page.has("filters-npz")
    assert not page.jobs("filters") and not page.jobs("features")
    page.widget("filter").set_value(1).run()
    assert "**1**: 3.00, x 6" in page.texts and not page.at.exception


def test_what_is_changed_is_drawn_live(visit, shipped):
    page = visit("filters", model=CLASSIFIER, **SMALL).until(finished)
    assert page.jobs("filters") and "Comes with Vitrine" not in page.texts
    other = visit("filters", model=CLASSIFIER, filters="early", **SMALL).until(finished)
    assert "**0**: 1.10, x 11" in other.texts


def test_an_own_image_is_looked_through_beside_the_finished_sheet(visit, shipped):
    page = visit("filters", model=CLASSIFIER, source="upload")
    page.at.file_uploader[0].upload("bands.png", picture_bytes(), "image/png").run()
    assert finished(page) and "Comes with Vitrine" in page.texts
    page.until(lambda page: [job.finished for job in page.jobs("features")] == [True])
    page.at.run()
    assert "Looking for patches" not in page.texts and not page.jobs("filters")
