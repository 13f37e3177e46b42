"""The page of concepts inside the frame, with a real cluster and a toy that reads a quarter of an image."""

import numpy as np
import pytest
from PIL import Image

from commands.bundles.findings import replay_finding
from components.report.downloads import records_of
from components.session.offers import data_sets
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
SIDE = 64


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Images of a class, bright in the quarter that the toy reads, or besides."""
    root = tmp_path_factory.mktemp("data")
    for number in range(8):
        pixels = np.full((SIDE, SIDE, 3), 20, np.uint8)
        pixels[:32, :32] = 255 - 10 * number
        pixels[40:, 8 * number :] = 120
        path = root / "parts" / "bright" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def test_concepts_of_a_class_with_their_importance_and_what_they_do_in_an_image(offered):
    link = {"model": "dogs-vgg", "data": "parts", "layer": "early", "of-class": "bright", "concepts": "2"}
    page = Visit("concepts", **link)
    page.until(lambda page: page.has("concept-bars") and page.has("ask-image-concepts"))
    assert not page.at.exception and not page.at.error
    assert "**2** concepts explain" in page.part("concepts-found") and "8 images" in page.part(
        "concepts-found"
    )
    assert page.has("concept-1") and page.has("concept-2") and not page.has("concept-3")
    assert "same answer in 100 %" in page.texts
    page.widget("select-concept-1").click().run()
    assert page.at.session_state["_selection"].name == "bright, concept 1"
    page.until(lambda page: page.has("ask-image-concepts"))
    page.widget("table-add-concepts").click().run()
    page.until(lambda page: page.has("ask-image-concepts"))
    (record,) = records_of(page.at.session_state["_report_tables"])
    assert replay_finding(record, (), None).verdict.state == "same", "the command answers as the page does"
    page.widget("ask-image-concepts").click().run()
    page.until(lambda page: page.has("table-add-image-concepts"))
    page.widget("table-add-image-concepts").click().run()
    found, in_image = page.at.session_state["_report_tables"]
    assert found.title == "Concepts of “bright”" and len(found.pictures) == len(found.rows) == 2
    assert "2 concepts explain" in found.sentences[0] and '"layer": "early"' in found.record
    assert len(in_image.pictures) == 1 and "Image: " in in_image.about
    page.widget("draw-concepts").click().run()
    page.until(lambda page: page.jobs("filters") and all(job.finished for job in page.jobs("filters")))
    (job,) = page.jobs("filters")
    assert list(job.view.drawings()) == [0, 1] and len(job.order.spec.directions) == 2
    page.until(lambda page: not page.has("draw-concepts"))
    assert not page.at.exception and not page.at.error


def test_a_class_without_images_is_said(offered):
    page = Visit("concepts", model="dogs-vgg", data="parts", **{"of-class": "dark"})
    page.until(lambda page: "has no images of this class" in page.texts)
    assert not page.at.exception
