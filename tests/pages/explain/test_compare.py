"""The pages of methods side by side and of layers inside the frame, with a real cluster and toy models."""

import pytest

from engine.methods import METHODS
from tests.pages.visits import tiles

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER, OTHER = "vgg16-imagenet", "xception-imagenet"
SMALL_LIME = {"lime-samples": "100", "lime-seeds": "2", "lime-n_segments": "15"}


def finished(page):
    found = tiles(page)
    return found and all(tile["map"] and tile["done"] is None for tile in found)


@pytest.fixture
def compared(visit):
    """LIME, Grad-CAM and Grad-CAM++ of the toy classifier, finished."""
    return visit("compare", model=CLASSIFIER, **SMALL_LIME).until(finished)


def test_lime_stands_beside_grad_cam(compared):
    assert [tile["title"] for tile in tiles(compared)] == ["LIME", "Grad-CAM", "Grad-CAM++"]
    lime, cam, _other = tiles(compared)
    assert "runs" in lime["map"] and (cam["map"]["rows"], cam["map"]["columns"]) == (4, 4)
    assert "raw maximum" in cam["note"] and "R2 of the local model" in lime["note"]
    assert not compared.at.exception and not compared.at.error
    assert compared.has("agreement")


def test_five_best_classes_and_any_other_can_be_asked_about(compared):
    assert compared.widget("class").options == ["dark", "middle", "bright"]
    compared.widget("class").set_value(2).run()
    compared.until(finished)
    assert compared.component("sheet")["groups"][0]["title"].endswith(": bright")
    compared.widget("versus").set_value(0).run()
    compared.until(finished)
    assert compared.component("sheet")["groups"][0]["title"].endswith(": bright in contrast with dark")
    assert all("bright in contrast with dark" in tile["alt"] for tile in tiles(compared))


def test_the_map_whose_title_is_clicked_is_shown_large(compared):
    assert "LIME" in [heading.value.split(",")[0] for heading in compared.at.subheader]
    compared.send("sheet", pick={"key": "0-1", "click": 1})
    assert any(heading.value.startswith("Grad-CAM,") for heading in compared.at.subheader)
    assert all(sentence in compared.texts for sentence in METHODS["gradcam"].how_to_read)


def test_two_models_are_two_rows(visit):
    page = visit("compare", model=CLASSIFIER, second=OTHER, methods="Grad-CAM").until(
        lambda page: finished(page) and len(tiles(page)) == 2
    )
    groups = page.component("sheet")["groups"]
    assert (
        len(groups) == 2
        and groups[0]["title"].startswith("VGG16")
        and groups[1]["title"].startswith("Xception")
    )
    page.widget("scale").set_value(True).run()
    page.until(finished)
    one, two = tiles(page)
    assert one["scale"] == two["scale"]


def test_superpixels_are_seen_before_anything_is_paid_where_settings_are_opened(compared):
    assert "superpixels, as the model sees the image" not in compared.texts
    compared.at.session_state["settings"] = True
    compared.at.run()
    assert "superpixels, as the model sees the image; LIME costs 200 model evaluations" in compared.texts


def test_every_method_that_hides_superpixels_shows_them_first(visit):
    small = {name.replace("lime", "kernelshap"): value for name, value in SMALL_LIME.items()}
    page = visit("compare", model=CLASSIFIER, methods="Kernel SHAP", **small)
    page.at.session_state["settings"] = True
    page.until(
        lambda page: (
            "superpixels, as the model sees the image; Kernel SHAP costs 202 model evaluations" in page.texts
        )
    )


def test_a_zone_of_a_segmentation_is_compared_too(visit):
    page = visit("compare", model="streets-segformer", methods="LIME", **SMALL_LIME).until_picture()
    page.click(0.05, 0.5)
    page.until(finished)
    assert tiles(page)[0]["outlines"] and not page.at.exception


def test_a_pass_that_is_compared_ends_by_its_rule(visit):
    link = {
        "methods": "Sobol total indices",
        "sobol-grid": "16",
        "sobol-designs": "256",
        "sobol-until": "draft: after 4 samples",
    }
    page = visit("compare", model=CLASSIFIER, **link).until(
        lambda page: tiles(page) and "stopped by its own rule" in str(tiles(page))
    )
    (tile,) = tiles(page)
    assert tile["map"] and tile["done"] is None and "Stopped after" in str(tile)


def test_another_picture_lets_go_of_the_jobs(compared):
    (job,) = compared.jobs("perturbation")
    compared.widget("sample").set_value("street-2").run()
    compared.until(finished)
    after = compared.jobs("perturbation")
    assert job not in after and len(after) == 1


def test_layers_have_their_own_scale_and_say_how_strong_they_are(visit):
    page = visit("layers", model=CLASSIFIER).until(finished)
    assert [tile["title"] for tile in tiles(page)] == ["early", "late"]
    assert len({str(tile["scale"]) for tile in tiles(page)}) == 2
    early, late = (tile["strength"] for tile in tiles(page))
    assert late[0] == 1 and 0 < early[0] < 1 and early[1].endswith("of the strongest")
    assert all("raw maximum" in tile["note"] for tile in tiles(page))
    assert [tile["chosen"] for tile in tiles(page)] == [False, True]
    page.send("sheet", pick={"key": "0-early", "click": 1})
    assert page.widget("layer").value == "early"
    page.widget("depth").set_value("all").run()
    page.until(finished)
    assert [tile["title"] for tile in tiles(page)] == ["early", "middle", "late"]


def test_layers_of_two_classes_side_by_side(visit):
    page = visit("layers", model=CLASSIFIER).until(finished)
    page.widget("beside").set_value(2).run()
    page.until(lambda page: len(tiles(page)) == 4)
    assert [group["title"] for group in page.component("sheet")["groups"]] == ["dark", "bright"]
    assert not page.at.exception and not page.at.error


def test_a_model_without_layers_says_so(visit):
    page = visit("layers", model="streets-segformer", zone="1")
    page.until(lambda page: page.has("empty"))
    assert not page.at.error and not tiles(page)


def test_layers_of_grad_cam_plus_plus_are_not_held_against_each_other(visit):
    """Its values are sums over a layer: the strongest layer would be the largest one."""
    page = visit("layers", model=CLASSIFIER, method="Grad-CAM++").until(finished)
    assert len({str(tile["scale"]) for tile in tiles(page)}) == 2
    assert all(tile["strength"] is None for tile in tiles(page))
    page.widget("scale").set_value(True).run()
    assert len({str(tile["scale"]) for tile in tiles(page.until(finished))}) == 1
