"""From a confusion matrix to the map of one mistaken image, in a real browser, with what is shipped."""

import re

from playwright.sync_api import expect

from tests.e2e.drivers.browser import idle, part


def test_a_cell_of_the_matrix_leads_to_its_images_their_maps_and_their_explanation(context):
    page = context.new_page()
    page.goto("/data-set?model=digits-cnn")
    expect(part(page, "confusion")).to_be_visible()
    expect(part(page, "pairs")).to_be_visible()
    idle(page)
    count = part(page, "confusion").locator(".textpoint text").filter(has_text=re.compile("^1$")).first
    expect(count).to_be_visible()
    idle(page)
    box = count.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*place)
    page.mouse.click(*place)
    page.get_by_role("link", name="Look at these images").click()
    expect(part(page, "selection")).to_contain_text("0, predicted as 8, 1 image")
    expect(page.get_by_text("True class: 0")).to_be_visible()
    page.locator("label").filter(has_text="Maps").click()
    expect(page.get_by_role("img", name="8, predicted")).to_be_visible()
    expect(page.get_by_role("img", name="0, true")).to_be_visible()
    page.get_by_role("link", name="Explain", exact=True).click()
    expect(page.get_by_role("heading", name="Compare methods", level=1)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Grad-CAM: map of 8"))).to_be_visible()
    assert "item=digits" in page.url
