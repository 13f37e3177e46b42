import json
from pathlib import Path

from typer.testing import CliRunner

from cli import app
from engine.methods import METHODS
from model_store.catalogue import CATALOGUE

ROOT = Path(__file__).parents[3]
runner = CliRunner()


def run(*words: str) -> str:
    result = runner.invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_models_are_the_catalogue():
    rows = json.loads(run("models", "--json"))
    assert [row["key"] for row in rows] == list(CATALOGUE)
    assert all(row["licence"] and row["folder"] for row in rows)
    assert "streets-unet" in run("models")


def test_methods_are_the_table():
    rows = json.loads(run("methods", "--json"))
    assert [row["key"] for row in rows] == list(METHODS)
    sobol = rows[0]
    assert sobol["runs"] == 2112 and sobol["params"][0]["values"] == [4, 16]
    assert "Sobol" in run("methods")


def test_the_document_of_methods_is_up_to_date_and_says_how_each_is_computed():
    document = (ROOT / "docs" / "methods.md").read_text()
    made, mark, written = document.partition("\n## How the maps are computed\n")
    assert made == run("methods", "--markdown") and mark
    assert [method.title for method in METHODS.values() if method.title.lower() not in written.lower()] == []
