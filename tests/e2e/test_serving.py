"""A server as others run it: below a path, behind a proxy, asking who comes."""

import re

import pytest

from tests.e2e.drivers.browser import PATIENCE_MS, SMALL_PASS, picture, the_map
from tests.e2e.drivers.provider import CLIENT, SECRET, provider
from tests.e2e.drivers.proxy import proxy
from tests.e2e.drivers.server import running

BASE = "/demo/vitrine"
SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "{secret}"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""


@pytest.fixture(scope="module")
def asked():
    with provider(sub="1", email="ann@example.org", email_verified=True) as made:
        yield made


@pytest.fixture(scope="module")
def served(asked, browser, tmp_path_factory):
    """A server of toys below a path, behind a proxy, that admits the people of example.org."""
    folder = tmp_path_factory.mktemp("serving")
    secrets = folder / "secrets.toml"
    secrets.write_text("[auth]\n")
    settings = {
        "STREAMLIT_SERVER_BASE_URL_PATH": BASE.strip("/"),
        "STREAMLIT_SECRETS_FILES": str(secrets),
        "VITRINE_ADMIT": "@example.org",
        "VITRINE_CACHE": str(folder / "results"),
        "VITRINE_BACKGROUND": "off",
        "VITRINE_MODEL_SOURCE": "tests.pages.toy_source:PagesSource",
    }
    with running(folder, base=BASE, **settings) as server, proxy(BASE, server.port) as front:
        secrets.write_text(SECRETS.format(url=front.url, client=CLIENT, secret=SECRET, provider=asked.url))
        yield server, front


@pytest.fixture
def session(browser):
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", reduced_motion="reduce"
    )
    made.set_default_timeout(PATIENCE_MS)
    made.failed = []
    made.on("weberror", lambda error: made.failed.append(str(error.error)))
    made.on(
        "response",
        lambda answer: made.failed.append(answer.url) if answer.status >= 400 else None,
    )
    made.on(
        "console",
        lambda told: made.failed.append(told.text) if told.type == "error" else None,
    )
    yield made
    made.close()


def test_strangers_sign_in_and_then_all_is_below_the_path(served, session):
    server, front = served
    page = session.new_page()
    page.goto(f"{front.url}/zones")
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert page.get_by_role("combobox").count() == 0 and "Signed in" not in page.content()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("Signed in as ann@example.org").wait_for()
    page.goto(f"{front.url}/zones?zone=1&{SMALL_PASS}")
    picture(page).wait_for()
    the_map(page).first.wait_for()
    photo = picture(page).locator("image").get_attribute("href")
    assert photo.startswith(f"{BASE}/media/") and page.request.get(front.url.removesuffix(BASE) + photo).ok
    assert front.refused == [] and session.failed == []
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert re.search(
        r"\[session=[0-9a-f]{6} page=zones model=\S+\] vitrine: a page is opened", server.log.read_text()
    )
    assert "ann@" not in server.log.read_text()


def test_who_is_not_listed_stays_outside(served, session, asked):
    _server, front = served
    asked.person["email"] = "eve@example.com"
    page = session.new_page()
    page.goto(front.url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("You are signed in as eve@example.com, who has no access here").wait_for()
    assert page.get_by_role("combobox").count() == 0


def test_who_has_an_address_that_nobody_vouches_for_stays_outside(served, session, asked):
    _server, front = served
    asked.person["email"] = "ann@example.org"
    del asked.person["email_verified"]
    page = session.new_page()
    page.goto(front.url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("You are signed in as ann@example.org, who has no access here").wait_for()
    assert page.get_by_role("combobox").count() == 0
