"""A person brings a model of their own, says what its classes are called, and asks it, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drivers.browser import PATIENCE_MS, button, idle, part
from tests.fuzz.hostile_exchange import ONNX
from tests.model_store.exchange_toys import EXPORTED, QUANTISED, ir_of
from tests.pages.tiny_model import tiny_keras

NAMES = ("red", "green", "blue")
FILES = {"toy.onnx": "resnet.onnx", "toy.tflite": QUANTISED, "toy.zip": "resnet.onnx"}


def bring(page, name, content):
    page.goto("/own-model")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_test_id("stMain").locator('input[type="file"]').set_input_files(file)


def test_a_model_is_brought_described_and_asked(context):
    page = context.new_page()
    bring(page, "<b>colours</b>.keras", tiny_keras())
    use = button(page, "Use this model")
    expect(use).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="<b>colours</b>.keras")).to_be_visible()
    expect(use).to_be_disabled()
    name_and_use(page)


def name_and_use(page):
    """Say what its classes are called, use it, and look at its answer."""
    use = button(page, "Use this model")
    names = page.get_by_role("textbox", name=re.compile("^Paste them here: one name per line"))
    names.fill("\n".join(NAMES))
    names.press("Control+Enter")
    expect(page.get_by_text("✓ 3 names for 3 classes: red, green, blue")).to_be_visible()
    expect(use).to_be_enabled()
    use.click()
    expect(page.get_by_text("is in the list of models, and selected in the bar on top.")).to_be_visible()
    expect(page).to_have_url(re.compile("own=private-[0-9a-f]{32}"))
    idle(page)
    page.get_by_role("link", name="Its answer on your image").click()
    expect(part(page, "about-model")).to_be_visible(timeout=PATIENCE_MS)
    for name in NAMES:
        expect(page.get_by_test_id("stMain").get_by_text(name, exact=True).first).to_be_visible()


@pytest.mark.parametrize("name", FILES)
def test_a_model_of_another_library_is_brought_described_and_asked(context, tmp_path, name):
    content = (EXPORTED / FILES[name]).read_bytes()
    page = context.new_page()
    bring(page, name, ir_of(content, tmp_path) if name.endswith(".zip") else content)
    expect(button(page, "Use this model")).to_be_visible(timeout=PATIENCE_MS)
    fitting = "18 of 18 methods" if name == "toy.onnx" else "6 of 18 methods"
    expect(page.get_by_text(re.compile(fitting))).to_be_visible()
    name_and_use(page)


def test_a_hostile_model_is_one_sentence(context):
    page = context.new_page()
    bring(page, "toy.onnx", ONNX["weights elsewhere"][0]())
    expect(page.get_by_text(re.compile("keeps its weights in another file"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(button(page, "Dismiss")).to_be_visible()
