"""Shipped feature visualizations: what is written is read, and only for the weights it was drawn with."""

import json
from dataclasses import replace

import numpy as np
import pytest

from compute.shipped import drawing_files, shelf
from compute.shipped.drawing_files import folder_of, read_drawings, write_layer, write_model
from compute.shipped.drawings import LayerDrawings, first_channels, key_layers
from compute.shipped.shelf import shipped_drawings, shipped_layer, shipped_work
from compute.work.filter_sheet import Drawing
from compute.work.filters import FilterOrder, FilterSpec
from compute.work.predict import Making
from compute.worker.sources import model_source
from engine.filters import OUTPUT, FilterParams
from engine.images.picture import Picture
from engine.visualise.patches import Peaks
from tests.compute.conftest import predict_here, toy_spec
from tests.filter_toys import FIELD
from tests.toys import TAPS

PARAMS = FilterParams(size=64, steps=16)
MADE = Making("2026-11-29", "x86_64, 2 cores")
NEAR_PIXELS = 3.0
"""Mean over smooth pixels: WebP loses something."""


def forget():
    for cached in (shelf._drawn_models, shelf._read_model, shelf._read_layer):
        cached.cache_clear()


def drawing(channel: int, looks: int) -> Drawing:
    """A smooth ramp of its own, looked at so many times."""
    ramp = np.linspace(20, 200, 64)
    pixels = np.repeat((ramp[:, None] + np.roll(ramp, 8 * channel)[None]) / 2, 3).reshape(64, 64, 3)
    steps = np.linspace(0, 16, looks).astype(np.int32)
    return Drawing(pixels.astype(np.uint8), steps, np.linspace(0.1, channel + 1, looks, dtype=np.float32))


@pytest.fixture
def order(tmp_path, monkeypatch):
    """An order for both channels of a toy's layer, whose images lie in a folder of their own."""
    monkeypatch.setattr(drawing_files, "FOLDER", tmp_path)
    monkeypatch.setattr(shelf, "DRAWINGS", tmp_path)
    forget()
    ref, grey = toy_spec("toy").ref, Picture(np.full((48, 64, 3), 90, np.uint8), "grey")
    model = replace(predict_here("toy", grey), facts=model_source().facts(ref), target_layers=TAPS)
    asked = FilterOrder(FilterSpec(ref, "seen", (0, 1), PARAMS), model)
    peaks = Peaks(np.float32([2, 5]), np.int32([[0, 1], [3, 2]]), (4, 6), FIELD)
    layer = LayerDrawings({0: drawing(0, 4), 1: drawing(1, 9)}, {"a" * 64: peaks}, MADE)
    write_model(ref, model, PARAMS, {"seen": write_layer(ref, "seen", layer)})
    yield asked
    forget()


def test_what_is_written_is_read(order):
    read = read_drawings(order.spec.ref)
    assert read.layers == ("seen",) and read.layer("whole") is None and read.params == PARAMS
    outline = read.outline
    for name in ("facts", "input_hw", "seconds_per_run", "target_layers"):
        assert getattr(outline, name) == getattr(order.model, name), name
    layer = read.layer("seen")
    for channel, looks in ((0, 4), (1, 9)):
        found, drawn = layer.drawings[channel], drawing(channel, looks)
        assert np.abs(found.pixels.astype(int) - drawn.pixels).mean() < NEAR_PIXELS
        np.testing.assert_array_equal(found.steps, drawn.steps)
        np.testing.assert_array_equal(found.curve, drawn.curve)
    (peaks,) = layer.peaks.values()
    assert peaks.box(1) == Peaks(np.float32([2, 5]), np.int32([[0, 1], [3, 2]]), (4, 6), FIELD).box(1)
    assert layer.made == MADE and peaks.values.tolist() == [2, 5]


def test_it_answers_the_order_and_a_part_of_it_without_a_worker(order):
    mine, sheet = shipped_work(order)
    assert sheet.complete and list(mine.view(sheet).drawings()) == [0, 1]
    one = replace(order, spec=replace(order.spec, channels=(1,)))
    assert list(one.view(shipped_work(one)[1]).drawings()) == [1]
    assert shipped_layer(order) is shipped_layer(one)


def test_an_outline_is_all_that_an_order_needs_of_a_model(order):
    outlined = replace(order, model=shipped_drawings(order.spec.ref).outline)
    assert outlined.key == order.key and outlined.price == order.price and shipped_work(outlined)[1].complete


def test_it_answers_no_other_parameters_layers_or_weights(order):
    spec = order.spec
    others = (
        replace(spec, params=replace(PARAMS, seed=1)),
        replace(spec, params=replace(PARAMS, steps=32)),
        replace(spec, layer="whole", channels=(0,)),
    )
    assert [shipped_work(replace(order, spec=other)) for other in others] == [None] * len(others)
    facts = replace(order.model.facts, fingerprint="other")
    assert shipped_work(replace(order, model=replace(order.model, facts=facts))) is None


@pytest.mark.parametrize("name", ["fingerprint", "format"])
def test_files_of_other_weights_or_formats_are_no_answer(order, name):
    path = folder_of(order.spec.ref) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: "other"}))
    forget()
    assert shipped_drawings(order.spec.ref) is None and shipped_work(order) is None


def test_key_layers_are_those_worth_looking_at_and_the_classes(order):
    usual = [layer.name for layer in TAPS if layer.usual or layer.best]
    assert key_layers(order.model) == (*usual, OUTPUT)
    assert first_channels(order.model, "seen") == (0, 1)
