"""The page of feature maps inside the frame, with a real cluster and toy models."""

import base64

import numpy as np
import pytest

from tests.feature_toys import CHANNELS
from tests.pages.visits import tiles

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER = "vgg16-imagenet"


def values(tile):
    sent = tile["map"]["values"]
    steps = np.frombuffer(base64.b64decode(sent["text"]), "<u2") / 65535
    return sent["low"] + steps * (sent["high"] - sent["low"])


@pytest.fixture
def opened(visit):
    """The layer with 30 channels and a ReLU."""
    return visit("features", model=CLASSIFIER, steps="all", layer="steps").until(tiles)


def test_the_layer_of_the_link_is_shown_page_by_page(opened):
    assert (
        opened.widget("layer").value == "steps"
        and "steps · Conv2D · ReLU · 8 x 8 x 30" in opened.widget("layer").options
    )
    assert [tile["title"] for tile in tiles(opened)] == [f"Channel {number}" for number in range(24)]
    assert tiles(opened)[23]["said"] or values(tiles(opened)[0]).max() > 0
    assert not opened.at.exception and not opened.at.error
    opened.widget("sheet-page").set_value(2).run()
    assert [tile["title"] for tile in tiles(opened)] == [
        f"Channel {number}" for number in range(24, CHANNELS)
    ]


def test_a_link_names_the_page(visit):
    page = visit(
        "features", model=CLASSIFIER, steps="all", layer="steps", **{"sheet-page": "2"}, channel="26"
    ).until(tiles)
    assert tiles(page)[0]["title"] == "Channel 24" and page.widget("sheet-page").value == 2
    assert [tile["chosen"] for tile in tiles(page)].index(True) == 2
    assert page.widget("channel").value == 26 and "channel 26" in tiles(page, "large")[0]["alt"]


def test_before_and_after_the_activation(opened):
    after = [values(tile) for tile in tiles(opened)]
    opened.widget("made").set_value("before").run()
    before = [values(tile) for tile in tiles(opened)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(np.maximum(one, 0), other, atol=1e-4)
    assert tiles(opened)[0]["scale"]["signed"]
    assert [tile["title"] for tile in tiles(opened, "large")] == ["Before ReLU", "After ReLU"]


def test_channels_are_sorted_and_share_a_scale(opened):
    opened.widget("order").set_value("mean").run()
    means = [float(values(tile).mean()) for tile in tiles(opened)]
    assert means == sorted(means, reverse=True)
    assert len({str(tile["scale"]) for tile in tiles(opened)}) > 1
    opened.widget("layer-scale").set_value(True).run()
    assert len({str(tile["scale"]) for tile in tiles(opened)}) == 1


def test_the_channel_whose_title_is_clicked_is_large(opened):
    opened.send("sheet", pick={"key": "7", "click": 1})
    assert opened.widget("channel").value == 7
    assert [tile["chosen"] for tile in tiles(opened)].index(True) == 7
    assert all("channel 7" in tile["alt"] for tile in tiles(opened, "large"))


def test_the_layer_is_said_in_numbers(opened):
    assert "of 30 channels" in opened.texts and "have no positive value on this image" in opened.texts
    assert "A channel is not a concept" in opened.texts and "dead on this image" in opened.texts
    assert len(opened.at.get("plotly_chart")) == 1


def test_two_pictures_through_the_same_filters(opened):
    opened.widget("picture-2").set_value("coffee").run()
    opened.until(lambda page: page.component("twin"))
    assert [tile["title"] for tile in tiles(opened, "twin")] == [tile["title"] for tile in tiles(opened)]
    assert [tile["scale"] for tile in tiles(opened, "twin")] == [tile["scale"] for tile in tiles(opened)], (
        "so they can be compared"
    )
    assert opened.component("twin")["photo"] != opened.component("sheet")["photo"]


def test_step_by_step_through_the_network(opened):
    opened.at.button(key="step-back").click().run()
    assert opened.widget("layer").value == "look around"
    assert opened.at.button(key="step-next").disabled is False
    opened.at.button(key="step-back").click().run()
    opened.until(lambda page: len(tiles(page)) == 2)
    assert opened.widget("layer").value == "early" and opened.at.button(key="step-back").disabled
    assert "No activation follows this step." in opened.texts


def test_attention_of_a_cell(visit):
    page = visit("features", model=CLASSIFIER, steps="attention").until(tiles)
    assert [tile["title"] for tile in tiles(page)] == ["Mean of all heads", "Head 1", "Head 2"]
    assert (
        "spread over about 64 of 64 cells" in tiles(page)[2]["note"]
        and "about 1 of 64" in tiles(page)[1]["note"]
    )
    page.send("cell", pick={"row": 2, "column": 6, "click": 1})
    page.until(tiles)
    assert (page.widget("row").value, page.widget("column").value) == (3, 7)
    page.until(lambda page: tiles(page) and values(tiles(page)[1]).reshape(8, 8)[2, 6] > 0.99)
    assert page.component("cell")["row"] == 2 and not page.at.exception


def test_a_link_names_the_cell(visit):
    page = visit("features", model=CLASSIFIER, steps="attention", row="5", column="2").until(tiles)
    assert (page.component("cell")["row"], page.component("cell")["column"]) == (4, 1)


def test_first_kernels_with_their_weights(opened):
    red, green, blue = opened.component("weights")["groups"][0]["tiles"]
    assert (
        values(red).reshape(3, 3)[1, 1] == pytest.approx(2)
        and not values(green).any()
        and not values(blue).any()
    )
    opened.widget("kernel").set_value(1).run()
    assert values(opened.component("weights")["groups"][0]["tiles"][2]).reshape(3, 3)[0, 0] == pytest.approx(
        -0.5
    )


def test_another_layer_lets_go_of_the_maps_before(opened):
    opened.widget("layer").set_value("early").run()
    opened.until(lambda page: len(tiles(page)) == 2)
    asked = [job.order.spec.asked for job in opened.jobs("features")]
    assert sorted(asked) == [("layers",), ("maps", "early")]
