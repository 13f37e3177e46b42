"""Filters in a real browser: a finished sheet at once, and what is changed drawn live in named steps."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drivers.browser import PATIENCE_MS, button
from tests.e2e.drivers.server import running

FIGURES = "figure img"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A server that has drawn nothing and whose worker has no model."""
    folder = tmp_path_factory.mktemp("filters")
    with running(folder, VITRINE_CACHE=str(folder / "results"), VITRINE_BACKGROUND="off") as server:
        yield server


def test_the_page_opens_on_a_finished_sheet_and_what_is_changed_is_drawn(browser, fresh):
    page = browser.new_page(locale="en-US", viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{fresh.url}/filters?model=dogs-vgg")
    waits = page.get_by_text(re.compile(r"^(Step \d|Waiting)"))
    page.locator(FIGURES).or_(waits).first.wait_for()
    expect(page.locator(FIGURES)).to_have_count(16)
    expect(waits).to_have_count(0)
    expect(page.get_by_text("Comes with Vitrine: drawn on")).to_be_visible()
    with page.expect_download() as sheet:
        page.get_by_role("button", name="Sheet (PNG)").click()
    assert sheet.value.suggested_filename == "dogs-vgg-block4-conv3.png"
    page.get_by_role("textbox", name="Or specific channels").fill("20-27")  # enough to be stopped
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^Step \d of 3: "))).to_be_visible()
    button(page, "Stop").wait_for()
    expect(page.locator(FIGURES)).to_have_count(8)
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile("^Stopped at step"))).to_be_visible()
    page.get_by_role("textbox", name="Or specific channels").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Comes with Vitrine: drawn on")).to_be_visible()
    expect(page.locator(FIGURES)).to_have_count(1)
    page.close()
