"""`concepts`: figures, crops and a table from the command line, and wrong words."""

import json
from itertools import product

import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.data.concepts import ConceptQuestion, concept_lines, find_class_concepts
from commands.data.zone_concepts import REGION_NAMES
from engine.errors import DataSetError, ModelError, ParamsError, StoreError
from samples.library import sample_pixels

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path_factory.mktemp("cache")))


def test_concepts_of_a_class_with_their_crops(tmp_path):
    out = tmp_path / "eights"
    words = ["concepts", "--model", "digits-cnn", "--data", "digits", "--split", "test", "--class", "8"]
    result = CliRunner().invoke(
        app, [*words, "--concepts", "3", "--out", str(out), "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["layer"] == "block3_conv2" and told["class"] == "8" and len(told["concepts"]) == 3
    assert told["same_answer"] > 0.8 and told["images_asked"] == 24
    assert all(row["low"] <= row["importance"] <= row["high"] for row in told["concepts"])
    assert told == json.loads((out / "concepts.json").read_text("utf-8"))
    assert pd.read_csv(out / "concepts.csv")["concept"].tolist() == [1, 2, 3]
    assert all(Image.open(out / f"concept-{number}.png").height == 96 for number in (1, 2, 3))
    assert concept_lines(told)[0].startswith("8 in ")
    with pytest.raises(StoreError, match="is not empty"):
        find_class_concepts(ConceptQuestion("digits-cnn", "digits", "8", out=out))


def test_one_zone_is_asked_about_the_concepts(tmp_path):
    """The network answers for a zone from the cells of its last stage that lie in it, and from no others."""
    for name in ("street-1", "street-2"):
        Image.fromarray(sample_pixels(name)).save(tmp_path / f"{name}.png")
    words = ["concepts", "--model", "streets-segformer", "--data", str(tmp_path), "--class", "vehicle"]
    asked = ["--concepts", "2", "--image", "street-1.png", "--zone", "1", "--json"]
    result = CliRunner().invoke(app, [*words, *asked], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["in_zone"]
    assert told["image"] == "street-1.png" and told["elsewhere"] < 0.01
    rows = told["regions"]
    assert [(row["concept"], row["where"]) for row in rows] == list(product((1, 2), REGION_NAMES))
    assert max(rows, key=lambda row: row["importance"])["where"] == "inside"
    assert sum(row["lies"] for row in rows) == pytest.approx(2), "of each concept, all lies somewhere"


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"class_name": "ten"}, ParamsError, "has no class 'ten'"),
        ({"data": "moon"}, DataSetError, "no data set called moon"),
        ({"split": "moon"}, DataSetError, "has no split 'moon'"),
        ({"layer": "moon"}, ModelError, "no target layer 'moon'"),
    ],
)
def test_wrong_words_are_said(changed, error, said):
    words = {"model": "digits-cnn", "data": "digits", "class_name": "8", **changed}
    with pytest.raises(error, match=said):
        find_class_concepts(ConceptQuestion(**words))
