"""`prepare`: the work of a first load is done ahead, and told."""

import json

import pytest
from typer.testing import CliRunner

from cli import app
from model_store.backends.quick_model import QuickModel
from model_store.catalogue import ModelRef
from model_store.loading.load import load_model


@pytest.mark.models
def test_prepare_says_what_runs_a_model_and_the_model_runs_on_it(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_MODELS", str(tmp_path))
    monkeypatch.setenv("VITRINE_BACKEND", "auto")
    result = CliRunner().invoke(app, ["prepare", "--model", "dogs-vgg", "--json"])
    (row,) = json.loads(result.output)
    assert row["model"] == "dogs-vgg" and row["not used"] == ""
    assert row["gradients by"] == "OpenVINO f32" and "TensorFlow " in row["ms a gradient"]
    assert "TensorFlow " in row["ms a picture"] and "OpenVINO f32 " in row["ms a picture"]
    model = load_model(ModelRef("dogs-vgg"))
    assert isinstance(model, QuickModel) == (model.backend.name == "OpenVINO f32") and row["runs on"] in (
        "TensorFlow",
        "OpenVINO f32",
    )


def test_a_model_that_is_not_there_is_named():
    result = CliRunner().invoke(app, ["prepare", "--model", "nothing"])
    assert result.exit_code and "nothing" in str(result.exception)
