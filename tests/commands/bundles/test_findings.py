"""Findings of a bundle, computed again from the command line with the shipped network for digits."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.bundles.findings import replay_finding
from commands.examples.prototypes import PrototypesQuestion, find_examples
from compute.measure.examples.prototypes import PrototypeSpec
from compute.replay.bundle import Bundle, write_bundle
from compute.replay.findings import FindingRecord
from compute.worker.sources import model_source
from data_store.catalogue import data_set_at
from model_store.catalogue import ModelRef

pytestmark = pytest.mark.models
MODEL = "digits-cnn"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images of two classes."""
    root = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for number in range(12):
        path = root / str(number % 2) / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)).save(path)
    return root


@pytest.fixture(scope="module")
def found(folder):
    """Prototypes of a class."""
    question = PrototypesQuestion(MODEL, str(folder), class_name="1", spec=PrototypeSpec(2, 2))
    told = find_examples(question)
    data = data_set_at(str(folder))
    return FindingRecord(
        "prototypes",
        "Prototypes and criticisms",
        {"class": "1", "layer": told["layer"], "count": 2},
        {MODEL: model_source().facts(ModelRef.parse(MODEL)).fingerprint},
        data.key,
        None,
        data.digest,
        tuple(told["examples"]),
    )


@pytest.fixture
def replay(tmp_path):
    def run(found, *words):
        path = tmp_path / "bundle.zip"
        path.write_bytes(write_bundle(Bundle((), {}, {}, findings=(found,)), b""))
        return CliRunner().invoke(app, ["replay", str(path), *words, "--json"], catch_exceptions=False)

    return run


def test_a_finding_comes_out_the_same_and_a_changed_one_is_a_line(found, folder, replay):
    done = replay(found, "--data", str(folder))
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)
    assert (row["method"], row["model"], row["result"]) == ("prototypes", MODEL, "same")
    first, *rest = found.rows
    other = replace(found, rows=(dict(first) | {"image": "0/0.png"}, *rest))
    done = replay(other, "--data", str(folder))
    assert done.exit_code == 1 and json.loads(done.stdout)[0]["result"] == "differs"
    assert "Prototypes and criticisms: image of row 1 was 0/0.png, now " in done.stderr


def test_a_folder_that_a_bundle_names_is_not_opened_but_asked_for(found, folder, replay):
    done = replay(replace(found, data=str(folder)))
    assert done.exit_code == 1 and "Please say where it is: --data FOLDER." in done.stderr
    assert json.loads(done.stdout)[0]["result"] == "not computed"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "magic"}, "There is no command for findings of the kind 'magic'"),
        ({"models": {MODEL: "0" * 64}}, "is not the one that was explained"),
        ({"question": {"class": "1"}}, "The bundle does not say what was asked"),
        ({"question": {"class": "no such", "layer": None, "count": 2}}, "no such"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(found, folder, changed, sentence):
    done = replay_finding(replace(found, **changed), (folder,), None)
    assert done.verdict is None and sentence in done.said[0]


def test_a_stranger_names_no_file_as_a_concept(found, folder):
    question = {"class": "1", "versus": None, "layers": [], "from": "textures", "cells": [], "spatial": False}
    asked = replace(found, kind="tcav", question=question | {"concepts": ["/tmp/some.zip"]})
    assert replay_finding(asked, (folder,), None).said == ("The bundle does not say what was asked.",)
