"""What is added to a report is there, even where another page is opened at once."""

from playwright.sync_api import expect

from tests.e2e.drivers.browser import CLICKS, PAUSE_MS, SMALL_PASS, SOON_MS, button, idle, open_page, part


def test_a_map_is_in_the_report_when_a_menu_entry_follows_at_once(context):
    page = open_page(context, f"/zones?zone=1&{SMALL_PASS}")
    expect(part(page, "map-status").last).to_contain_text("144 of 144 model evaluations")
    for pause in (SOON_MS, PAUSE_MS):
        expect(page.get_by_role("button", name="Add to report")).to_be_visible()
        idle(page)
        page.evaluate(CLICKS, [["Add to report", "Report"], pause])
        expect(button(page, "Remove")).to_have_count(1)
        button(page, "Remove").click()
        expect(button(page, "Remove")).to_have_count(0)
        page.get_by_role("link", name="Zones and boundaries").first.click()
