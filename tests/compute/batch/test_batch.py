"""Batches: what is explained and kept, and going on after a bad picture, a stop or a damaged file."""

import io
import json
import os
from dataclasses import replace
from itertools import count

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from compute.base.errors import TaskError
from compute.batch.explain import ExplainEach
from compute.batch.explanation_rows import SCHEMA
from compute.batch.files import read_maps
from compute.batch.pictures import list_pictures
from compute.batch.run import Batch, BatchCancelled, window_of
from compute.run.runners import ClusterRunner, LocalRunner
from engine.errors import ParamsError, PictureError
from engine.gradients.params import CamParams
from engine.images.picture import Picture, read_picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from tests.compute.conftest import PARAMS, RUNS, predict_here

_numbers = count()


def half_grey(seed: int) -> bytes:
    """The top left quarter is dark with a brighter spot: its cell is the strongest."""
    pixels = np.full((64, 64, 3), 90 + seed, np.uint8)
    pixels[:16, 16:32] = 250
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Five pictures, three of them with the same stem, and what is none."""
    here = tmp_path / "pictures"
    for seed, name in enumerate(("a/x.png", "b/x.png", "X.png", "y.png")):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(half_grey(seed))
    (here / "bad.jpg").write_bytes(b"\xff\xd8 this is no picture")
    (here / "notes.txt").write_text("no image")
    (here / "link.png").symlink_to(here / "y.png")
    (here / "loop").symlink_to(here)
    return here


@pytest.fixture
def spec():
    """A question that no other test asks."""
    return ExplainEach(ModelRef(f"toy-batch-{os.getpid()}-{next(_numbers)}"), "sobol", PARAMS)


def batch_of(spec, folder, out):
    return Batch(spec, list_pictures(folder, spare=(out,)).items, out)


def run(batch, runner=None, window=None):
    found = list(batch.done())
    outcomes = [*filter(None, found), *batch.run(runner or LocalRunner(), window)]
    batch.write_table()
    return {outcome.name: outcome for outcome in outcomes}


def table(batch):
    return pq.read_table(batch.table).to_pylist()


def test_a_folder_is_listed_with_a_sentence_for_what_is_no_picture(folder):
    listing = list_pictures(folder)
    assert [item.name for item in listing.items] == ["X.png", "bad.jpg", "y.png", "a/x.png", "b/x.png"]
    assert [sentence.split()[0] for sentence in listing.skipped] == ["loop", "link.png", "notes.txt"]
    assert "is a link" in listing.skipped[0] and "its name does not end" in listing.skipped[2]
    assert [item.name for item in list_pictures(folder, spare=(folder / "a",)).items][-1] == "b/x.png"
    for nothing in (folder / "nowhere", folder / "y.png"):
        with pytest.raises(PictureError, match="is not a folder"):
            list_pictures(nothing)


def test_a_bad_picture_does_not_stop_the_rest(folder, spec, tmp_path):
    batch = batch_of(spec, folder, tmp_path / "out")
    outcomes = run(batch)
    assert [name for name, outcome in outcomes.items() if outcome.error] == ["bad.jpg"]
    rows = {row["picture"]: row for row in table(batch)}
    assert list(rows) == ["X.png", "bad.jpg", "y.png", "a/x.png", "b/x.png"], "in the order of the folder"
    assert "cannot be read as an image" in rows["bad.jpg"]["error"] and rows["bad.jpg"]["maps"] is None
    good = [row for row in rows.values() if row["error"] is None]
    assert len({row["maps"] for row in good}) == 4 and all(
        (batch.folder / row["maps"]).is_file() for row in good
    )


def test_the_table_says_what_the_maps_say(folder, spec, tmp_path):
    batch = batch_of(spec, folder, tmp_path / "out")
    run(batch)
    assert pq.read_schema(batch.table).equals(SCHEMA)
    row = next(row for row in table(batch) if row["picture"] == "a/x.png")
    (explanation,) = read_maps(batch.folder / row["maps"])
    data = (folder / "a/x.png").read_bytes()
    prediction = predict_here(spec.ref, read_picture(data, "a/x.png"))
    assert (row["sha256"], row["height"], row["width"]) == (prediction.picture_sha256, 64, 64)
    assert (row["target"], row["kind"], row["class"], row["predicted"]) == (
        "bright",
        "zone",
        "bright",
        "bright",
    )
    assert row["share"] == 1.0 and row["probability"] == pytest.approx(
        float(prediction.base["probability"][0])
    )
    assert (
        row["logit"] == pytest.approx(float(prediction.base["logit"][0]))
        and row["runs"] == RUNS == explanation.cost.forwards
    )
    assert (row["grid_rows"], row["grid_columns"]) == explanation.values.shape
    assert (row["strongest_row"], row["strongest_column"]) == (0, 1), "where the bright spot is"
    assert row["strongest_value"] == pytest.approx(float(explanation.values.max()))
    assert (
        json.loads(row["params"]) == dict(explanation.params)
        and row["model"] == str(spec.ref)
        and row["batch"] == batch.key
    )
    with np.load(batch.folder / row["maps"], allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["0.values"], explanation.values)


def test_a_second_call_runs_only_what_is_missing(folder, spec, tmp_path, batch_log):
    def runs():
        return sum(
            int(line.split()[2])
            for line in batch_log.path.read_text().splitlines()
            if line.split()[1] == str(spec.ref)
        )

    run(batch_of(spec, folder, tmp_path / "out"))
    first = runs()
    assert 4 * RUNS < first < 5 * RUNS
    run(batch_of(spec, folder, tmp_path / "out"))
    assert runs() == first, "everything is there"
    (folder / "new.png").write_bytes(half_grey(9))
    (folder / "y.png").write_bytes(half_grey(10))
    batch = batch_of(spec, folder, tmp_path / "out")
    damaged = next(row for row in table(batch) if row["picture"] == "X.png")
    (batch.folder / damaged["maps"]).write_bytes(b"PK damaged")
    outcomes = run(batch)
    assert 3 * RUNS < runs() - first < 3.2 * RUNS, (
        "a new one, a changed one, a damaged one; the model's speed is known"
    )
    assert len(table(batch)) == len(outcomes) == 6


@pytest.mark.slow
def test_other_parameters_are_another_question_beside_the_first(folder, spec, tmp_path):
    run(batch_of(spec, folder, tmp_path / "out"))
    other = replace(spec, params=replace(PARAMS, seed=1))
    batch = batch_of(other, folder, tmp_path / "out")
    assert list(batch.done()) == [None] * 5
    run(batch)
    seeds = [(row["picture"], json.loads(row["params"])["seed"]) for row in table(batch)]
    assert len(seeds) == len(set(seeds)) == 10 and {seed for _, seed in seeds} == {0, 1}
    run(batch_of(spec, folder, tmp_path / "out"))
    assert len(table(batch)) == 10


def test_what_every_picture_fails_for_ends_the_batch(tmp_path):
    for seed in range(8):
        (tmp_path / f"{seed}.png").write_bytes(half_grey(seed))
    batch = batch_of(ExplainEach(ModelRef("broken-batch"), "sobol", PARAMS), tmp_path, tmp_path / "out")
    failed = []
    with pytest.raises(TaskError):
        for outcome in batch.run(LocalRunner()):
            failed.append(outcome)
    assert len(failed) == 5 and all(isinstance(outcome.error, TaskError) for outcome in failed)
    batch.write_table()
    assert len(table(batch)) == 5


def test_on_a_cluster_a_stop_leaves_a_state_that_goes_on(folder, spec, tmp_path, queue):
    window = window_of(queue.cluster.client())
    assert window() == 2
    stopped = batch_of(spec, folder, tmp_path / "out")
    most = 0
    outcomes = stopped.run(ClusterRunner(queue, tick=stopped.leave), window)
    with pytest.raises(BatchCancelled):
        for outcome in outcomes:
            most = max(most, len(stopped.meter.shares))
            if outcome.error is None:
                stopped.leave.raise_if_cancelled()
    done = len(stopped.items) - len(stopped.missing)
    assert 1 <= done <= 3 and most <= 2
    batch = batch_of(spec, folder, tmp_path / "out")
    found = [outcome for outcome in batch.done() if outcome]
    assert len(found) == done
    rest = list(batch.run(ClusterRunner(queue, tick=batch.leave), window))
    assert len(rest) == 5 - done and [outcome.name for outcome in rest if outcome.error] in (["bad.jpg"], [])
    assert not batch.missing[1:] and not list(batch.folder.rglob(".work-*"))


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        (("streets-segformer", "sobol", SobolParams()), {"ZoneTarget", "BorderTarget", "SharedBorderTarget"}),
        (("streets-segformer", "sobol", SobolParams(), 2), {"ZoneTarget"}),
        (("streets-segformer", "gradcam", CamParams()), {"ZoneTarget"}),
        (("vgg16-imagenet", "sobol", SobolParams()), {"ClassTarget"}),
    ],
)
def test_which_targets_are_explained(question, kinds, monkeypatch):
    monkeypatch.setenv("VITRINE_MODEL_SOURCE", "tests.pages.toy_source:PagesSource")
    pixels = np.repeat(np.array([20, 128, 235] * 3, np.uint8), 12)[:, None, None] * np.ones(
        (1, 96, 3), np.uint8
    )
    spec = ExplainEach(ModelRef(question[0]), *question[1:])
    prediction = predict_here(spec.ref, Picture(pixels, "bands"))
    wanted = spec.wanted(prediction)
    assert {type(prediction.targets.wanted(one)).__name__ for one in wanted} == kinds
    if prediction.zones is None:
        assert wanted == [int(np.argmax(prediction.class_scores))]
    elif kinds == {"ZoneTarget"}:
        assert wanted == list(range(spec.top or 5))
    with pytest.raises(ParamsError, match="received 0"):
        replace(spec, top=0)


@pytest.mark.slow
def test_own_fidelity_costs_nothing_and_grades_are_columns_where_they_are_asked_for(spec, folder, tmp_path):
    """A pass of its own judges a map by halves; with grades, all metrics stand beside it."""
    plain = batch_of(replace(spec, top=1), folder, tmp_path / "plain")
    rows = run(plain)["y.png"].rows
    assert -1 <= rows[0]["fidelity"] <= 1 and rows[0].get("deletion") is None
    graded = batch_of(replace(spec, top=1, graded=True), folder, tmp_path / "graded")
    assert graded.key != plain.key
    run(graded)
    good = [row for row in table(graded) if row["error"] is None]
    assert len(good) == 4 and all(np.isfinite(row["deletion"]) for row in good)
    assert all(0 <= row["mufidelity_percentile"] <= 1 and row["fidelity"] is not None for row in good)
    (one,) = read_maps(graded.folder / good[0]["maps"])
    assert one.values.shape == (4, 4)
