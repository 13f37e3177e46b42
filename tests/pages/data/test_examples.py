"""Examples among the images of a data set: the nearest of a class and of others, and prototypes."""

import numpy as np
import pytest
from PIL import Image

from commands.bundles.findings import replay_finding
from components.report.downloads import records_of, zip_of
from components.session.offers import data_sets
from compute.replay.bundle_reading import read_bundle
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
SIDE = 64


@pytest.fixture(scope="module", autouse=True)
def offered(tmp_path_factory):
    """Eight bright images and eight dark ones; the toy names the brightness of the top left quarter."""
    root = tmp_path_factory.mktemp("data")
    for number in range(8):
        for name, value in (("bright", 255 - number), ("dark", number)):
            path = root / "eights" / name / f"{name}-{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((SIDE, SIDE, 3), value, np.uint8)).save(path)
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield
    data_sets._listed.cache_clear()


def open_page(section) -> Visit:
    return Visit("examples", model="dogs-vgg", data="eights", layer="late", show=section)


def test_near_hits_and_misses_lead_to_a_counterfactual_with_their_cells():
    page = open_page("near").until(lambda page: page.has("use-unlike"))
    assert "Nearest images of other classes" in page.texts and "the model answers" in page.texts
    assert page.texts.count("Distance") == 12 and not page.at.exception and not page.at.error
    page.widget("table-add-near").click().run()
    (table,) = page.at.session_state["_report_tables"]
    assert len(table.pictures) == 3 and len(table.rows) == 12 and "Layer: late." in table.about
    page.until(lambda page: page.has("use-unlike"))
    page.widget("use-unlike").click().run()
    page.until(lambda page: page.jobs("counterfactual"))
    (job,) = page.jobs("counterfactual")
    assert page.widget("show").value == "counterfactual" and page.widget("fill").value == "unlike"
    assert job.order.unlike is not None and job.order.spec.unlike == job.order.unlike.sha256


def test_prototypes_are_of_the_class_that_is_chosen(tmp_path):
    page = open_page("prototypes").until(lambda page: page.has("prototypes"))
    said = page.part("prototypes")
    assert "together they stand for the 8 images" in said and "Prototype 6 of 6" in said
    assert said.count("images are like it") == 2, "two of eight images are left for criticisms"
    page.widget("table-add-prototypes").click().run()
    (table,) = page.at.session_state["_report_tables"]
    assert [one.caption for one in table.pictures] == ["Prototypes", "Criticisms"] and len(table.rows) == 8
    (record,) = records_of([table])
    assert replay_finding(record, (), None).verdict.state == "same", "the command answers as the page does"
    (tmp_path / "report.zip").write_bytes(zip_of([], {}, "en", [table]))
    assert read_bundle(tmp_path / "report.zip").findings == (record,), "a bundle needs no map"
    page.until(lambda page: page.has("prototypes"))
    (job,) = page.jobs("prototypes")
    page.widget("of-class").set_value("dark" if page.widget("of-class").value == "bright" else "bright").run()
    page.until(lambda page: page.has("prototypes") and page.jobs("prototypes")[0] is not job)
    assert not page.at.exception and not page.at.error
