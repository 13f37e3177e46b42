"""The page that tests concepts, inside the frame, with a real cluster and a toy that reads a quarter."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from commands.bundles.findings import replay_finding
from components.report.downloads import records_of
from components.session.offers import data_sets
from components.tcav import choice
from compute.measure.concepts.places import ANY
from data_store.shipped import textures
from engine.tcav.cells import POOLED
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
SIDE, COUNT = 24, 110


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Images of which some are bright in the quarter that the toy reads, and grey ones with noise."""
    root = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for name, count in (("bright", 120), ("dark", COUNT)):
        (root / "given-parts" / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(60, 120, (SIDE, SIDE, 3)).astype(np.uint8)
            if name == "bright":
                pixels[: SIDE // 2, : SIDE // 2] = 250 - number
            Image.fromarray(pixels).save(root / "given-parts" / name / f"{number}.png")
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def test_a_concept_is_tested_and_said_in_a_sentence(offered):
    link = {"model": "dogs-vgg", "data": "given-parts", "of-class": "bright", "concepts-of": "given-parts"}
    page = Visit("tcav", **link, given=["bright"], at=["early"])
    page.until(lambda page: page.has("table-add-tcav"))
    assert not page.at.exception and not page.at.error
    said = page.part("tcav-found")
    assert "bright" in said and "early" in said and "p = " in said
    assert page.at.dataframe[0].value.shape == (1, 9) and "“bright” itself is one of the concepts" in said
    page.widget("table-add-tcav").click().run()
    (table,) = page.at.session_state["_report_tables"]
    assert "Concepts tested for" in table.title and len(table.rows) == 1
    (record,) = records_of([table])
    assert replay_finding(record, (), None).verdict.state == "same", "the command answers as the page does"
    assert [one.caption for one in table.pictures] == ["bright: 60 images", "random images: 170 images"]
    page.widget("only-part").set_value(True).run()
    page.until(lambda page: page.has("part-rows") and page.has("table-add-tcav"))
    assert not page.at.exception


def test_too_few_images_and_an_empty_choice_are_said(offered):
    link = {"model": "dogs-vgg", "data": "given-parts", "of-class": "bright", "concepts-of": "digits"}
    page = Visit("tcav", **link)
    page.until(lambda page: page.has("tcav-concepts"))
    page.widget("given").set_value([]).run()
    page.until(lambda page: "at least one layer and one concept" in page.texts)
    assert not page.at.exception


def test_the_class_and_another_one_are_the_concepts_to_begin_with(offered):
    page = Visit("tcav", model="dogs-vgg", data="given-parts")
    page.until(lambda page: page.has("given"))
    assert page.widget("concepts-of").value == "given-parts"
    assert sorted(page.widget("given").value) == ["bright", "dark"], "its own class, and one besides"
    page.until(lambda page: page.has("tcav-concepts"))
    assert not page.at.exception


@pytest.fixture(scope="module")
def street(offered):
    """A data set with masks beside the others: a street model is asked about its own."""
    for part, pixels in (
        ("images", np.full((SIDE, SIDE, 3), 128, np.uint8)),
        ("labels", np.ones((SIDE, SIDE), np.uint8)),
    ):
        (offered / "given-street" / part).mkdir(parents=True)
        Image.fromarray(pixels).save(offered / "given-street" / part / "a.png")
    data_sets._listed.cache_clear()
    return {"model": "segformer-b2-cityscapes", "data": "given-street"}


def test_a_zone_of_the_image_is_asked_about_a_concept(street):
    page = Visit("tcav", **street, **{"depends": "zone", "concepts-of": "given-parts"}, given=["bright"])
    page.until(lambda page: page.has("table-add-tcav"))
    assert not page.at.exception and not page.at.error
    assert "bright" in page.part("tcav-found")
    assert "Share of directions" in page.at.dataframe[0].value, "one image has no share of images"
    page.widget("table-add-tcav").click().run()
    (table,) = page.at.session_state["_report_tables"]
    assert "Asked in one image, against 110 random images." in table.about
    assert '"zone": "' in table.record and len(table.rows) == 1
    assert records_of([table]) == (), "a zone of an image is not asked again"


def test_the_concepts_of_a_street_model_look_like_its_classes(street):
    page = Visit("tcav", **street, **{"concepts-of": "textures"})
    page.until(lambda page: page.has("given"))
    assert page.widget("of-class").value == "nature"
    assert page.widget("given").value == ["grass", "sky"], "its own class first"


def test_for_a_zone_the_texture_is_that_of_its_class(monkeypatch):
    facts = SimpleNamespace(labels=("flat", "nature", "sky"))
    monkeypatch.setattr(choice, "model_source", lambda: SimpleNamespace(facts=lambda ref: facts))
    zone = choice.TargetChoice(2, "sky 1 of 10", ANY, True, (), POOLED)
    asked = SimpleNamespace(refs=(None,)), zone, (), SimpleNamespace(key=textures.KEY)
    assert choice._first_concepts(*asked) == ("sky", "grass")
