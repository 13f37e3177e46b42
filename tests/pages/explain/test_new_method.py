"""A method that is added as one file and one row of the table is everywhere, without another edit."""

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.models.listing import method_texts
from engine.methods import METHODS
from tests.engine import test_methods as contract
from tests.pages.visits import picture_bytes
from tests.toy_method import ROW


@pytest.fixture(autouse=True)
def one_more_method(monkeypatch):
    monkeypatch.setitem(METHODS, ROW.key, ROW)


def test_it_is_on_the_pages(visit, all_models_are_here, monkeypatch):
    monkeypatch.setattr(
        "components.explain.gallery_view.CHEAP_SECONDS", 0.0
    )  # the workers of this test do not know it: only its cost is said
    page = visit("gallery", model="vgg16-imagenet").until(lambda page: ROW.title in shown(page))
    assert "65 model evaluations" in shown(page)[ROW.title]["said"]
    assert ROW.title in page.widget("also").options and page.widget("leaveoneout-grid").value == 8
    assert (
        ROW.title
        in visit("compare", model="vgg16-imagenet", methods="LIME").until(shown).widget("methods").options
    )


def shown(page):
    drawn = page.component("sheet")
    return {tile["title"]: tile for group in drawn["groups"] for tile in group["tiles"]} if drawn else {}


def test_it_is_on_the_command_line(tmp_path):
    (tmp_path / "bands.png").write_bytes(picture_bytes())
    words = [
        "explain",
        "--model",
        "vgg16-imagenet",
        "--image",
        tmp_path / "bands.png",
        "--method",
        ROW.key,
        "--set",
        "grid=4",
    ]
    result = CliRunner().invoke(
        app, [*map(str, words), "--out", str(tmp_path / "out")], catch_exceptions=False
    )
    assert result.exit_code == 0 and "17 model evaluations" in result.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["method"] == ROW.key and manifest["params"]["grid"] == 4
    with Image.open(tmp_path / "out" / "overlay.png") as overlay:
        assert overlay.size == (480, 436)


def test_it_is_in_the_document():
    assert f"## {ROW.title} (`{ROW.key}`)" in method_texts() and ROW.caveats[0] in method_texts()


def test_it_keeps_the_contract(picture):
    contract.test_the_entry_is_complete(ROW)
    contract.test_every_parameter_can_be_shown_and_checked(ROW)
    contract.test_contract_shape_finite_untouched_repeatable_and_honest_cost(ROW, picture)
    contract.test_a_model_that_looks_at_one_quarter_gets_its_mass_there(ROW)
    contract.test_why_not_is_a_sentence_or_none(ROW)
