"""The page of many pictures inside the frame, with a real cluster and toy models."""

import gc
import io
import zipfile

import numpy as np
import pyarrow.parquet as pq
import pytest

from components.batch.downloads import csv_bytes, zip_bytes
from components.session.keys import BATCH, GRADES
from components.words import numbers
from compute.batch.run import BatchCancelled
from engine.trust.counts import MOST_TOLD
from tests.pages.visits import SMALL_PASS, picture_bytes

SMALL = {f"sobol-{name}": value for name, value in SMALL_PASS.items()}
pytestmark = pytest.mark.usefixtures("all_models_are_here")


def batch(page):
    try:
        return page.at.session_state[BATCH]
    except KeyError:
        return None


def has(page, key):
    return key in [found.key for found in page.at.button]


def ended(page):
    return batch(page) is not None and batch(page).job.finished and len(page.at.get("download_button")) == 3


def there(page):
    return page.has("batch-start")


def select(page, row):
    """Select a row of the table, as a browser tells it."""
    page.at.session_state["batch-table"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    page.at.run()


def upload(page, *files):
    page.widget("files").set_value([(name, content, "image/png") for name, content in files]).run()
    return page


def test_samples_are_explained_and_can_be_taken_away(visit):
    page = visit("batch", model="vgg16-imagenet", method="gradcam", top="3").until(there)
    assert "6 images, each 3 model evaluations" in page.texts and "18 model evaluations" in page.texts
    page.widget("batch-start").click().run()
    page.until(ended)
    assert (
        batch(page).job.state == "done"
        and "6 of 6 images" in page.texts
        and not page.at.exception
        and not page.at.error
    )
    table = page.at.dataframe[0].value
    assert (
        len(table) == 18 and set(table["target"]) == {"dark", "middle", "bright"} and "stability" not in table
    )
    assert {cell.split(",")[0] for cell in table["cell"]} <= set("1234")
    assert all(small.startswith("data:image/jpeg;base64,") for small in table["map"])
    select(page, 4)
    assert page.at.subheader[-1].value.endswith(str(table["target"][4])) and page.component("large")
    select(page, 99)  # as the table of a larger batch before it may leave behind
    assert not page.at.exception and not page.at.error
    assert not has(page, "batch-start"), "there is nothing to start"
    command = page.at.code[0].value
    assert command.startswith(
        "python cli.py batch --model vgg16-imagenet --images DIR --method gradcam --top 3"
    )


def test_a_bad_picture_is_said_and_the_rest_goes_on(visit):
    page = visit("batch", model="streets-segformer", pictures="own", **SMALL).until(
        lambda page: page.has("files")
    )
    good = picture_bytes()
    upload(page, ("x.png", good), ("x.png", picture_bytes(size_hw=(64, 128))), ("bad.png", b"nothing"))
    assert "`bad.png`: This file cannot be read" in page.texts
    page.until(there).widget("batch-start").click().run()
    page.until(ended)
    outcomes = batch(page).job.outcomes()
    assert [outcome.name for outcome in outcomes] == ["x.png", "x (2).png"]
    rows = [row for outcome in outcomes for row in outcome.rows]
    with zipfile.ZipFile(io.BytesIO(zip_bytes(rows, batch(page).job.batch.folder))) as archive:
        assert len(archive.namelist()) == 3 and pq.read_table(
            io.BytesIO(archive.read("scores.parquet"))
        ).num_rows == len(rows)
        with np.load(io.BytesIO(archive.read(rows[0]["maps"]))) as maps:
            assert maps["0.values"].shape == (4, 4)
    select(page, 0)
    percentile = numbers.share(min(rows[0]["fidelity_percentile"], MOST_TOLD))
    assert f"Fidelity {rows[0]['fidelity']:.2f}, beats {percentile} of random maps" in page.texts
    noted = [grades["fidelity"].percentile for grades in page.at.session_state[GRADES].values()]
    assert rows[0]["fidelity_percentile"] in noted, "a report says it, too"
    lines = csv_bytes([{**rows[0], "picture": "=1+1"}]).decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "'=1+1" in lines[1]


def test_it_stops_goes_on_and_is_let_go(visit, all_models_are_here):
    page = visit("batch", model="segformer-b0-cityscapes", **SMALL | {"sobol-designs": "256"}).until(there)
    page.widget("batch-start").click().run()
    page.until(lambda page: has(page, "batch-stop"))
    page.widget("batch-stop").click().run()
    page.until(lambda page: batch(page).job.finished)
    page.at.run()
    stopped = batch(page).job
    assert stopped.state == "cancelled" and page.widget("batch-start").label == "Resume"
    page.widget("batch-start").click().run()
    going = batch(page).job
    assert going is not stopped and going.batch.folder == stopped.batch.folder
    leave = going.batch.leave
    del going, stopped, page.at.session_state[BATCH]
    page.at.run()
    gc.collect()
    with pytest.raises(BatchCancelled):
        leave()


def test_too_much_for_a_session_is_said(visit, monkeypatch):
    monkeypatch.setattr("components.session.own_pictures.MAX_PICTURES", 1)
    page = visit("batch", model="streets-segformer", pictures="own", **SMALL).until(
        lambda page: page.has("files")
    )
    upload(page, ("a.png", picture_bytes()), ("b.png", picture_bytes(size_hw=(64, 64))))
    assert "`b.png`: Your image list is full" in page.at.error[0].value and "`a.png`." in page.texts
