"""Data of many maps as the browser is given them."""

import base64
import gc
from dataclasses import replace
from weakref import ref

import numpy as np
import pytest

from components.maps.part_chart import band_width
from components.maps.reading import figures_line
from components.pieces.map_sheet import (
    Group,
    SheetLayout,
    Tile,
    _Place,
    _sent,
    alternative,
    scale_facts,
)
from components.pieces.map_sheet.encode import PlainMap, encode, pack, part_texts, quantised
from engine.explanation import Parts
from engine.visualise.render import Scale


def unpack(sent):
    steps = np.frombuffer(base64.b64decode(sent["text"]), "<u2").astype(np.float64)
    return sent["low"] + steps / 65535 * (sent["high"] - sent["low"])


@pytest.mark.parametrize("values", [[[0.0, 1e-9, 3e-9]], [[-5.0, 0.0, 7.25]], [[2.0, 2.0, 2.0]]])
def test_values_survive_the_way_to_the_browser(values):
    values = np.array(values, np.float32)
    steps, ends = quantised(values)
    sent = {"text": base64.b64encode(steps), **ends}
    np.testing.assert_allclose(unpack(sent), values.ravel(), atol=np.ptp(values) / 131000 + 1e-30)


def test_a_grid_is_sent_as_it_is(explanation):
    sent = encode(explanation, "here")
    assert (sent["rows"], sent["columns"]) == (4, 4) and "runs" not in sent
    np.testing.assert_allclose(unpack(sent["values"]), explanation.values.ravel(), atol=1e-5)


def test_a_map_is_packed_once_and_forgotten_with_it():
    shown = PlainMap(np.eye(3, dtype=np.float32), False, "channel 3")
    assert pack(shown) is pack(shown) and pack(replace(shown)) is not pack(shown)
    packed = ref(pack(shown))
    del shown
    gc.collect()
    assert packed() is None


@pytest.fixture
def superpixels(explanation):
    """Three superpixels on 4 x 6 pixels; the weight of the last one changes its sign with the seed."""
    labels = np.repeat(np.arange(3, dtype=np.int32), 2)[None].repeat(4, axis=0)
    weights = np.array([0.3, -0.2, 0.01], np.float32)
    spread, flips = np.array([[0.01, 0.02, 0.2], [0, 0, 0.4]], np.float32)
    parts = Parts(labels, weights, spread, flips, sure=np.array([True, True, False]))
    return replace(
        explanation,
        values=weights[labels],
        lower=None,
        upper=None,
        signed=True,
        parts=parts,
        method="lime",
        params={"seeds": 3, "shown": 2, "sign": "both"},
        figures={"R2": 0.71, "superpixels": 3.0, "seeds": 3.0},
    )


def test_superpixels_are_sent_as_parts_with_words(superpixels):
    sent = encode(superpixels, "here")
    runs = np.frombuffer(base64.b64decode(sent["runs"]["text"]), "<u4").tolist()
    assert runs[:6] == [0, 2, 1, 2, 2, 2] and sent["weights"] == pytest.approx([0.3, -0.2, 0.01])
    assert sent["shown"] == [True, True, False]
    assert "0.300 ± 0.010" in part_texts(superpixels)[0] and "40 %" in part_texts(superpixels)[2]


def test_superpixels_that_do_not_survive_are_hatched_where_they_are_shown(superpixels):
    everything = replace(superpixels, params={**superpixels.params, "shown": 3})
    assert encode(everything, "here")["hatched"] == [False, False, True]
    assert encode(superpixels, "here")["hatched"] == [False, False, False]


def test_superpixels_of_the_chart_have_their_number_on_the_picture(superpixels):
    numbers = encode(superpixels, "here")["numbers"]
    assert [number for number, _row, _column in numbers] == [1, 2, 3]
    labels = superpixels.parts.labels
    at = [(int(row * labels.shape[0]), int(column * labels.shape[1])) for _number, row, column in numbers]
    assert [int(labels[place]) + 1 for place in at] == [1, 2, 3]


def test_one_seed_has_no_spread(superpixels):
    single = replace(superpixels, figures={"seeds": 1})
    assert part_texts(single) == ["0.300", "-0.200", "0.010"]


def test_exact_values_have_no_spread_and_say_so(superpixels):
    exact = replace(superpixels, figures={"superpixels": 3.0, "exact coalitions": 6.0}, stability=None)
    assert part_texts(exact) == ["0.300", "-0.200", "0.010"]
    assert figures_line(exact) == "3 superpixels · exact: all 6 coalitions evaluated"


def test_bars_have_the_band_of_the_map(superpixels):
    assert band_width(superpixels) is None
    half = np.array([0.1, 0.2, 0.3], np.float32)
    banded = replace(superpixels, upper=(superpixels.parts.weights + half)[superpixels.parts.labels])
    np.testing.assert_allclose(band_width(banded), half, rtol=1e-5)


def test_numbers_of_a_map_in_one_line(superpixels, explanation):
    assert figures_line(superpixels) == "R2 of the local model 0.71 · 3 superpixels · stability 0.82"
    cam = replace(
        explanation,
        params={"layer": "mixed7"},
        figures={"raw maximum": 0.0123, "removed by ReLU": 0.25},
        stability=None,
    )
    assert figures_line(cam) == "layer mixed7 · raw maximum 0.0123 · removed by ReLU 25 %"
    assert figures_line(cam, with_layer=False).startswith("raw maximum")


def test_a_map_in_words(explanation):
    text = alternative(Tile("0-0", "Sobol", explanation))
    assert "from 0.050 to 0.400" in text and "at 38 % of the height and 62 % of the width" in text
    assert alternative(Tile("0-0", "LIME", said="Waiting")) == "LIME. Waiting"


def test_a_map_without_a_method_is_sent_and_said_alike():
    plain = PlainMap(np.array([[0.0, -2.0], [1.0, 0.5]], np.float32), True, "channel 3")
    np.testing.assert_allclose(unpack(encode(plain, "here")["values"]), plain.values.ravel(), atol=1e-4)
    text = alternative(Tile("3", "Channel 3", plain))
    assert (
        text
        == "Channel 3: channel 3, from -2.00 to 1.00, maximum at 25 % of the height and 75 % of the width."
    )


def test_a_scale_has_ticks_in_raw_values():
    facts = scale_facts(Scale(-0.5, 0.5, True))
    assert facts["ticks"] == ["-0.500", "0.000", "0.500"] and facts["digits"] == 3
    assert scale_facts(Scale(0.0, 4e-5, False))["digits"] is None
    assert scale_facts(Scale(-0.5, 0.5, True, clipped=True))["ticks"] == ["≤ -0.500", "0.000", "≥ 0.500"]
    assert scale_facts(Scale(0.0, 0.5, False, clipped=True))["ticks"] == ["0.000", "0.250", "≥ 0.500"]


def test_a_map_that_is_hardly_seen_on_the_scale_of_others_has_no_line(explanation):
    for high, lined in ((None, True), (1.0, True), (2.0, False)):
        scale = None if high is None else Scale(0.0, high, False)
        tile = Tile("0", "Sobol", explanation, scale=scale)
        assert (_sent(tile, pack(explanation).scale, "here")["contour"] is not None) == lined


def test_a_sheet_says_which_inks_each_scale_has(explanation):
    place = _Place(SheetLayout(), "sheet", {}, [])
    left = Tile("1", "Left", replace(explanation, method="occlusion", params={"display": "score"}))
    unlike = Tile("2", "Signed", replace(explanation, signed=True))
    tiles = place.tiles(Group("", (Tile("0", "Sobol", explanation), left, unlike, Tile("3", "None"))), 0)
    assert [tile["scale"]["table"] for tile in tiles] == [0, 1, 2, 0] and len(place.tables) == 3
    rising, falling, _signed = place.tables
    assert rising[0].endswith("00") and rising[255].endswith("ff")
    assert falling[0].endswith("ff") and falling[255].endswith("00")
