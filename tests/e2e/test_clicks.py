"""Whatever is clicked is done, even where the next click comes at once; or the page says that it was not."""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.e2e.drivers.browser import CLICKS, PAUSE_MS, SOON_MS, idle
from tests.e2e.drivers.server import ROOT, running

SCRIPT = Path(__file__).parent / "drivers" / "clicks_app.py"
AT_ONCE, SAID_MS = 0, 20_000

WATCH = """done => {
  const look = () => {
    const texts = [...document.querySelectorAll('[data-testid="stText"]')].map(e => e.innerText.trim());
    window.found ||= texts.includes(done) || !!document.querySelector('[data-testid="stToast"]');
  };
  window.found = false;
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}"""
"""From now on notes whether something was done or said: a toast is gone after four seconds."""

CASES = [
    (["First", "Two"], "first"),
    (["Slow", "Two"], "slow begins, slow ends"),
    (["In a part", "Two"], "part"),
    (["b", "Two"], "radio b"),
    (["Pick", "Two"], "pick sky"),
    (["Again", "Two"], ""),
    (["Aside", "Two"], "aside"),
    (["First", "Second", "Two"], "first, second"),
    (["Slow", "b", "Two"], "slow begins, slow ends, radio b"),
    (["Slow", "First", "In a part", "Second"], "slow begins, slow ends, first, part, second"),
    (["First", "First"], "first, first"),
    (["In a part", "First"], "part, first"),
]


@pytest.fixture(scope="module")
def tab(browser, tmp_path_factory):
    with running(tmp_path_factory.mktemp("clicks"), script=SCRIPT, PYTHONPATH=str(ROOT)) as server:
        page = browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 900})
        page.goto("/")
        yield page
        page.close()


@pytest.fixture
def begun(tab):
    """The tab on its first page, with nothing done."""
    return begin(tab)


def begin(tab):
    tab.get_by_role("link", name="One", exact=True).click()
    expect(tab.get_by_role("button", name="Pick")).to_be_visible()
    tab.get_by_text("a", exact=True).click()
    for _again in range(2):  # with the first come values that the page before it had changed
        tab.get_by_role("button", name="Forget").click()
        idle(tab)
    expect(tab.get_by_text("done:")).to_have_text("done:")
    expect(tab.get_by_test_id("stToast")).to_have_count(0)
    idle(tab)
    return tab


@pytest.mark.parametrize("pause", (SOON_MS, PAUSE_MS))
@pytest.mark.parametrize(("names", "done"), CASES, ids=[", ".join(names) for names, _done in CASES])
def test_what_is_clicked_is_done_once_and_in_its_order(begun, names, done, pause):
    begun.evaluate(CLICKS, [names, pause])
    expect(begun).to_have_title(names[-1] if names[-1] == "Two" else "One")
    expect(begun.get_by_text("done:")).to_have_text(f"done: {done}".strip())


@pytest.mark.parametrize(("names", "done"), [case for case in CASES if case[0][-1] == "Two"])
def test_what_the_browser_sends_after_the_page_change_is_done_or_said(tab, names, done):
    """Without a pause the browser sends what it has not sent yet after the change of page. On a machine with
    much else to do, one of some hundred such clicks was neither done nor said: twice in a row is a fault.
    """
    for _again in range(2):
        begin(tab).evaluate(WATCH, f"done: {done}".strip())
        tab.evaluate(CLICKS.replace("await new Promise", "void new Promise"), [names, AT_ONCE])
        expect(tab).to_have_title("Two")
        with suppress(TimeoutError):
            tab.wait_for_function("window.found", timeout=SAID_MS)
            break
    assert tab.evaluate("window.found")
    expect(tab).to_have_title("Two")


def test_nothing_vanishes_that_stands_after_a_part_which_looks_again(begun):
    for _again in range(10):
        begun.evaluate(CLICKS, [["First", "Forget"], SOON_MS])
        expect(begun.get_by_text("done:")).to_have_text("done:")
        expect(begun.get_by_role("button", name="In a part")).to_be_visible()
