"""The start of the server: a browser opens where it is wanted, and answers carry their headers."""

from tests.e2e.drivers.server import START_SECONDS, running
from tests.harness.waits import wait_for


def test_opens_the_browser_that_the_machine_has(tmp_path):
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}.part" && mv "{opened}.part" "{opened}"\n')
    browser.chmod(0o755)
    with running(
        tmp_path, VITRINE_OPEN="yes", BROWSER=f"{browser} %s", VITRINE_CACHE=str(tmp_path / "results")
    ) as server:
        wait_for(opened.exists, START_SECONDS, server.log.read_text)
        assert opened.read_text().strip() == server.url


def test_answers_carry_the_headers(server, browser):
    page = browser.new_page()
    headers = page.request.get(server.url).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    page.close()
