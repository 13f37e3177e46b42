"""Keys and chunk sizes."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import numpy as np
import pytest

from compute.results.score_sheet import EARLY_RUNS, ScoreSheet
from compute.work.specs import ChunkScores, PassOrder, chunk_runs
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.params import describe_params, from_texts
from engine.perturbation.methods.params import SobolParams


def test_equal_orders_have_equal_keys(asked):
    order = PassOrder(*asked)
    named = Picture(asked.picture.pixels, "another name")
    assert PassOrder(asked.spec, asked.prediction, named).key == order.key
    assert (
        PassOrder(asked.spec, replace(asked.prediction, seconds_per_run=9.0), asked.picture).key == order.key
    )
    written = from_texts(
        SobolParams, {name: str(value) for name, value in asked.spec.params.as_dict().items()}
    )
    assert PassOrder(replace(asked.spec, params=written), asked.prediction, asked.picture).key == order.key
    read_otherwise = replace(asked.spec, params=replace(asked.spec.params, estimator="glen"))
    assert PassOrder(read_otherwise, asked.prediction, asked.picture).key == order.key


def test_other_runs_have_other_keys(asked):
    order = PassOrder(*asked)
    facts = replace(asked.prediction.facts, fingerprint="other")
    others = [
        PassOrder(asked.spec, replace(asked.prediction, facts=facts), asked.picture),
        PassOrder(asked.spec, replace(asked.prediction, versions={"scikit-image": "0.1"}), asked.picture),
        *(
            PassOrder(
                replace(asked.spec, params=replace(asked.spec.params, **change)),
                asked.prediction,
                asked.picture,
            )
            for change in ({"seed": 1}, {"grid": 5}, {"fill": "blur"}, {"designs": 16}, {"space": "logit"})
        ),
    ]
    assert len({order.key, *(other.key for other in others)}) == len(others) + 1


@pytest.mark.parametrize(
    ("seconds", "runs"), [(1e-9, 256), (0.001, 256), (0.01, 64), (0.03, 32), (0.5, 2), (0.51, 1), (7.0, 1)]
)
def test_chunks_take_about_a_second(seconds, runs):
    assert chunk_runs(seconds) == runs


def test_chunks_cover_what_is_missing(asked):
    sheet = ScoreSheet(PassOrder(*asked))
    assert sheet.missing(64) == [(0, 64), (64, 128), (128, 144)]
    for start, stop in ((0, 8), (60, 64), (64, 128)):
        sheet.add(ChunkScores(start, stop, np.zeros((stop - start, 1), np.float32), 0.1))
    assert sheet.missing(64) == [(8, 60), (128, 144)] and sheet.done_runs == 76
    assert sheet.missing(64, [(8, 16), (128, 144)]) == [(16, 60)]


def test_the_first_chunks_are_small_so_that_a_first_map_comes_soon(asked):
    finer = replace(asked.spec, params=replace(asked.spec.params, designs=32))
    spans = ScoreSheet(PassOrder(finer, asked.prediction, asked.picture)).missing(64, [(16, 48)], early=16)
    assert [stop - start for start, stop in spans] == [16] * 14 + [64] * 5
    assert spans[:3] == [(0, 16), (48, 64), (64, 80)] and spans[-1][1] == finer.runs == EARLY_RUNS + 5 * 64


def test_runs_that_only_differ_in_their_number_are_a_series(asked):
    order = PassOrder(*asked)
    finer, other = (
        replace(asked.spec, params=replace(asked.spec.params, **change))
        for change in ({"designs": 16}, {"replicates": 8})
    )
    assert PassOrder(finer, *asked[1:]).series == order.series != PassOrder(other, *asked[1:]).series


@pytest.mark.parametrize(
    "method",
    [method for method in METHODS.values() if method.run_by == "perturbation"],
    ids=attrgetter("key"),
)
def test_more_of_what_extends_a_pass_comes_after_its_runs(method, rng):
    image = rng.integers(0, 256, (64, 96, 3)).astype(np.float32)
    for info in describe_params(method.params):
        if info.extends:
            few, more = method.params(**{info.name: info.low}), method.params(**{info.name: 2 * info.low})
            short, long = (method.plan(params, image) for params in (few, more))
            assert short.runs < long.runs
            np.testing.assert_array_equal(short.masks(0, short.runs), long.masks(0, long.runs)[: short.runs])
