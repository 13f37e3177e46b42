"""The page of transfer inside the frame, with a real cluster and toys that read brightness."""

import numpy as np
import pytest
from PIL import Image

from components.session.offers import data_sets
from settings import override
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Bright and dark images, with a training part and a test part."""
    root = tmp_path_factory.mktemp("data")
    for number in range(24):
        part, name = ("test" if number % 3 == 0 else "train"), ("bright", "dark")[number % 2]
        path = root / "lights" / part / name / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        value = number + (200 if name == "bright" else 0)
        Image.fromarray(np.full((64, 64, 3), value, np.uint8)).save(path)
    with override(data=str(root)):
        data_sets._listed.cache_clear()
        yield root
    data_sets._listed.cache_clear()


def open_page(**link) -> Visit:
    return Visit("transfer", **{"model": "dogs-vgg", "data": "lights", "layer": "early", **link})


def test_a_price_then_rows_then_a_classifier_to_explain(offered):
    page = open_page(classifiers=["linear", "knn"]).until(lambda page: page.has("learn-start"))
    assert "24" in page.texts
    assert not page.at.dataframe
    page.widget("learn-start").click().run()
    page.until(lambda page: page.has("learn-model") or page.at.error)
    assert not [one.value for one in (*page.at.error, *page.at.exception)]
    rows = page.at.dataframe[0].value
    assert len(rows) == 2
    assert "8" in page.texts
    assert page.widget("learnt-row").options == ["Linear SVM"]


def test_a_model_that_segments_leads_to_those_that_name_classes(offered):
    page = Visit("transfer", model="streets-segformer")
    page.until(lambda page: page.has("use-digits-cnn"))
    assert page.asks


def test_no_classifier_is_said(offered):
    page = open_page().until(lambda page: page.has("learn-start"))
    page.widget("classifiers").set_value([]).run()
    assert not page.has("learn-start")
    assert page.at.info
