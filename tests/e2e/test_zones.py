"""The page of zones in a real browser, with the shipped model."""

import io
import json
import re
import zipfile

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from engine.images.picture import read_picture
from tests.e2e.drivers.browser import (
    SKY,
    SMALL_PASS,
    VAN,
    chosen_zone,
    click_at,
    give_images,
    idle,
    open_page,
    part,
    picture,
    point_at,
    the_map,
)

FACTS = re.compile(r"\w+ \d+: .* % of the image, mean probability 0\.\d\d")


def taken(page, label):
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.path().read_bytes()


def test_click_a_cell_and_take_its_map_away(context):
    page = open_page(context, f"/zones?{SMALL_PASS}")
    click_at(page, *SKY)
    expect(page.get_by_text(FACTS).first).to_be_visible()
    name = chosen_zone(page)
    expect(page.get_by_role("combobox", name="Zone")).to_have_value(name.split(",")[0])
    expect(the_map(page)).to_be_visible()
    expect(part(page, "map-status").last).to_contain_text("144 of 144 model evaluations")
    idle(page)
    with Image.open(io.BytesIO(taken(page, "Image (PNG)"))) as image:
        assert image.width == 1256
    archive = io.BytesIO(taken(page, "Values (NPZ)"))
    assert zipfile.is_zipfile(archive)
    values = np.load(archive, allow_pickle=False)["values"]
    assert values.shape == (4, 4)
    manifest = json.loads(taken(page, "Manifest (JSON)"))
    assert manifest["params"]["designs"] == 8 and manifest["cost"]["forwards"] == 144


def test_a_map_says_how_true_it_is_at_once_and_more_when_somebody_asks(context):
    page = open_page(context, f"/zones?zone=1&{SMALL_PASS}")
    page.get_by_role("button", name=re.compile(r"Fidelity -?\d\.\d\d, beats .* of random maps")).click()
    expect(page.get_by_text("of 1,000 random maps do worse")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("Scorecard: how true is this map?").click()
    page.get_by_role("button", name="Grade this map").click()
    expect(page.get_by_text("random maps in ten").first).to_be_visible(timeout=120_000)
    expect(page.get_by_text("What else these cells carry")).to_be_visible()
    expect(part(page, "scorecard").get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_map_is_as_opaque_as_it_is_strong_or_flat_over_grey(context):
    page = open_page(context, f"/zones?zone=1&{SMALL_PASS}")
    expect(the_map(page)).to_be_visible()
    canvas, photo, contour = (
        page.locator(f".map .stage {name}") for name in ("canvas", ".photo", ".contour")
    )
    alpha = """canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = data.filter((_value, place) => place % 4 === 3);
      return [Math.min(...found), Math.max(...found)];
    }"""
    low, high = canvas.evaluate(alpha)
    assert low < 90 < high == 255
    expect(photo).to_have_css("filter", "none")
    smooth = contour.last.get_attribute("d") if contour.count() else None
    page.get_by_label("Smooth").uncheck()
    assert smooth is None or contour.last.get_attribute("d") != smooth
    page.get_by_label("Uniform overlay").check()
    expect(photo).to_have_css("filter", "grayscale(1)")
    assert canvas.evaluate(alpha) == [255, 255] and contour.count() == 0
    expect(page.get_by_label("Map", exact=True)).to_have_value("60")
    page.get_by_label("Uniform overlay").uncheck()
    expect(page.get_by_label("Map", exact=True)).to_have_value("85")


def test_another_zone_answers_at_once_and_the_border_too(context):
    page = open_page(context, f"/zones?zone=1&{SMALL_PASS}")
    expect(part(page, "map-status").last).to_contain_text("144 of 144 model evaluations")
    page.get_by_role("radio", name="Boundary", exact=True).click()
    expect(page.get_by_role("img", name="Map of boundary of")).to_be_visible()
    listed = take_from_list(page, chosen_zone(page).split(",")[0])
    expect(page.get_by_role("heading", name=f"Boundary of {listed}")).to_be_visible()
    expect(part(page, "map-status").last).to_contain_text("144 of 144 model evaluations")
    assert "ask=Boundary" in page.url


def test_shared_border_offers_only_touching_zones(context):
    page = open_page(context, f"/zones?zone=1&ask=shared&{SMALL_PASS}")
    expect(part(page, "empty")).to_be_visible()
    box = page.get_by_role("combobox", name="Shares its boundary with")
    box.click()
    listed_options(page).first.click()
    expect(page.get_by_role("heading", name="Boundary between")).to_be_visible()
    expect(picture(page).locator('[aria-selected="true"]')).to_have_count(2)
    expect(page.get_by_role("img", name="Map of boundary between")).to_be_visible()
    assert "with=" in page.url


def test_keyboard(context):
    page = open_page(context, f"/zones?{SMALL_PASS}")
    picture(page).focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text(re.compile(r"Row \d+, column \d+: "))).to_be_attached()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("zone="))
    expect(page.get_by_text(FACTS).first).to_be_visible()
    assert chosen_zone(page)
    page.keyboard.press("Escape")
    expect(part(page, "empty")).to_be_visible()
    expect(page).not_to_have_url(re.compile("zone="))


def test_the_list_drives_the_picture_and_back_goes_back(context):
    page = open_page(context, f"/zones?{SMALL_PASS}")
    above = zone_after_click(page, 0.1)
    listed = take_from_list(page, above)
    expect(picture(page).locator('[aria-selected="true"]')).to_have_accessible_name(re.compile(f"^{listed},"))
    assert zone_after_click(page, 0.1) == above
    expect(page).to_have_url(re.compile("zone=" + above.replace(" ", r"\+") + "(&|$)"))
    page.go_back()
    expect(picture(page).locator('[aria-selected="true"]')).to_have_accessible_name(re.compile(f"^{listed},"))


def listed_options(page):
    """The options of the list that is opened; small copies of images are options, too."""
    return page.get_by_test_id("stSelectboxVirtualDropdown").get_by_role("option")


def take_from_list(page, present):
    """Choose another zone than the present one from the list; gives its name."""
    box = page.get_by_role("combobox", name="Zone")
    box.click()
    listed_options(page).filter(has_not_text=re.compile(f"^{present}$")).first.click()
    expect(box).not_to_have_value(present)
    return box.input_value()


def test_link_reproduces_the_view_in_a_second_tab(context):
    first = open_page(
        context, f"/zones?model=streets-segformer&sample=street-2&zone=2&ask=border&{SMALL_PASS}"
    )
    expect(first.get_by_role("heading", name="Boundary of")).to_be_visible()
    second = open_page(context, first.url)
    expect(second.get_by_role("heading", name="Boundary of")).to_be_visible()
    assert chosen_zone(first) == chosen_zone(second) != ""
    take_from_list(second, chosen_zone(second).split(",")[0])
    expect(picture(first).locator('[aria-selected="true"]')).to_have_id("zone-1")
    for page in (first, second):
        expect(the_map(page)).to_be_visible()


def rotated_photo() -> bytes:
    """A picture that stands only after its EXIF rotation: dark below, bright above."""
    upright = np.full((240, 360, 3), 60, np.uint8)
    upright[:80] = (120, 180, 240)
    stored = Image.fromarray(np.rot90(upright))
    exif = Image.Exif()
    exif[274] = 6
    content = io.BytesIO()
    stored.save(content, "JPEG", quality=95, exif=exif)
    return content.getvalue()


def test_uploaded_photo_is_upright_and_clicked_right(context):
    content = rotated_photo()
    assert read_picture(content).size_hw == (240, 360)
    page = open_page(context, f"/zones?{SMALL_PASS}")
    give_images(page, {"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_text("This file cannot be read as an image")).to_be_visible()
    expect(picture(page)).to_have_accessible_name(re.compile("Leafy|street", re.IGNORECASE))
    idle(page)  # the field is a new one after each file
    give_images(page, {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": content})
    expect(picture(page)).to_have_accessible_name("Zones of the image mine.jpg")
    idle(page)
    expect(part(page, "no-link")).to_be_visible()
    page.keyboard.press("Escape")  # the images may lie over a part of the zones
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    above, below = zone_after_click(page, 0.12), zone_after_click(page, 0.9)
    assert above != below


def zone_after_click(page, row):
    """The zone that the server found, and that the picture lit, after a click in the middle of a row."""
    click_at(page, row, 0.5)
    idle(page)
    lit = chosen_zone(page).split(",")[0]
    expect(page.get_by_role("combobox", name="Zone")).to_have_value(lit)
    return lit


def test_a_cell_of_the_finished_map_lights_up_in_every_view_and_the_start_page_answers_clicks(context):
    page = open_page(context, "/")
    expect(page.get_by_role("img", name="Map of vehicle")).to_be_visible()
    expect(part(page, "about-model")).to_be_visible()
    cursor = picture(page).locator("rect.cell:not(.casing)")
    expect(cursor).to_be_hidden()
    page.get_by_role("button", name=re.compile(r"^row \d, column \d:")).first.hover()
    expect(cursor).to_be_visible()
    width, height = (float(cursor.get_attribute(name)) for name in ("width", "height"))
    assert (1024 / width, 512 / height) == (8, 8), "the grid of the map"
    point_at(page, *VAN)  # a click would clear the choice, since the page opens on the van
    lit = page.locator(".map path.cell:not(.casing)")
    expect(lit).to_have_attribute("d", re.compile(r"^M512 192"))
    click_at(page, *SKY)
    expect(page.get_by_role("img", name="Map of sky")).to_be_visible()
    expect(part(page, "about-model")).to_be_visible()


def test_on_a_phone_the_map_is_below_the_image_and_comes_into_view_after_a_tap(context):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/zones?zone=1&{SMALL_PASS}")
    expect(the_map(page)).to_be_visible()
    idle(page)
    upper, lower = picture(page).bounding_box(), the_map(page).bounding_box()
    assert lower["y"] > upper["y"] + upper["height"]
    assert upper["x"] >= 0 and upper["x"] + upper["width"] <= 390
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    expect(the_map(page)).not_to_be_in_viewport(ratio=0.9)
    click_at(page, *SKY)
    expect(the_map(page)).to_be_in_viewport(ratio=0.9)
