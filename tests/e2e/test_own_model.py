"""A person brings a model of their own, says what its classes are called, and asks it, in a real browser."""

import re

from playwright.sync_api import expect

from tests.e2e.drivers.browser import PATIENCE_MS, button, idle, part
from tests.pages.tiny_model import tiny_keras

NAMES = ("red", "green", "blue")


def test_a_model_is_brought_described_and_asked(context):
    page = context.new_page()
    page.goto("/own-model")
    file = {"name": "<b>colours</b>.keras", "mimeType": "application/octet-stream", "buffer": tiny_keras()}
    page.get_by_test_id("stMain").locator('input[type="file"]').set_input_files(file)
    use = button(page, "Use this model")
    expect(use).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="<b>colours</b>.keras")).to_be_visible()
    expect(use).to_be_disabled()
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
