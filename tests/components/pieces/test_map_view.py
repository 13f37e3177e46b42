"""Words and drawing of a map."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from components.explain.downloads import caption, file_stem, manifest_bytes
from components.explain.explanation_view import confidence_text
from components.maps.figure import MARGIN, WIDTH, figure_png, lines_said
from components.pieces.ink_facts import CONTOURED, ORDER_OPEN
from components.pieces.map_sheet import Tile, alternative
from components.pieces.map_sheet.encode import encode
from components.pieces.map_view import (
    FIRST_LOOK,
    NONE_SURE,
    OUTLINED,
    MapDisplay,
    MapScene,
    cell_texts,
    map_display,
    map_note,
    ticks,
    top_cells,
)
from engine.evaluation.agreement import agreement, rank
from engine.npz import npz_of
from engine.visualise.inks import FADED
from engine.visualise.render import Scale, colourise, scale_of
from engine.visualise.strength import upward


def test_cells_are_told_with_value_and_band(explanation):
    texts = cell_texts(explanation)
    assert texts[6] == {"name": "row 2, column 3", "text": "0.400, 95 % band 0.300 to 0.500"}
    bare = replace(explanation, lower=None, upper=None)
    assert cell_texts(bare)[6]["text"] == "0.400"


def test_top_cells_are_sorted_with_bars_that_hold_their_bands(explanation):
    top = top_cells(explanation)
    assert [item["cell"] for item in top[:2]] == [6, 0]
    assert top[0]["share"] == 0.8 and top[0]["band"] == [0.6, 1.0]
    assert all(0 <= item["band"][0] <= item["share"] <= item["band"][1] <= 1 for item in top)


def test_where_the_score_that_is_left_is_shown_the_lowest_is_the_strongest(explanation):
    left = np.array([[0.7, 0.7, 0.1], [0.7, 0.4, 0.7]], np.float32)
    occluded = replace(
        explanation, values=left, lower=None, upper=None, method="occlusion", params={"display": "score"}
    )
    assert [(item["cell"], item["number"]) for item in top_cells(occluded)[:2]] == [
        (2, "0.100"),
        (4, "0.400"),
    ]
    assert top_cells(replace(occluded, values=np.full_like(left, 0.7))) == []
    drop = replace(occluded, values=0.7 - left, params={"display": "drop"}, signed=True)
    assert [item["cell"] for item in top_cells(drop)[:2]] == [2, 4]
    assert agreement(rank(upward(occluded)), rank(upward(drop))).rank_correlation > 0.999
    assert "maximum at 25 % of the height and 83 % of the width" in alternative(
        Tile("0-0", "Occlusion", occluded)
    )


def test_constant_map_has_no_strongest_cell(explanation):
    flat = np.zeros((4, 4), np.float32)
    assert top_cells(replace(explanation, values=flat, lower=flat, upper=flat)) == []


def test_what_is_outlined_is_said_with_its_error_rate_and_a_band_alone_outlines_nothing(explanation):
    band = "The line on each bar is the 95 % band."
    assert map_note(explanation) == f"{band} {CONTOURED}"
    sure = explanation.values > 0.3
    assert map_note(replace(explanation, sure=sure)) == f"{band} {OUTLINED} {CONTOURED}"
    assert "in twenty maps" in OUTLINED and NONE_SURE in map_note(replace(explanation, sure=sure & False))
    assert map_note(replace(explanation, lower=None, upper=None)) == CONTOURED


@pytest.mark.slow
def test_sure_cells_are_outlined_in_the_figure_and_said_below_it(map_scene, explanation):
    def size_and_white(scene, display):
        with Image.open(io.BytesIO(figure_png(scene, display, caption(explanation, "Zone")))) as image:
            pixels = np.asarray(image)
        body = pixels[150 : 150 + 600, MARGIN : MARGIN + WIDTH]
        return pixels.shape[0], int((body == 255).all(axis=-1).sum())

    bare = MapScene(explanation, map_scene.picture)
    sure = replace(bare, explanation=replace(explanation, sure=explanation.values > 0.3))
    shown, hidden = (MapDisplay(1.0, False, True, outlined) for outlined in (True, False))
    (height, without), (higher, outlined) = size_and_white(bare, shown), size_and_white(sure, shown)
    assert higher > height and outlined > without + 1000
    assert size_and_white(sure, hidden) == (height, without)


@pytest.fixture
def unordered(explanation):
    """The same map with bands that all reach across each other."""
    return replace(explanation, lower=explanation.values * 0, upper=explanation.values * 0 + np.float32(0.9))


def test_where_bands_tell_no_order_nothing_is_ranked_and_everything_says_so(unordered, map_scene):
    assert top_cells(unordered) == [] and map_note(unordered) == ORDER_OPEN
    assert alternative(Tile("0-0", "Sobol", unordered)).endswith(ORDER_OPEN)
    scene = replace(map_scene, explanation=unordered)
    assert lines_said(scene, FIRST_LOOK) == (ORDER_OPEN,)
    assert lines_said(map_scene, FIRST_LOOK) == (CONTOURED,)
    assert lines_said(map_scene, MapDisplay(flat=True)) == ()
    assert encode(unordered, "here")["kept"] == FADED and encode(unordered, "here")["contour"] is None


def test_what_was_set_under_a_map_is_kept_and_what_was_not_is_as_it_was(monkeypatch):
    kept = {"old": {"view": {"opacity": 40, "smooth": False, "sure": False}}, "new": {"view": {"flat": True}}}
    monkeypatch.setattr("streamlit.session_state", kept)
    assert map_display("old") == MapDisplay(0.4, smooth=False, flat=False, sure=False)
    assert map_display("new") == MapDisplay(FIRST_LOOK.opacity, flat=True)
    assert map_display("none") == FIRST_LOOK == MapDisplay(0.85, smooth=True, flat=False, sure=True)


def test_ticks_are_raw_values():
    assert ticks(Scale(0.0, 0.4, False)) == ["0.000", "0.200", "0.400"]
    assert ticks(Scale(-2.0, 2.0, True)) == ["-2.00", "0.00", "2.00"]


def test_confidence_in_words(explanation):
    assert "**0.82**, converged" in confidence_text(explanation)
    assert "converging" in confidence_text(replace(explanation, stability=0.6))
    assert "not converged yet" in confidence_text(replace(explanation, stability=0.1))
    assert "not known yet" in confidence_text(replace(explanation, stability=None))
    occluded = replace(explanation, stability=None, method="occlusion")
    assert "does not measure convergence" in confidence_text(occluded)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("sobol", "Rank correlation between two halves of the model evaluations: 0.82."),
        ("rise", "Rank correlation between two halves of the model evaluations: 0.82."),
        ("lime", "Mean rank correlation over the pairs of seeds: 0.82."),
        ("kernelshap", "Mean rank correlation over the pairs of seeds: 0.82."),
    ],
)
def test_a_caption_says_what_the_stability_of_the_method_is(explanation, method, said):
    assert caption(replace(explanation, method=method), "Zone").lines[-1] == said


@pytest.mark.slow
def test_figure_shows_the_map_with_its_colour_bar(map_scene, explanation):
    with Image.open(
        io.BytesIO(
            figure_png(map_scene, MapDisplay(1.0, smooth=False), caption(explanation, "Boundary of sky 1"))
        )
    ) as image:
        pixels = np.asarray(image)
    assert pixels.shape[1] == WIDTH + 2 * MARGIN and pixels.shape[0] > WIDTH * 64 / 96
    scale = scale_of(explanation.values, False)
    strongest = colourise(np.array([[0.4]], np.float32), scale)[0, 0]
    assert (pixels == strongest).all(axis=-1).mean() > 0.03


def test_files_to_take_away(explanation):
    assert file_stem(explanation, "Border of <b>car 3/../x") == "vitrine-sobol-border-of-b-car-3-x"
    with np.load(io.BytesIO(npz_of(explanation.arrays())), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["values"], explanation.values)
    assert json.loads(manifest_bytes(explanation)) == explanation.manifest()
