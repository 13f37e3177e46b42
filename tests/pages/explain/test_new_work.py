"""A kind of work that is added as one file and one row runs from a page, from the command line and in a
batch, with progress, stop and partial answers, without another edit.
"""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cli import app
from compute.work.kinds import KINDS
from engine.methods import METHODS
from tests.pages.toy_work import METHOD, RowOrder
from tests.pages.visits import picture_bytes, tiles

MODEL = "vgg16-imagenet"
ROWS = 12


@pytest.fixture(autouse=True)
def one_more_kind(monkeypatch):
    monkeypatch.setitem(KINDS, RowOrder.kind, RowOrder)
    monkeypatch.setitem(METHODS, METHOD.key, METHOD)


def open_page(visit, rest_ms):
    link = {"methods": METHOD.title, "row-rows": str(ROWS), "row-rest_ms": str(rest_ms)}
    return visit("compare", model=MODEL, **link)


def the_tile(page):
    return next((tile for tile in tiles(page) if tile["title"] == METHOD.title), None)


def test_a_page_shows_it_as_it_grows_and_can_stop_it(visit, all_models_are_here):
    page = open_page(visit, 700).until(lambda page: the_tile(page) and the_tile(page)["map"])
    growing = the_tile(page)
    assert 0 < growing["done"] < 1 and f"of {ROWS} model evaluations" in growing["said"]
    page.widget("stop").click().run()
    (job,) = page.jobs(RowOrder.kind)
    assert job.state == "cancelled" and 0 < job.progress().done_runs < ROWS
    assert the_tile(page)["map"] and the_tile(page)["done"] is None
    page.widget("again").click().run()
    page.until(lambda page: page.jobs(RowOrder.kind)[0].progress().done_runs > job.progress().done_runs)
    page.widget("stop").click().run()
    assert not page.at.exception and not page.at.error


def test_a_page_shows_it_when_it_is_done(visit, all_models_are_here):
    page = open_page(visit, 0).until(lambda page: the_tile(page) and the_tile(page)["map"])
    page.until(lambda page: page.jobs(RowOrder.kind)[0].finished)
    (job,) = page.jobs(RowOrder.kind)
    values = job.view.explain(0).values
    assert values.shape == (ROWS, 1) and (values > 0).all() and job.state == "done"


def run(*words):
    return CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)


def test_the_command_line_runs_it(tmp_path):
    (tmp_path / "bands.png").write_bytes(picture_bytes())
    asked = ("--model", MODEL, "--image", tmp_path / "bands.png", "--method", METHOD.key, "--set", "rows=3")
    done = run("explain", *asked, "--out", tmp_path / "out")
    assert done.exit_code == 0 and "3 model evaluations" in done.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["method"] == METHOD.key and manifest["cost"]["forwards"] == 3
    with np.load(tmp_path / "out" / "arrays.npz") as arrays:
        np.testing.assert_allclose(arrays["values"][:, 0], np.array([217, 128, 38]) / 255, atol=1e-6)


def test_a_batch_runs_it(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.png").write_bytes(picture_bytes(size_hw=(96, 128 + 16 * (name == "b"))))
    asked = ("--model", MODEL, "--images", folder, "--method", METHOD.key, "--set", "rows=3")
    done = run("batch", *asked, "--out", tmp_path / "out")
    assert done.exit_code == 0 and "2 pictures explained" in done.output
    rows = pq.read_table(tmp_path / "out" / "scores.parquet").to_pylist()
    assert [(row["picture"], row["method"], row["grid_rows"]) for row in rows] == [
        ("a.png", METHOD.key, 3),
        ("b.png", METHOD.key, 3),
    ]
    assert "2 of them done before" in run("batch", *asked, "--out", tmp_path / "out").output


def test_it_says_its_price_and_where_it_is_not_read():
    from commands.models.listing import method_texts

    assert "Cost: 8 rows." in method_texts()
