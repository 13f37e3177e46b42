"""The tour of the start page in a real browser: once for a new visitor, by keyboard, beside the result."""

import pytest
from playwright.sync_api import expect

from tests.e2e.drivers.browser import PATIENCE_MS, idle, part, picture, the_map

STEPS = ("Click a zone", "Read the map", "Bring your own", "Compare and report")
BLOCKED = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked') } })"
COVERS = """([one, other]) => {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return across > 0 && down > 0;
}"""


@pytest.fixture
def visitor(browser, server):
    """A browser that has never been here."""
    made = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-US", reduced_motion="reduce", base_url=server.url
    )
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


def opened(visitor, path="/"):
    page = visitor.new_page()
    page.goto(path)
    the_map(page).wait_for()
    again(page).wait_for()
    idle(page)
    return page


def again(page):
    return page.get_by_role("button", name="Show the tour")


def window(page):
    return page.get_by_role("dialog")


def says(page, title):
    expect(window(page).get_by_role("heading")).to_have_text(title)


def never_shown(page):
    """Whether the page has decided that the tour begins only where somebody asks."""
    expect(again(page)).to_have_attribute("data-begins", "asked")
    return window(page).count() == 0


def test_a_new_visitor_is_led_through_four_steps_by_keyboard_and_never_again(visitor):
    page = opened(visitor)
    result = [part(page, "picker").bounding_box(), the_map(page).bounding_box()]
    for title, key in zip(STEPS, ("Enter", "ArrowRight", "Enter", "Enter"), strict=True):
        says(page, title)
        box = window(page).bounding_box()
        assert not any(page.evaluate(COVERS, [box, place]) for place in result), title
        page.keyboard.press(key)
    expect(window(page)).to_be_hidden()
    assert [part(page, "picker").bounding_box(), the_map(page).bounding_box()] == result, "nothing moves"
    page.reload()
    picture(page).wait_for()
    assert never_shown(page)
    again(page).press("Enter")
    says(page, STEPS[0])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    says(page, STEPS[0])
    page.keyboard.press("Escape")
    expect(window(page)).to_be_hidden()
    expect(again(page)).to_be_focused()


def test_who_leaves_the_tour_at_once_does_not_see_it_again(visitor):
    page = opened(visitor)
    says(page, STEPS[0])
    page.keyboard.press("Shift+Tab")
    expect(window(page).get_by_role("button", name="Skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(window(page)).to_be_hidden()
    assert page.evaluate("localStorage.getItem('vitrine-tour')") == "1", "as after all four steps"


@pytest.mark.parametrize("script", ["", BLOCKED])
def test_there_is_no_tour_behind_a_link_or_without_a_memory(visitor, script):
    visitor.add_init_script(script)
    page = opened(visitor, "/" if script else "/?sample=street-2")
    assert never_shown(page)
    again(page).click()
    says(page, STEPS[0])


def test_on_a_phone_the_tour_lies_at_the_foot_of_the_screen(visitor):
    page = visitor.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    for title in STEPS:
        says(page, title)
        box = window(page).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and 600 < box["y"] + box["height"] <= 844
        page.keyboard.press("Enter")
    expect(window(page)).to_be_hidden()
