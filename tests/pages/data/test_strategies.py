"""The page of strategies inside the frame, with a real cluster and a toy that reads a quarter of an image."""

import numpy as np
import pytest
from PIL import Image

from components.session.offers import data_sets
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
SIDE = 64


def put(path, rows, columns, value=255):
    """Dark, with a bright part; the toy names the brightness of the top left quarter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[rows, columns] = value
    Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Bright images: some are bright on top of the quarter, others on its left; two of the latter are dark
    ones by their class.
    """
    root = tmp_path_factory.mktemp("data")
    for number in range(15):
        put(root / "sides" / "bright" / f"top-{number:02}.png", slice(0, 20), slice(0, 32), 255 - number)
    for number in range(13):
        name = "dark" if number < 3 else "bright"
        put(root / "sides" / name / f"left-{number:02}.png", slice(0, 32), slice(0, 20), 255 - number)
    for number in range(13, 15):
        put(root / "sides" / "dark" / f"none-{number}.png", slice(0, 0), slice(0, 0))
    put(root / "zones" / "images" / "a.png", slice(0, 32), slice(0, 64), 128)
    (root / "zones" / "labels").mkdir()
    Image.fromarray(np.ones((SIDE, SIDE), np.uint8)).save(root / "zones" / "labels" / "a.png")
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def open_page(**link) -> Visit:
    shown = {"model": "dogs-vgg", "data": "sides", "layer": "early", "cam": "LayerCAM", **link}
    return Visit("strategies", **shown)


def found(page):
    return page.has("strategies-found") and not page.at.get("progress")


def test_groups_of_a_class_with_where_errors_sit(offered):
    page = open_page(by="predicted").until(found)
    assert not page.at.exception and not page.at.error
    said = page.part("strategies-found")
    assert "The 28 maps of **bright** fall into **2** groups." in said
    assert page.has("strategy-1") and not page.has("strategy-2")
    figures = [(figure.label, figure.value) for figure in page.at.metric]
    assert (
        ("Images", "15") in figures
        and ("Accuracy", "1.000") in figures
        and ("Of the errors", "100 %") in figures
    )
    assert "Errors lie in the groups as chance has it." in said or "Errors gather in group 2" in said


def test_images_of_a_group_are_selected(offered):
    page = open_page(by="predicted").until(found)
    page.widget("select-group-1").click().run()
    selection = page.at.session_state["_selection"]
    assert selection.name == "bright, group 2" and len(selection.ids) == 13
    assert {name.rpartition("/")[2][:4] for name in selection.ids} == {"left"}


def test_a_class_with_few_images_is_said(offered):
    page = open_page(**{"of-class": "dark"})
    page.until(lambda page: "groups need at least 12" in page.texts)
    assert "“dark” has 5 maps here" in page.texts and not page.at.error


def test_a_model_without_layers_is_said(offered):
    page = open_page(model="streets-segformer", data="zones")
    page.until(lambda page: "no layers whose maps could be compared" in page.texts)
    assert not page.at.exception
