"""A real Chromium, and what a person does in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_BROWSERS = ("chromium-headless-shell", "chromium")  # the first draws no windows, and so takes less time
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), "/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
PATIENCE_MS = 120_000
"""Longest wait for anything; a model is loaded once, which takes a minute where the machine has other work.
"""

PLACE = """(svg, [row, column]) => {
  const frame = svg.getBoundingClientRect();
  const image = svg.querySelector("image").getBoundingClientRect();
  return { x: image.x - frame.x + column * image.width, y: image.y - frame.y + row * image.height };
}"""
"""Where a point of the picture, in shares of its height and width, lies in its frame; the picture may be
narrower.
"""

VAN, SKY = (0.47, 0.585), (0.1, 0.5)
"""Rows and columns of the van and of the sky in the first sample, as shares of height and width."""

TOURED = "try { localStorage.setItem('vitrine-tour', '1') } catch {}"
"""A script by which a browser is that of somebody who has seen the tour."""

CLICKS = """([names, pause]) => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(e => e.shadowRoot).filter(Boolean)];
  const all = roots.flatMap(root => [...root.querySelectorAll("button, a, label")]);
  const found = names.map(name => all.find(e => e.innerText.trim() === name));
  return found.reduce(async (before, element) => {
    await before;
    element.click();
    await new Promise(go => setTimeout(go, pause));
  }, Promise.resolve());
}"""
"""Clicks what has these names, one after the other, with a pause in milliseconds."""

SOON_MS, PAUSE_MS = 3, 30
"""Pauses between two clicks: before the first has reached the server, and while its run goes on."""

SMALL_PASS = "grid=4&designs=8&replicates=4"


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def open_page(context: Any, path: str) -> Any:
    """A new tab with the picture in it."""
    page = context.new_page()
    page.goto(path)
    picture(page).wait_for()
    idle(page)
    return page


def idle(page: Any) -> None:
    page.wait_for_selector(IDLE)


def picture(page: Any) -> Any:
    """The picture that can be clicked."""
    return page.get_by_role("listbox", name="Zones of the image")


def the_map(page: Any) -> Any:
    return page.get_by_role("img", name="Map of")


def part(page: Any, key: str) -> Any:
    """A part of a page, by its key."""
    return page.locator(f".st-key-{key}")


def give_images(page: Any, files: Any) -> None:
    """Upload images by the button in the bar."""
    if not files_of(page).count():
        page.get_by_role("button", name="Upload image").click()
    files_of(page).set_input_files(files)


def files_of(page: Any) -> Any:
    """The field for images in the bar, once it is opened."""
    return page.get_by_test_id("stPopoverBody").locator('input[type="file"]')


def button(page: Any, name: str) -> Any:
    """A button of the page itself; the side bar has sections whose names are buttons, too."""
    return page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)


def point_at(page: Any, row: float, column: float) -> Any:
    """Move the pointer to shares of the picture's height and width, when it stands still; the place there."""
    place = picture(page).evaluate(PLACE, [row, column])
    picture(page).hover(position=place)
    return place


def click_at(page: Any, row: float, column: float) -> None:
    """Click the picture at shares of its height and width, as a person does: moving there first."""
    picture(page).click(position=point_at(page, row, column))


def chosen_zone(page: Any) -> str:
    """Name of the chosen zone, as the picture has it."""
    return picture(page).locator('[aria-selected="true"]').first.get_attribute("aria-label") or ""
