"""Shipped answers: what is written is read, whole and honest, and only for what it was computed for."""

from dataclasses import replace

import numpy as np
import pytest

from compute.shipped import files, shelf
from compute.shipped.answer import ShippedAnswer
from compute.shipped.files import path_of, read_answer, write_answer
from compute.shipped.shelf import shipped_work
from compute.work.predict import Making, PredictOrder
from compute.work.score_sheet import Scores
from engine.images.picture import Picture

HALF = 2.0**-11
"""Greatest relative error of a number in half precision."""


def with_params(order, **changes):
    """An order with other parameters."""
    return replace(order, spec=replace(order.spec, params=replace(order.spec.params, **changes)))


@pytest.fixture
def answer(asked, rng, tmp_path, monkeypatch):
    """A toy's answer in a folder of its own."""
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    monkeypatch.setattr(shelf, "FOLDER", tmp_path)
    shelf._names.cache_clear(), shelf._read.cache_clear()
    asked = with_params(asked, designs=2 * asked.spec.params.designs)
    prediction = replace(asked.prediction, made=Making("2026-11-29", "x86_64, 2 cores"))
    changes = rng.normal(0, 1, (asked.runs, len(prediction.targets))) * [
        10.0**-place for place in range(len(prediction.targets))
    ]
    base = prediction.base[asked.spec.space]
    scores = Scores((base + changes).astype(np.float32), 12.5, np.arange(asked.runs) % 16 == 0)
    made = ShippedAnswer(prediction, asked.picture, asked.spec, scores)
    write_answer(path_of(asked.spec.ref, "sample"), made)
    yield made
    shelf._names.cache_clear(), shelf._read.cache_clear()


def test_what_is_written_is_read(asked, answer):
    found = read_answer(path_of(asked.spec.ref, "sample"), asked.spec.ref, asked.picture)
    for name in (
        "facts",
        "input_hw",
        "output_shape",
        "target_layers",
        "traits",
        "backend",
        "made",
        "versions",
    ):
        assert getattr(found.prediction, name) == getattr(answer.prediction, name), name
    assert found.prediction.zones.zones == answer.prediction.zones.zones
    assert found.prediction.targets.digest == answer.prediction.targets.digest
    np.testing.assert_allclose(found.prediction.confidence, answer.prediction.confidence, rtol=HALF)
    assert found.order.key == answer.order.key and found.scores.seconds == 12.5
    np.testing.assert_array_equal(found.scores.firsts, answer.scores.firsts)


def test_rounding_is_half_precision_of_each_target_s_own_changes(asked, answer):
    found = read_answer(path_of(asked.spec.ref, "sample"), asked.spec.ref, asked.picture)
    reach = np.abs(answer.scores.scores - answer.prediction.base[asked.spec.space]).max(axis=0)
    spacing = np.spacing(np.abs(answer.scores.scores).max(axis=0))
    assert (np.abs(found.scores.scores - answer.scores.scores) <= reach * HALF + 2 * spacing).all()


def test_it_answers_the_prediction_and_the_pass_without_a_worker(asked, answer):
    order, sheet = shipped_work(PredictOrder(asked.spec.ref, asked.picture))
    assert order.view(sheet).result().made == answer.prediction.made
    order, sheet = shipped_work(asked)
    assert sheet.complete and order.prediction.made == answer.prediction.made
    assert order.view(sheet).explain(0).provenance.picture_sha256 == asked.picture.sha256


def test_it_answers_fewer_designs_and_other_readings_but_no_other_runs(asked, answer):
    fewer = shipped_work(asked)
    assert fewer[1].complete and len(fewer[1].snapshot().scores) == asked.runs == answer.order.runs // 2
    np.testing.assert_array_equal(
        fewer[1].snapshot().scores, shipped_work(answer.order)[1].snapshot().scores[: asked.runs]
    )
    assert shipped_work(with_params(asked, estimator="glen")) is not None
    others = ({"designs": 32}, {"seed": 1}, {"fill": "blur"}, {"grid": 5})
    assert [shipped_work(with_params(asked, **change)) for change in others] == [None] * len(others)


def test_it_answers_no_other_image_weights_or_zones(asked, answer, rng):
    other = Picture(rng.integers(0, 255, asked.picture.pixels.shape, dtype=np.uint8), "other")
    assert shipped_work(PredictOrder(asked.spec.ref, other)) is None
    path = path_of(asked.spec.ref, "sample")
    assert read_answer(path, asked.spec.ref, other) is None
    zones = asked.prediction.zones
    moved = replace(zones, labels=np.roll(zones.labels + (np.arange(zones.labels.shape[1]) < 2), 1, axis=1))
    assert shipped_work(replace(asked, prediction=replace(asked.prediction, zones=moved))) is None


@pytest.mark.parametrize("name", ["fingerprint", "masks", "format"])
def test_files_of_other_weights_masks_or_formats_are_no_answer(asked, answer, name):
    path = path_of(asked.spec.ref, "sample")
    manifest = files.json.loads(path.read_text())
    path.write_text(files.json.dumps(manifest | {name: "other"}))
    assert read_answer(path, asked.spec.ref, asked.picture) is None
