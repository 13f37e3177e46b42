"""Keys and chunk sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compute.specs import ChunkScores, PassOrder, chunk_runs
from engine.params import from_texts
from engine.perturbation.params import SobolParams
from engine.picture import Picture


def test_equal_orders_have_equal_keys(asked):
    order = PassOrder(*asked)
    named = Picture(asked.picture.pixels, "another name")
    assert PassOrder(asked.spec, asked.prediction, named).key == order.key
    assert PassOrder(asked.spec, replace(asked.prediction, seconds_per_run=9.0), asked.picture).key == order.key
    written = from_texts(SobolParams, {name: str(value) for name, value in asked.spec.params.as_dict().items()})
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
            PassOrder(replace(asked.spec, params=replace(asked.spec.params, **change)), asked.prediction, asked.picture)
            for change in ({"seed": 1}, {"grid": 5}, {"fill": "blur"}, {"designs": 16}, {"space": "logit"})
        ),
    ]
    assert len({order.key, *(other.key for other in others)}) == len(others) + 1


@pytest.mark.parametrize(("seconds", "runs"), [(1e-9, 256), (0.001, 256), (0.01, 64), (0.03, 32), (0.5, 2), (0.51, 1), (7.0, 1)])
def test_chunks_take_about_a_second(seconds, runs):
    assert chunk_runs(seconds) == runs


def test_chunks_cover_all_runs(asked):
    chunks = PassOrder(*asked).chunks(64)
    assert chunks == [(0, 64), (64, 128), (128, 144)]
    assert ChunkScores(0, 1, np.zeros((1, 1), np.float32), 0.1).stop == 1
