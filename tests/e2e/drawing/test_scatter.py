"""Points of a layout in a real browser: lasso and box, colours, small images, views, keys and a phone."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.drivers.browser import idle
from tests.e2e.drivers.scatter_app import COUNT, clusters
from tests.e2e.drivers.server import ROOT, running
from tests.harness.waits import wait_for

SCRIPT = Path(__file__).parents[1] / "drivers" / "scatter_app.py"
ROOT_OF = "document.querySelector('[data-testid=\"stBidiComponentRegular\"], .stBidiComponent')"
PLACES = """stage => {
  const { xaxis, yaxis } = stage.querySelector(".plot")._fullLayout;
  return [xaxis, yaxis].map((axis) => [...axis.range, axis._offset, axis._length]);
}"""
"""Range, first pixel and length of both axes."""
PLACES_3D = """(stage, points) => {
  const plot = stage.querySelector(".plot");
  const { glplot, dataScale } = plot._fullLayout.scene._scene;
  const { projection, view, model } = glplot.cameraParams;
  return points.map((point) => {
    let place = [...point.map((value, at) => value * dataScale[at]), 1];
    for (const m of [model, view, projection])
      place = [0, 1, 2, 3].map((row) => place.reduce((sum, value, i) => sum + m[4 * i + row] * value, 0));
    return [0.5 + place[0] / place[3] / 2, 0.5 - place[1] / place[3] / 2].map(
      (share, at) => share * (at ? plot.clientHeight : plot.clientWidth));
  });
}"""
LASSO = ((0.2, 0.15), (0.7, 0.1), (0.45, 0.4), (0.8, 0.85), (0.3, 0.7), (0.62, 0.3))
"""Shares of width and height of a lasso that crosses itself."""
MOST_THUMBS = 300


@pytest.fixture(scope="module")
def session(browser, tmp_path_factory):
    """A browser whose pages share what it has fetched."""
    with running(tmp_path_factory.mktemp("scatter"), script=SCRIPT, PYTHONPATH=str(ROOT)) as server:
        made = browser.new_context(base_url=server.url, viewport={"width": 1000, "height": 1000})
        yield made, server.url
        made.close()


@pytest.fixture
def tab(session):
    context, url = session
    page = context.new_page()
    page.asked, page.failed = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    page.goto("/")
    drawn(page, 2)
    yield page
    page.close()
    assert not page.failed and all(one.startswith((url, "data:", "blob:")) for one in page.asked)


def stage(page):
    return page.get_by_role("group", name="Six groups of points")


def drawn(page, dimensions):
    expect(stage(page)).to_have_attribute("data-drawn", f"toy-{dimensions}")
    idle(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def selected(page):
    said = page.get_by_text(re.compile("^selected:")).inner_text()
    return [int(one) for one in said.removeprefix("selected:").strip().split(",") if one]


def in_pixels(page):
    """float64 (N, 2): places of all points from the top left of the stage."""
    points = clusters(COUNT, 2).astype(np.float64)
    (x0, x1, left, wide), (y0, y1, top, high) = stage(page).evaluate(PLACES)
    return np.stack(
        [left + (points[:, 0] - x0) / (x1 - x0) * wide, top + high - (points[:, 1] - y0) / (y1 - y0) * high],
        axis=1,
    )


def even_odd(corners, places):
    """bool (N,): inside a polygon by the even-odd rule."""
    inside = np.zeros(len(places), bool)
    for (xi, yi), (xj, yj) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            crosses = (yi > places[:, 1]) != (yj > places[:, 1])
            inside ^= crosses & (places[:, 0] < (xj - xi) * (places[:, 1] - yi) / (yj - yi) + xi)
    return inside


def drag(page, shares):
    """Drag over the stage; the corners in its pixels."""
    frame = stage(page).locator(".draw").bounding_box()
    corners = np.array([(round(x * frame["width"]), round(y * frame["height"])) for x, y in shares], float)
    page.mouse.move(frame["x"] + corners[0, 0], frame["y"] + corners[0, 1])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(frame["x"] + x, frame["y"] + y)
    page.mouse.up()
    return corners


def test_a_lasso_selects_exactly_what_the_even_odd_rule_does(tab):
    press(tab, "Lasso")
    corners = drag(tab, LASSO)
    expected = np.flatnonzero(even_odd(corners, in_pixels(tab))).tolist()
    assert 20 < len(expected) < COUNT - 20
    expect(tab.get_by_text(f"{len(expected)} of {COUNT} selected")).to_be_visible()
    idle(tab)
    assert selected(tab) == expected
    press(tab, "Clear selection")
    expect(tab.get_by_text(re.compile("^selected:$"))).to_be_visible()


def test_a_box_selects_shift_adds_and_alt_takes_away(tab):
    press(tab, "Box")
    places = in_pixels(tab)
    first = even_odd_of_box(drag(tab, ((0.1, 0.1), (0.5, 0.6))), places)
    tab.keyboard.down("Shift")
    second = even_odd_of_box(drag(tab, ((0.4, 0.4), (0.8, 0.9))), places)
    tab.keyboard.up("Shift")
    wait_for_selection(tab, first | second)
    tab.keyboard.down("Alt")
    third = even_odd_of_box(drag(tab, ((0.3, 0.3), (0.6, 0.7))), places)
    tab.keyboard.up("Alt")
    wait_for_selection(tab, (first | second) & ~third)


def even_odd_of_box(corners, places):
    (x0, y0), (x1, y1) = corners
    return even_odd(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), places)


def wait_for_selection(page, mask):
    text = ",".join(map(str, np.flatnonzero(mask)))
    expect(page.get_by_text(re.compile("^selected:"))).to_have_text(f"selected: {text}".strip())


def test_colours_change_without_the_points_being_sent_again(tab):
    media = [url for url in tab.asked if "/media/" in url]
    scripts = [url for url in tab.asked if "plotly" in url]
    assert len(scripts) == 1
    before = stage(tab).get_attribute("data-paints")
    tab.get_by_text("Confidence", exact=True).click()
    expect(stage(tab)).not_to_have_attribute("data-paints", before or "")
    idle(tab)
    expect(tab.get_by_role("group", name="Confidence").locator(".ramp")).to_be_visible()
    assert [url for url in tab.asked if "/media/" in url] == media
    assert [url for url in tab.asked if "plotly" in url] == scripts


def test_a_selection_from_the_page_is_adopted(tab):
    tab.get_by_role("spinbutton", name="Select the first").fill("7")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text(f"7 of {COUNT} selected")).to_be_visible()


def test_small_images_appear_when_few_points_are_in_view(tab):
    thumbs = stage(tab).locator(".thumbs")
    expect(thumbs).to_have_attribute("data-shown", "0")
    for _again in range(12):
        before = widths(tab)
        press(tab, "Zoom in")
        wait_for(lambda before=before: (widths(tab) < before).all())
        if in_view(tab) <= MOST_THUMBS // 2:
            break
    assert in_view(tab) > 0
    expect(thumbs).to_have_attribute("data-shown", str(in_view(tab)))
    press(tab, "Show all")
    expect(thumbs).to_have_attribute("data-shown", "0")


def in_view(page):
    """Number of points in view."""
    places, frame = in_pixels(page), stage(page).locator(".thumbs").bounding_box()
    with np.errstate(invalid="ignore"):
        return int(((places >= 0) & (places <= (frame["width"], frame["height"]))).all(1).sum())


def test_hovering_says_which_image_and_a_click_picks_it(tab):
    place = in_pixels(tab)[42]
    frame = stage(tab).locator(".draw").bounding_box()
    tab.mouse.move(frame["x"] + place[0] - 3, frame["y"] + place[1])
    tab.mouse.move(frame["x"] + place[0], frame["y"] + place[1])
    expect(stage(tab).locator(".tip span")).to_have_text("image 42 <b>")
    tab.mouse.down()
    tab.mouse.up()
    expect(tab.get_by_text("picked: 42")).to_be_visible()


def test_a_group_of_the_legend_lights_up(tab):
    before = stage(tab).get_attribute("data-paints")
    button = tab.get_by_role("button", name="group 3")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(stage(tab)).not_to_have_attribute("data-paints", before or "")


def test_keys_move_and_zoom_and_escape_clears(tab):
    tab.get_by_role("spinbutton", name="Select the first").fill("3")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text(f"3 of {COUNT} selected")).to_be_visible()
    stage(tab).focus()
    for key, moved in (("ArrowRight", (1, 0)), ("ArrowUp", (0, 1))):
        before = middles(tab)
        tab.keyboard.press(key)
        wait_for(lambda before=before, moved=moved: (np.sign(middles(tab) - before) == moved).all())
    before = widths(tab)
    tab.keyboard.press("+")
    wait_for(lambda: (widths(tab) < 0.8 * before).all())
    tab.keyboard.press("Escape")
    expect(tab.get_by_text(re.compile("^selected:$"))).to_be_visible()


def middles(page):
    """Middle of the view, to a millionth of its width."""
    return np.array([round((low + high) / 2, 6) for low, high, *_pixels in stage(page).evaluate(PLACES)])


def widths(page):
    return np.array([high - low for low, high, *_pixels in stage(page).evaluate(PLACES)])


def test_in_three_dimensions_points_are_where_they_are_drawn(tab):
    """Plotly itself finds the point under the pointer; a box around it selects that one, a large one all."""
    tab.get_by_text("3D", exact=True).click()
    drawn(tab, 3)
    press(tab, "Box")
    drag(tab, ((0.02, 0.02), (0.98, 0.98)))
    wait_for_selection(tab, np.arange(COUNT) < COUNT - 1)
    press(tab, "Clear selection")
    press(tab, "Zoom in")
    places = np.array(stage(tab).evaluate(PLACES_3D, clusters(COUNT, 3)[:-1].tolist()))
    frame = stage(tab).locator(".draw").bounding_box()
    gaps = np.linalg.norm(places[:, None] - places, axis=2) + np.diag(np.full(len(places), np.inf))
    index = int(gaps.min(1).argmax())
    x, y = places[index]
    box = ((x - 6, y - 6), (x + 6, y + 6))
    drag(tab, [(one / frame["width"], two / frame["height"]) for one, two in box])
    wait_for_selection(tab, np.arange(COUNT) == index)
    press(tab, "Move")
    tab.mouse.move(frame["x"] + x + 20, frame["y"] + y)
    tab.mouse.move(frame["x"] + x, frame["y"] + y)
    expect(stage(tab).locator(".tip span")).to_have_text(f"image {index} <b>")


def test_a_phone_has_all_of_it_in_its_width(tab):
    tab.set_viewport_size({"width": 380, "height": 800})
    frame = stage(tab).bounding_box()
    assert frame["x"] >= 0 and frame["x"] + frame["width"] <= 380 and frame["height"] >= 280
    assert tab.evaluate("document.documentElement.scrollWidth") <= 380
