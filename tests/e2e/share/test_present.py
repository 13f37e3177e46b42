"""A report as slides in a real browser: turned by keys, live, and without a trace once it is left."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import session
from tests.e2e.drivers.browser import SMALL_PASS, button, idle, open_page, the_map

EVIL = "<img src=x onerror=\"document.title='harmed'\">"
NUMBER = re.compile(r"-?\d\.\d+")
NAME = "Slides of the report"


@pytest.fixture(scope="module")
def context(browser, server):
    with session(browser, server) as made:
        yield made


@pytest.fixture(scope="module")
def page(context):
    """The page of a report with one map, a strange title and a remark."""
    page = open_page(context, f"/zones?zone=1&{SMALL_PASS}")
    expect(the_map(page)).to_be_visible()
    button(page, "Add to report").click()
    page.get_by_role("link", name="Report: 1 map").click()
    opener(page).wait_for()
    for label, text in (("Title", EVIL), ("Remark", "Look here")):
        field = page.get_by_test_id("stMain").get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")
        idle(page)
    return page


@pytest.fixture
def report(page):
    """That page in the window of a laptop, before and after its slides."""
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(slides(page)).to_be_hidden()
    yield page
    page.context.set_offline(False)
    page.keyboard.press("Escape")


def opener(page):
    return page.get_by_role("button", name="Present", exact=True)


def slides(page):
    return page.get_by_role("dialog", name=NAME)


def counted(page):
    return slides(page).locator(".count")


def fills_the_window(page):
    box, size = slides(page).locator(".deck").bounding_box(), page.evaluate("[innerWidth, innerHeight]")
    return [box["x"], box["y"], box["width"], box["height"]] == [0, 0, *size]


def swipe(page, context, start, end):
    """A finger that moves across the map, from one x to another."""
    session = context.new_cdp_session(page)
    places = [start + (end - start) * step / 5 for step in range(6)]
    for kind, x in (("touchStart", start), *(("touchMove", x) for x in places)):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": 300}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_keyboard_opens_turns_and_leaves_the_slides(report):
    opener(report).focus()
    report.keyboard.press("Enter")
    expect(counted(report)).to_have_text("1 / 3")
    expect(slides(report).get_by_role("heading", level=2)).to_have_text(EVIL)
    assert fills_the_window(report) and report.title() != "harmed"
    for key, place in (
        ("ArrowRight", 2),
        ("PageDown", 3),
        ("ArrowRight", 3),
        ("Shift+Space", 2),
        ("Home", 1),
        ("Space", 2),
        ("End", 3),
        ("PageUp", 2),
        ("ArrowLeft", 1),
    ):
        report.keyboard.press(key)
        expect(counted(report)).to_have_text(f"{place} / 3")
    expect(slides(report).locator(".spoken")).to_have_text(f"Slide 1 of 3: {EVIL}")
    report.keyboard.press("Escape")
    expect(slides(report)).to_be_hidden()
    expect(opener(report)).to_be_focused()
    assert report.evaluate("document.fullscreenElement") is None


def test_a_map_on_a_slide_says_its_value_under_the_pointer_and_by_arrow_keys(report):
    opener(report).press("Enter")
    report.keyboard.press("ArrowRight")
    expect(slides(report).get_by_text("Look here")).to_be_visible()
    assert slides(report).locator("input, select, a").count() == 0
    stage, value = slides(report).locator(".stage"), slides(report).locator(".value")
    expect(value).to_have_text("")
    stage.hover()
    expect(value).to_have_text(NUMBER)
    report.mouse.move(2, 2)
    expect(value).to_have_text("")
    stage.click()
    report.keyboard.press("ArrowRight")
    expect(counted(report)).to_have_text("3 / 3")
    report.keyboard.press("ArrowLeft")
    stage.focus()
    report.keyboard.press("ArrowUp")
    expect(value).to_have_text(NUMBER)
    expect(counted(report)).to_have_text("2 / 3")


def test_slides_need_no_server_and_fit_a_phone(report, context):
    report.set_viewport_size({"width": 390, "height": 844})
    opener(report).press("Enter")
    context.set_offline(True)
    for place in (2, 3):
        report.keyboard.press("ArrowRight")
        expect(counted(report)).to_have_text(f"{place} / 3")
        assert fills_the_window(report)
        assert slides(report).locator(".board").evaluate("board => board.scrollWidth <= board.clientWidth")
    report.keyboard.press("ArrowLeft")
    photo = slides(report).locator("img.photo")
    assert photo.evaluate("photo => photo.complete && photo.naturalWidth > 0")
    swipe(report, context, 300, 80)
    expect(counted(report)).to_have_text("3 / 3")
    swipe(report, context, 80, 300)
    expect(counted(report)).to_have_text("2 / 3")
    slides(report).get_by_role("button", name="Leave the slides").press("Enter")
    expect(slides(report)).to_be_hidden()
