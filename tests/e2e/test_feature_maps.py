"""Feature maps in a real browser: a click on a cell, the value under the pointer, a channel made large."""

import re

from playwright.sync_api import expect

from tests.e2e.drivers.browser import idle

ATTENTION = "/features?model=streets-segformer&steps=attention"


def test_a_click_and_the_keyboard_choose_the_cell_that_asks(context):
    page = context.new_page()
    page.goto(ATTENTION)
    cells = page.get_by_role("application", name="Cells of the image")
    cells.wait_for()
    idle(page)
    box = cells.bounding_box()
    cells.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.1})
    column = page.get_by_role("spinbutton", name="Column")
    expect(column).to_have_value(re.compile("11[5-6]"))
    idle(page)
    cells.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(column).to_have_value(re.compile("11[4-5]"))
    expect(page.get_by_role("img", name="Head 1: attention").first).to_be_visible()


def test_a_channel_is_made_large_and_says_its_values(context):
    page = context.new_page()
    page.goto("/features?model=streets-segformer")
    page.get_by_role("button", name="Enlarge Channel 5").click()
    idle(page)
    large = page.get_by_role("img", name="channel 5, from")
    expect(large.first).to_be_visible()
    large.first.hover()
    expect(page.locator(".large .value").first).to_have_text(re.compile(r"^-?\d"))
    assert "channel=5" in page.url
