"""A person uploads a ZIP of images and sees how right a model is on them; somebody else does not see it."""

import io
import re
import zipfile

from PIL import Image
from playwright.sync_api import expect

from samples.digits import digit_pixels, digit_values
from tests.e2e.conftest import session
from tests.e2e.drivers.browser import idle, part

COUNT = 4
CLASSES = ("3", "5", "8")


def digits_zip() -> bytes:
    """A folder for each of three digits, all below one."""
    truth, buffer = digit_values()[1].tolist(), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in CLASSES:
            for place in [place for place, digit in enumerate(truth) if digit == int(name)][:COUNT]:
                image = io.BytesIO()
                Image.fromarray(digit_pixels(place)).save(image, "PNG")
                archive.writestr(f"three digits/{name}/{place}.png", image.getvalue())
    return buffer.getvalue()


def give(page, name, content):
    """Open the place for a ZIP, and give one."""
    page.get_by_role("button", name="Upload (ZIP)").click()
    field = page.get_by_test_id("stPopoverBody").locator('input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "application/zip", "buffer": content})


def test_a_zip_is_measured_explained_and_seen_by_nobody_else(browser, server, context):
    page = context.new_page()
    page.goto("/data-set?model=digits-cnn")
    expect(part(page, "confusion")).to_be_visible()
    idle(page)
    give(page, "no <b>data</b>.zip", b"PK\x03\x04 damaged")
    expect(part(page, "set-refused")).to_contain_text(
        "no <b>data</b>.zip cannot be used. This ZIP cannot be read."
    )
    idle(page)
    give(page, "my digits.zip", digits_zip())
    expect(part(page, "set-kind").get_by_role("combobox")).to_have_value("A folder for each class")
    expect(part(page, "figures")).to_contain_text(re.compile(r"Accuracy\D*0\.917.*Images\s*12$", re.DOTALL))
    expect(page.get_by_text("12 images · 3 classes")).to_be_visible()
    expect(part(page, "set-refused")).to_have_count(0)
    expect(page).to_have_url(re.compile("data=my"))
    idle(page)
    page.get_by_role("link", name="Errors", exact=True).click()
    expect(page.get_by_text("12 images · 3 classes")).to_be_visible()
    expect(page.get_by_text("True class: ")).to_have_count(1)
    idle(page)
    page.get_by_role("link", name="Explain", exact=True).click()
    expect(page.get_by_role("heading", name="Compare methods", level=1)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Grad-CAM: map of")).first).to_be_visible()
    expect(page).not_to_have_url(re.compile("item="))
    with session(browser, server) as stranger:
        other = stranger.new_page()
        other.goto("/data-set?model=digits-cnn&data=my+digits+%28uploaded%29")
        expect(part(other, "confusion")).to_be_visible()
        idle(other)
        assert "my digits" not in other.content()
    assert "my digits" not in server.log.read_text()
