"""The study of Grad-CAM++: what it says of layers whose weights are known, and the picture that it draws."""

import sys
from importlib import import_module

import numpy as np
import pytest
from PIL import Image

from benchmarks.cams import layers as seen_layers
from benchmarks.cams.layers import SeenLayer, main_targets
from benchmarks.cams.picture import BLOCKS, Block, draw
from benchmarks.cams.readings import former, now, paper
from benchmarks.cams.table import find, lines, rank_correlation


def layer(activation, gradient):
    """A layer of one row of two places and one channel."""
    activation, gradient = (
        np.array(values, np.float32).reshape(1, 2, 1) for values in (activation, gradient)
    )
    return SeenLayer("toy", "picture", "late", "cat", np.zeros((2, 4, 3), np.float32), activation, gradient)


TURNED = layer([4, 0], [1, -1])
"""Alphas 1/6 and -1/2, which sum to -1/3: a weight of 1/6 in the paper, -1/2 before."""


def test_weights_before_and_now():
    for weigh, weight in ((paper, 1 / 6), (now, 1 / 6), (former, -1 / 2)):
        np.testing.assert_allclose(weigh(TURNED.activation, TURNED.gradient), [weight], rtol=1e-6)


def test_only_the_paper_as_it_stands_is_negative_behind_a_pole():
    beyond = layer([-4, 0], [1, 0])
    assert paper(beyond.activation, beyond.gradient) == [-0.5] and now(
        beyond.activation, beyond.gradient
    ) == [0.5]


def test_a_map_that_was_turned_round_is_found():
    before, after = find(TURNED, former), find(TURNED, now)
    assert (before.negative, before.empty, before.agreement) == (True, True, pytest.approx(-1))
    assert (after.negative, after.empty, after.agreement) == (False, False, pytest.approx(1))
    assert after.moved < 1e-5


def test_the_table_keeps_layers_of_both_signs_apart():
    rows = lines([TURNED, layer([4, -1], [1, 0]), layer([-4, 1], [1, 0])])
    assert [row.split(" | ")[:6] for row in rows] == [
        ["| toy, from zero on", "1", "1", "0%", "6", "100.0% → 0.0%"],
        ["| toy, of both signs", "1", "2", "50%", "-1", "0.0% → 0.0%"],
    ]


def test_constant_maps_have_no_rank():
    some, none = np.arange(4.0), np.zeros(4)
    assert np.isnan(rank_correlation(some, none)) and rank_correlation(none, some) == 0
    assert rank_correlation(some, some**3) == 1


def test_targets_are_the_best_classes_or_the_largest_zones():
    classes = main_targets(np.array([0.2, 0.5, 0.3], np.float32), ("a", "b", "c"), 2)
    assert [target.label for target in classes] == ["b", "c"]
    answer = np.zeros((1, 5, 2), np.float32)
    answer[0, :3, 0] = answer[0, 3:, 1] = 1
    assert [target.label for target in main_targets(answer, ("a", "b"), 1)] == ["a"]


@pytest.mark.models
def test_the_picture_and_the_table_of_a_shipped_model(tmp_path, capsys, monkeypatch):
    if "dogs-vgg" not in seen_layers.SHIPPED:
        pytest.skip("the shipped weights are not there")
    block = Block("dogs-vgg", "cat", ("block5_conv3",), (20, 30))
    draw([block], tmp_path / "some" / "cams.png")
    with Image.open(tmp_path / "some" / "cams.png") as image:
        assert image.width == 4 * 38 + 8 and len(image.getcolors()) <= 256
    monkeypatch.setattr(sys, "argv", ["cams", "table", "--models", "dogs-vgg", "--pictures", "cat", "flower"])
    import_module("benchmarks.cams.__main__").main()
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("| dogs-vgg, from zero on | 13 | 52 | 0% | 2 | ") and "→ 0.0%" in said[-1]


def test_the_picture_of_the_documents_shows_layers_of_shipped_models():
    assert {block.model for block in BLOCKS} <= set(seen_layers.SHIPPED)
