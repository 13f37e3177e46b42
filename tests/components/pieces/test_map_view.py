"""Words and drawing of a map."""

import io
import json
from dataclasses import replace

import numpy as np
from PIL import Image

from components.explain.downloads import caption, file_stem, manifest_bytes
from components.explain.explanation_view import confidence_text
from components.maps.figure import MARGIN, WIDTH, figure_png
from components.pieces.map_sheet import Tile, alternative
from components.pieces.map_view import MapDisplay, cell_texts, surely_high, ticks, top_cells
from engine.evaluation.agreement import agreement, rank
from engine.npz import npz_of
from engine.visualise.render import Scale, scale_of
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
    assert "strongest at 25 % of the height and 83 % of the width" in alternative(
        Tile("0-0", "Occlusion", occluded)
    )


def test_constant_map_has_no_strongest_cell_and_nothing_is_sure(explanation):
    flat = np.zeros((4, 4), np.float32)
    constant = replace(explanation, values=flat, lower=flat, upper=flat)
    assert top_cells(constant) == [] and surely_high(constant) is None


def test_sure_cells_lie_above_the_average_one_with_their_whole_band(explanation):
    assert np.flatnonzero(surely_high(explanation)).tolist() == [0, 6]
    assert surely_high(replace(explanation, lower=None, upper=None)) is None


def test_ticks_are_raw_values():
    assert ticks(Scale(0.0, 0.4, False)) == ["0.000", "0.200", "0.400"]
    assert ticks(Scale(-2.0, 2.0, True)) == ["-2.00", "0.00", "2.00"]


def test_confidence_in_words(explanation):
    assert "**0.82**, steady" in confidence_text(explanation)
    assert "still moving" in confidence_text(replace(explanation, stability=0.6))
    assert "not steady yet" in confidence_text(replace(explanation, stability=0.1))
    assert "cannot be told" in confidence_text(replace(explanation, stability=None))


def test_figure_shows_the_map_with_its_colour_bar(map_scene, explanation):
    with Image.open(
        io.BytesIO(
            figure_png(map_scene, MapDisplay(1.0, False, False), caption(explanation, "Border of sky 1"))
        )
    ) as image:
        pixels = np.asarray(image)
    assert pixels.shape[1] == WIDTH + 2 * MARGIN and pixels.shape[0] > WIDTH * 64 / 96
    scale = scale_of(explanation.values, False)
    from engine.visualise.render import colourise

    strongest = colourise(np.array([[0.4]], np.float32), scale)[0, 0]
    assert (pixels == strongest).all(axis=-1).mean() > 0.03


def test_files_to_take_away(explanation):
    assert file_stem(explanation, "Border of <b>car 3/../x") == "vitrine-sobol-border-of-b-car-3-x"
    with np.load(io.BytesIO(npz_of(explanation.arrays())), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["values"], explanation.values)
    assert json.loads(manifest_bytes(explanation)) == explanation.manifest()
