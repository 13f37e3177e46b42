"""Two people at one server: an address of a picture answers only the browser in which it is shown."""

from tests.e2e.drivers.browser import give_images, idle, part, picture
from tests.pages.visits import picture_bytes


def test_an_address_of_ones_own_picture_answers_nobody_else(server, browser, context):
    page = context.new_page()
    page.goto("/?source=upload")
    idle(page)
    files = [
        {
            "name": "hers <b>.png",
            "mimeType": "image/png",
            "buffer": picture_bytes(size_hw=(96, 128 + 16 * extra)),
        }
        for extra in (0, 1)
    ]
    give_images(page, files)
    page.get_by_role("option", name="hers <b> (2).png", exact=True).wait_for()
    first = page.get_by_role("option", name="hers <b>.png", exact=True)
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    picture(page).and_(page.locator('[aria-label$="(2).png"]')).wait_for()
    idle(page)
    page.get_by_role("button", name="Upload image").click()
    page.locator("img[src*='/media/']").first.wait_for()
    sources = page.evaluate("[...document.images].map(image => image.src)")
    addresses = [source for source in sources if "/media/" in source]
    assert addresses and [context.request.get(address).status for address in addresses] == [200] * len(
        addresses
    )
    stranger = browser.new_context(base_url=server.url)
    other = stranger.new_page()
    other.goto("/?source=upload")
    other.get_by_role("button", name="Upload image").click()
    part(other, "no-link").wait_for()
    picture(other).wait_for()
    idle(other)
    assert [stranger.request.get(address).status for address in addresses] == [404] * len(addresses)
    assert "hers" not in other.content()
    stranger.close()
    log = server.log.read_text()
    assert "hers" not in log
