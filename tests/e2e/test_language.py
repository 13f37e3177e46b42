"""A language that is chosen stays, and what was chosen before in another one stays, too."""

import re

from tests.e2e.drivers.browser import SMALL_PASS, open_page

SUNSET = {
    "en": "Zones of the image Traffic at sunset",
    "fr": "Zones de l’image Circulation au coucher du soleil",
}


def sees(page, heading, code):
    """Wait for a heading, and for the third sample in the language's words."""
    from playwright.sync_api import expect

    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("listbox", name=SUNSET[code])).to_be_visible()


def keeps(page, *choices):
    """Wait until what was chosen stands in the address, which follows the page."""
    from playwright.sync_api import expect

    for choice in choices:
        expect(page).to_have_url(re.compile(choice))


def choose(page, code):
    page.get_by_role("radio", name=code, exact=True).click()


def test_a_chosen_language_stays_and_so_does_the_question(context):
    page = open_page(context, f"/zones?zone=1&ask=Border&sample=street-3&{SMALL_PASS}")
    sees(page, "Boundary of", "en")
    choose(page, "fr")
    sees(page, "Frontière de", "fr")
    assert "lang=fr" in page.url
    page.get_by_role("link", name="Couche par couche").click()
    sees(page, "Couche par couche", "fr")
    keeps(page, "lang=fr", "sample=Circulation")
    page.reload()
    sees(page, "Couche par couche", "fr")
    choose(page, "en")
    sees(page, "Layer by layer", "en")


def test_a_french_browser_gets_french_and_understands_an_english_link(browser, server):
    context = browser.new_context(locale="fr-CA", base_url=server.url)
    page = context.new_page()
    page.goto(f"/zones?zone=1&ask=Border&sample=Traffic+at+sunset&{SMALL_PASS}")
    sees(page, "Frontière de", "fr")
    context.close()
