"""Methods side by side and layers, in a real browser, with a shipped model."""

import re

from playwright.sync_api import expect

from tests.e2e.drivers.browser import PATIENCE_MS, click_at, idle, open_page, part

SMALL_LIME = "lime-samples=50&lime-seeds=2&lime-n_segments=15"


def sheet_map(page, name):
    """One map of the sheet, by its method."""
    return page.get_by_role("img", name=re.compile(f"^{re.escape(name)}: map of "))


def test_methods_side_by_side_for_a_zone(context):
    page = open_page(context, f"/compare?model=streets-unet&{SMALL_LIME}")
    click_at(page, 0.1, 0.5)
    for name in ("LIME", "Grad-CAM", "Grad-CAM++"):
        expect(sheet_map(page, name)).to_be_visible(timeout=PATIENCE_MS)
    expect(part(page, "agreement")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE_MS)
    sheet_map(page, "Grad-CAM").hover()
    values = page.locator("figcaption .value")
    expect(values.nth(0)).to_have_text(re.compile(r"^-?\d.*±"))
    expect(values.nth(1)).to_have_text(re.compile(r"^\d"))
    page.get_by_role("button", name="Enlarge Grad-CAM++").click()
    expect(page.get_by_role("heading", name=re.compile(r"^Grad-CAM\+\+, "))).to_be_visible()
    idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Image (PNG)").click()
    assert download.value.path().stat().st_size > 10_000


def test_the_slider_and_the_strip_of_layers(context):
    page = open_page(context, "/layers?model=streets-segformer&zone=1")
    expect(sheet_map(page, "stage 4")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Grad-CAM at stage 4")).to_be_visible()
    page.get_by_role("button", name="Enlarge stage 2").click()
    expect(page.get_by_role("heading", name="Grad-CAM at stage 2")).to_be_visible()
    expect(page).to_have_url(re.compile("layer=stage"))
