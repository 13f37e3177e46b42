"""`sanity`: the price is said first, then each method gets a row; what does not fit gets a sentence."""

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from cli import app
from commands.trust.sanity import (
    SanityQuestion,
    networks_of,
    sanity_facts,
    shipped_facts,
    suiting_samples,
)
from compute.work.sanity.asking import Networks
from engine.errors import ParamsError
from model_store.catalogue import ModelRef
from samples.digits import digit_pixels

pytestmark = pytest.mark.models


@pytest.mark.processes
def test_a_model_is_tested_on_an_image_and_the_answer_is_written(tmp_path):
    image, out = tmp_path / "digit.png", tmp_path / "sanity.json"
    Image.fromarray(digit_pixels(3)).save(image)
    words = ("sanity", "--model", "digits-cnn", "--image", str(image), "--method", "saliency")
    result = CliRunner().invoke(
        app, [*words, "--seeds", "1", "--cascade", "0", "--json", "--out", str(out)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    facts = json.loads(out.read_text())
    assert json.loads(result.stdout) == facts and facts["images"] == ["digit.png"]
    found = facts["methods"]["saliency"]
    assert found["level"] is None and found["verdict"] in ("moves", "partly", "stays")
    assert "2 networks, 2 model evaluations" in result.stderr


def test_the_price_is_said_before_anything_starts():
    class Stop(Exception):
        pass

    said = []

    def stop(text):
        said.append(text)
        raise Stop

    with pytest.raises(Stop):
        sanity_facts(SanityQuestion("digits-cnn", (), ("saliency",), Networks(2, 1)), stop)
    assert said[0].startswith("7 networks")


def test_what_came_with_vitrine_is_shown_without_a_run():
    words = ["sanity", "--model", "dogs-vgg", "--shipped", "--json"]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    methods = json.loads(result.stdout)["methods"]
    assert methods["guided_backprop"]["verdict"] == "stays" and methods["gradcam"]["verdict"] == "moves"
    with pytest.raises(ParamsError, match="No randomisation test came with"):
        shipped_facts("imagenet-lite2")


def test_a_method_that_does_not_exist_says_so():
    with pytest.raises(ParamsError, match="There is no method"):
        sanity_facts(SanityQuestion("digits-cnn", (), ("nothing",), Networks(1, 0)), lambda text: None)


@pytest.mark.parametrize(("seeds", "cascade"), [(0, 0), (100, 0), (2, 3), (2, -1)])
def test_numbers_of_networks_have_bounds(seeds, cascade):
    with pytest.raises(ParamsError, match="Seeds are 1 to 99"):
        networks_of(seeds, cascade)


def test_the_samples_suit_the_model():
    assert {sample.kind for sample in suiting_samples(ModelRef("streets-unet"))} == {"street"}
    assert {sample.kind for sample in suiting_samples(ModelRef("dogs-vgg"))} == {"object"}
