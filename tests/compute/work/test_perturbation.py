"""Perturbation orders: keys, chunks, and what extends what."""

from dataclasses import replace
from operator import attrgetter

import numpy as np
import pytest

from compute.work.contract import Cut
from compute.work.kinds import map_kind
from compute.work.perturbation import PerturbationOrder
from compute.work.score_sheet import EARLY_RUNS, ChunkScores, ScoreSheet, chunk_runs
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.params import describe_params, from_texts
from engine.perturbation.methods.params import SobolParams


def test_equal_orders_have_equal_keys(asked):
    order = asked
    named = Picture(asked.picture.pixels, "another name")
    assert PerturbationOrder(asked.spec, asked.prediction, named).key == order.key
    assert (
        PerturbationOrder(asked.spec, replace(asked.prediction, seconds_per_run=9.0), asked.picture).key
        == order.key
    )
    written = from_texts(
        SobolParams, {name: str(value) for name, value in asked.spec.params.as_dict().items()}
    )
    assert replace(asked, spec=replace(asked.spec, params=written)).key == order.key
    read_otherwise = replace(asked.spec, params=replace(asked.spec.params, estimator="glen"))
    assert replace(asked, spec=read_otherwise).key == order.key


def test_other_runs_have_other_keys(asked):
    order = asked
    facts = replace(asked.prediction.facts, fingerprint="other")
    others = [
        PerturbationOrder(asked.spec, replace(asked.prediction, facts=facts), asked.picture),
        PerturbationOrder(
            asked.spec, replace(asked.prediction, versions={"scikit-image": "0.1"}), asked.picture
        ),
        *(
            PerturbationOrder(
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


def in_chunks_of_64(asked, **changes):
    """A sheet whose chunks have 64 runs."""
    spec = replace(asked.spec, params=replace(asked.spec.params, **changes))
    return ScoreSheet(replace(asked, spec=spec, prediction=replace(asked.prediction, seconds_per_run=1 / 65)))


def test_chunks_cover_what_is_missing(asked):
    sheet = in_chunks_of_64(asked)
    assert sheet.missing() == [(0, 64), (64, 128), (128, 144)]
    for start, stop in ((0, 8), (60, 64), (64, 128)):
        sheet.add((start, stop), ChunkScores(np.zeros((stop - start, 1), np.float32), 0.1))
    assert sheet.missing() == [(8, 60), (128, 144)] and sheet.progress("running").done_runs == 76
    assert sheet.missing([(8, 16), (128, 144)]) == [(16, 60)]


def test_the_first_chunks_are_small_so_that_a_first_map_comes_soon(asked):
    sheet = in_chunks_of_64(asked, designs=32)
    spans = sheet.missing([(16, 48)], Cut.EARLY)
    assert [stop - start for start, stop in spans] == [16] * 14 + [64] * 5
    assert spans[:3] == [(0, 16), (48, 64), (64, 80)] and spans[-1][1] == EARLY_RUNS + 5 * 64
    assert {stop - start for start, stop in sheet.missing(cut=Cut.SHORT)} == {16}


def test_chunks_take_turns_that_double_wherever_a_pass_begins(asked):
    sheet = in_chunks_of_64(asked, designs=64)
    turns = [sheet.turn((start, start + 64)) for start in range(0, 17 * 64, 64)]
    assert turns == [0] * 4 + [1] * 4 + [2] * 8 + [3]


def test_runs_that_only_differ_in_their_number_are_a_series(asked):
    order = asked
    finer, other = (
        replace(asked.spec, params=replace(asked.spec.params, **change))
        for change in ({"designs": 16}, {"replicates": 8})
    )
    assert replace(asked, spec=finer).series == order.series != replace(asked, spec=other).series


@pytest.mark.parametrize(
    "method",
    [method for method in METHODS.values() if map_kind(method) is PerturbationOrder],
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
