"""What the browser gets to draw a layout, and what it may say of it."""

import io
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from components.pieces import scatter as module
from components.pieces.scatter import (
    ScatterScene,
    mask_from_text,
    picked_point,
    selected_points,
    selection_text,
)
from components.pieces.scatter.atlas import EACH, TILE_PX, atlas, with_one_more
from components.pieces.scatter.colouring import GROUPS, NONE, RIGHT_WRONG, by_group, by_right, by_value
from components.pieces.scatter.plotly_file import plotly_path, plotly_place
from components.pieces.zone_picker.hatches import APART, least_difference

SCENE = ScatterScene("key", np.zeros((10, 2), np.float32), tuple("abcdefghij"), "Ten points")


@pytest.mark.parametrize("count", (0, 1, 7, 8, 9, 50_000))
def test_a_selection_survives_the_way_as_bits(count):
    mask = np.random.default_rng(0).random(count) < 0.3
    text = selection_text(np.flatnonzero(mask), count)
    assert mask_from_text(text, count).tolist() == mask.tolist()
    assert len(text) <= count / 6 + 4


@pytest.mark.parametrize("text", (None, 5, "", "?", "AAAAAA", ["AA=="], "é", "A"))
def test_what_is_no_selection_selects_nothing(text):
    assert not mask_from_text(text, 10).any() and len(mask_from_text(text, 10)) == 10


def said(monkeypatch, **state):
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state={"points": state}))
    return selected_points("points", SCENE).tolist(), picked_point("points", SCENE)


def test_what_was_selected_and_picked_is_read(monkeypatch):
    mask = selection_text(np.array([1, 9]), 10)
    assert said(monkeypatch, selection={"key": "key", "mask": mask}, pick={"key": "key", "index": 3}) == (
        [1, 9],
        3,
    )
    assert said(monkeypatch) == ([], None)


def test_what_was_selected_in_another_scene_is_forgotten(monkeypatch):
    mask = selection_text(np.array([1]), 10)
    other = {"key": "other", "mask": mask}, {"key": "other", "index": 3}
    assert said(monkeypatch, selection=other[0], pick=other[1]) == ([], None)


@pytest.mark.parametrize("index", (-1, 10, 2.5, "3", None))
def test_a_point_that_there_is_not_is_none(monkeypatch, index):
    assert said(monkeypatch, pick={"key": "key", "index": index})[1] is None


def test_a_scene_has_a_name_for_each_point_and_two_or_three_axes():
    for points, names in ((np.zeros((3, 4)), 3), (np.zeros(3), 3), (np.zeros((3, 2)), 2)):
        with pytest.raises(ValueError, match="do not fit"):
            ScatterScene("k", points.astype(np.float32), ("x",) * names, "")


def test_names_are_one_a_line_whatever_is_in_them():
    scene = ScatterScene("k", np.ones((2, 2), np.float32), ("a\nb\r\u2028c", "d"), "")
    points, names = module._packed("k", scene)
    assert names.decode().split("\n") == ["a b c", "d"]
    assert np.frombuffer(points, "<f4").tolist() == [1] * 4


def test_more_groups_than_colours_are_grey_and_said():
    groups = [f"g{place}" for place in range(30) for _each in range(30 - place)]
    found = by_group("Label", groups)
    assert found.labels[:2] == ("g0", "g1") and found.labels[-1] == "others (12)"
    assert len(found.palette) == len(GROUPS) == 18 and len(found.labels) == 19
    assert (found.codes == NONE).sum() == sum(30 - place for place in range(18, 30))


def test_right_and_wrong_are_told_apart_by_all_eyes():
    found = by_right("Answer", np.array([True, False, True]))
    assert found.codes.tolist() == [0, 1, 0] and found.labels == ("right", "wrong")
    colours = tuple(tuple(bytes.fromhex(one[1:])) for one in RIGHT_WRONG)
    assert least_difference(colours)[0, 1] > 3 * APART


def test_a_scale_is_dark_to_bright_with_ends_and_without_what_is_no_number():
    found = by_value("Confidence", np.array([0.0, 0.5, 1.0, 2.0, -1.0, np.nan]), 0.0, 1.0)
    assert found.codes.tolist() == [0, 32, 63, 63, 0, NONE]
    assert found.ends == ("0.00", "1.00")
    light = [sum(bytes.fromhex(one[1:])) for one in found.palette[::8]]
    assert all(low < high for low, high in pairwise(light))


def test_a_scale_of_one_value_has_one_colour():
    assert set(by_value("x", np.full(4, 3.0), 3.0, 3.0).codes.tolist()) == {0}


def test_small_images_lie_in_the_order_of_the_points():
    shades = [
        None if place == 5 else np.full((30, 20 + place % 7, 3), place % 256, np.uint8)
        for place in range(300)
    ]
    found = atlas(iter(shades))
    assert len(found.sheets) == 2
    sheets = [np.asarray(Image.open(io.BytesIO(sheet)).convert("RGBA")) for sheet in found.sheets]
    for place in (0, 5, 17, 255, 256, 299):
        row, column = divmod(place % EACH, 16)
        tile = sheets[place // EACH][row * TILE_PX :, column * TILE_PX :][TILE_PX // 2, TILE_PX // 2]
        assert tile[3] == (0 if place == 5 else 255)
        assert place == 5 or abs(int(tile[0]) - place % 256) <= 3
    assert atlas([]).sheets == ()


def test_the_script_is_that_of_the_installed_plotly():
    assert plotly_path().stat().st_size > 1_000_000
    assert plotly_place() in ("static/vitrine/plotly-7.1.0.min.js",)
    assert b"window.Plotly" in plotly_path().read_bytes()[-2000:]


@pytest.mark.parametrize("count", (3, EACH))
def test_one_more_small_image_stands_after_the_others(count):
    red, blue = (np.full((9, 9, 3), ink, np.uint8) for ink in ((250, 0, 0), (0, 0, 250)))
    found = with_one_more(atlas([red] * count), count, blue)
    assert len(found.sheets) == 1 + (count == EACH)
    with Image.open(io.BytesIO(found.sheets[-1])) as sheet:
        place = count % EACH
        inks = [sheet.convert("RGB").getpixel((TILE_PX * at + 20, 20)) for at in range(place + 1)]
    assert inks[-1][2] > 200 > 60 > inks[-1][0] and all(ink[0] > 200 for ink in inks[:-1])
