"""For everybody: axe on each page, the keyboard, the language for screen readers, the user's colours."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import session
from tests.e2e.drivers.browser import idle, picture
from tests.e2e.drivers.measure import PAGES, PHONE

SERIOUS = {"serious", "critical"}

EXCEPTIONS = {
    ("list", "stSidebarNavItems"): "Streamlit's menu puts the sections of its list into <div>",
    ("listitem", "stSidebarNavItems"): "the same <div> stands between Streamlit's list and its items",
}
"""Rule and Streamlit's own element in which it is broken, and why: nothing of ours can change it."""

FOCUSED = """() => {
  let found = document.activeElement;
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const { outlineStyle: style, outlineWidth: width } = getComputedStyle(found);
  return { name: found.getAttribute("aria-label") ?? found.innerText, ring: `${style} ${width}` };
}"""


@pytest.fixture(scope="module")
def zones(browser, server):
    """The page of zones, as it was opened."""
    with session(browser, server) as made:
        page = made.new_page()
        page.goto("/zones")
        picture(page).wait_for()
        idle(page)
        yield page


def excepted(finding) -> bool:
    return any((finding.rule, name) in EXCEPTIONS for name in finding.inside)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious_in_light_and_dark(visits, path):
    found = [one for one in visits(path).findings if one.impact in SERIOUS]
    left = [one for one in found if not excepted(one)]
    print(f"{path}: {len(left)} serious findings, {len(found) - len(left)} in Streamlit's own menu")
    assert not left


def test_the_keyboard_skips_to_the_image_and_the_focus_is_seen(zones):
    page = zones
    page.get_by_test_id("stMain").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == {"name": "Skip to the image", "ring": "solid 2px"}
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["ring"] == "solid 2px"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(picture(page)).to_be_focused()
    assert picture(page).evaluate("svg => getComputedStyle(svg.parentElement).outlineWidth") == "2px"


def test_a_screen_reader_is_told_the_language_and_every_buttons_name(context):
    page = context.new_page()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/report?lang=fr")
    expect(page.get_by_role("button", name="Ouvrir le menu")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    unnamed = "buttons => buttons.filter((one) => !(one.ariaLabel ?? one.innerText).trim()).length"
    assert page.get_by_role("button").evaluate_all(unnamed) == 0


def test_colours_of_the_user_keep_what_is_chosen_and_what_is_measured(zones):
    zones.emulate_media(forced_colors="active")
    style = "(element, name) => getComputedStyle(element)[name]"
    chosen = zones.get_by_test_id("stMain").get_by_role("radio", checked=True).first
    assert chosen.evaluate(style, "outlineWidth") == "2px"
    for measured in (".map .strip", ".map .amount", ".swatch"):
        assert zones.locator(measured).first.evaluate(style, "forcedColorAdjust") == "none"
