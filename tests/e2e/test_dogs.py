"""The whole comparison in a real browser: a dog that a shipped classifier takes for another breed."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from compute.run.runners import LocalRunner, predict_with
from engine.images.picture import read_picture
from model_store.catalogue import ModelRef
from tests.e2e.drivers.browser import PATIENCE_MS, give_images, idle, part
from tests.e2e.drivers.server import ROOT
from training.classify.config import read_config
from training.classify.pictures import find_pictures

DATA = ROOT.parent / "shared"
CONFIG = ROOT / "training" / "configs" / "dogs-vgg.toml"
SMALL_LIME = "lime-samples=50&lime-seeds=2&lime-n_segments=15"


@dataclass(frozen=True)
class Mistake:
    """A held-out picture, the breed on it, and the breed that the model sees."""

    file: Path
    breed: str
    answer: str


@pytest.fixture(scope="module")
def mistake():
    if not (DATA / "data" / "dogs").is_dir():
        pytest.skip("the shared pictures of dogs are not there")
    for sample in find_pictures(read_config(CONFIG), DATA, ["report"]):
        picture = read_picture(sample.path.read_bytes(), sample.path.name)
        prediction = predict_with(LocalRunner(), ModelRef("dogs-vgg"), picture)
        answer = prediction.facts.labels[int(prediction.class_scores.argmax())]
        breed = sample.group.replace("_", " ")
        if answer.casefold() != breed.casefold():
            return Mistake(sample.path, breed, answer)
    pytest.fail("the model makes no mistake on the held-out pictures")


def choose(page, name, value):
    """Take a class from a list, as somebody does who types its name."""
    page.get_by_role("combobox", name=name).fill(value)
    page.get_by_role("option", name=re.compile(f"^{re.escape(value)}", re.IGNORECASE)).first.click()
    idle(page)


def maps(page, title):
    return page.get_by_role("img", name=re.compile(f"^{re.escape(title)}: map of "))


def test_a_mistaken_dog_is_compared_and_followed_through_the_layers(context, mistake):
    page = context.new_page()
    page.goto(f"/compare?model=dogs-vgg&second=dogs-inception&{SMALL_LIME}")
    give_images(page, mistake.file)
    expect(page.get_by_role("heading", name=f"Dogs, VGG: {mistake.answer}", exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )
    for method in ("LIME", "Grad-CAM", "Grad-CAM++"):
        expect(maps(page, method)).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE_MS)
    choose(page, "Contrast with", mistake.breed)
    expect(
        page.get_by_role(
            "heading",
            name=re.compile(f"Dogs, VGG: {mistake.answer} in contrast with {mistake.breed}", re.IGNORECASE),
        ).first
    ).to_be_visible()
    expect(part(page, "agreement")).to_be_visible()

    page.get_by_role("link", name="Layer by layer").first.click()
    expect(page.get_by_role("heading", name="Layer by layer")).to_be_visible()
    choose(page, "Also show", mistake.breed)
    for layer in ("block1_conv2", "block5_conv3"):
        expect(maps(page, layer)).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Grad-CAM at block4_conv3")).to_be_visible()
