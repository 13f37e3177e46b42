"""Benchmark of what a person waits for: a fresh server, a fresh cache and a real Chromium.

The model and the picture are the shipped ones. The processor time of the workers shows when computing
really ends after Stop.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import psutil
from PIL import Image
from skimage import data

from benchmarks.server.gallery import gallery
from benchmarks.server.waits import PATIENCE_MS, Wait
from model_store.catalogue import CATALOGUE
from tests.e2e.drivers.browser import SKY, VAN, button, chromium, click_at, give_images, idle, the_map
from tests.e2e.drivers.server import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

OTHER_ZONES, PAUSE_MS = 9, 500
WATCH = """() => {
  document.addEventListener("click", () => { window.clicked = performance.now(); }, true);
  const label = one => one.getAttribute("aria-label") || "";
  const is = (one, name) => one.getAttribute("role") === "img" && label(one).startsWith(name);
  const inside = (one, name) => one.shadowRoot && has(one.shadowRoot, name);
  const has = (root, name) => [...root.querySelectorAll("*")].some(one => is(one, name) || inside(one, name));
  window.watchFor = name => {
    window.clicked = window.seen = null;
    const look = () => requestAnimationFrame(() => {
      const drawn = window.clicked && has(document, name);
      if (drawn) requestAnimationFrame(() => { window.seen = performance.now(); });
      else look();
    });
    look();
  };
}"""
"""Notes when the page was clicked, and when a map of some name has been drawn."""

STEP_SECONDS, QUIET_SHARE, QUIET_SECONDS = 0.1, 0.2, 1.0


def report(key: str) -> None:
    """Print each wait of a first visit."""
    print(f"{key} in Chromium; {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
        page.set_default_timeout(PATIENCE_MS)
        began = perf_counter()
        with running(Path(folder), VITRINE_CACHE=str(Path(folder) / "results")) as server:
            for wait in _visit(page, server, key, began):
                print(wait, flush=True)
    print(f"  load after {os.getloadavg()[0]:.1f}")


def _visit(page: Page, server: Server, key: str, began: float) -> Iterator[Wait]:
    """Everything on the way of a first visit; zones are those of a segmentation."""
    zones = CATALOGUE[key].task == "segmentation"
    yield from _first_visit(page, server, key, began)
    if zones:
        yield from _questions(page)
        yield from _uploaded(page, server, key)
    yield from gallery(page, server, key)
    if zones:
        yield from _stop(page, server, key)


def _first_visit(page: Page, server: Server, key: str, began: float) -> Iterator[Wait]:
    page.goto(f"{server.url}/?model={key}")
    page.get_by_role("heading", name="Explore a model").wait_for()
    yield Wait("streamlit run to first paint", perf_counter() - began, 3)
    if CATALOGUE[key].task == "segmentation":
        the_map(page).wait_for()
        yield Wait("streamlit run to a finished map on the first screen", perf_counter() - began, 5)
    page.get_by_text("About this model").wait_for()
    yield Wait("streamlit run to the whole page", perf_counter() - began, 12)


def _questions(page: Page) -> Iterator[Wait]:
    """Click zones of the first screen, whose pass comes with Vitrine, while the worker starts."""
    page.reload()
    began = perf_counter()
    the_map(page).wait_for()
    yield Wait("opening the page to a finished map", perf_counter() - began, 2.5)
    idle(page)
    yield Wait(
        f"click on another zone to its map, in the browser, median of {OTHER_ZONES}", _other_zones(page), 0.3
    )


def _uploaded(page: Page, server: Server, key: str) -> Iterator[Wait]:
    """A picture of one's own, on a server that is awake: a click as soon as it is there."""
    page.goto(f"{server.url}/zones?model={key}")
    idle(page)
    content = BytesIO()
    Image.fromarray(data.astronaut()).save(content, "PNG")
    gave = perf_counter()
    give_images(page, {"name": "mine.png", "mimeType": "image/png", "buffer": content.getvalue()})
    page.get_by_role("img", name="Zones of the image mine.png").or_(
        page.get_by_label("Zones of the image mine.png")
    ).first.wait_for()
    yield Wait("upload to the zones of the picture", perf_counter() - gave)
    began = perf_counter()
    click_at(page, 0.5, 0.5)
    the_map(page).wait_for()
    yield Wait("click on one of them to its first map", perf_counter() - began)
    yield Wait("upload to the first map of the zone that is clicked at once", perf_counter() - gave, 5)
    page.get_by_text("of computation").wait_for()
    yield Wait("click to the finished map", perf_counter() - began)


def _other_zones(page: Page) -> float:
    """Median of some clicks, as the browser itself sees them: what moves the mouse here takes as
    long again.
    """
    page.evaluate(WATCH)
    return median(
        _other_zone(page, *((SKY, "Map of sky"), (VAN, "Map of vehicle"))[turn % 2])
        for turn in range(OTHER_ZONES)
    )


def _other_zone(page: Page, place: tuple[float, float], name: str) -> float:
    page.evaluate("name => window.watchFor(name)", name)
    click_at(page, *place)
    page.wait_for_function("() => window.seen !== null")
    seconds: float = page.evaluate("() => (window.seen - window.clicked) / 1000")
    idle(page)
    page.wait_for_timeout(PAUSE_MS)
    return seconds


def _stop(page: Page, server: Server, key: str) -> Iterator[Wait]:
    """Start another pass and stop it in the middle, when what was begun on other pages is over; then one
    whose tab is closed.
    """
    page.goto("about:blank")
    _until_quiet(server)
    _begin_long_pass(page, server, key, seed=7)
    began = perf_counter()
    button(page, "Stop").click()
    page.get_by_text("Stopped after").wait_for()
    yield Wait("Stop to its answer on the page", perf_counter() - began, 2)
    yield Wait("Stop to the end of computing", _until_quiet(server) - began, 2)
    _begin_long_pass(page, server, key, seed=8)
    began = perf_counter()
    page.goto("about:blank")
    yield Wait("closed tab to the end of computing", _until_quiet(server) - began)


def _begin_long_pass(page: Page, server: Server, key: str, seed: int) -> None:
    """A pass of minutes, up to its first map."""
    page.goto(f"{server.url}/zones?model={key}&zone=1&seed={seed}&designs=256")
    stop, start = button(page, "Stop"), button(page, "Start")
    stop.or_(start).first.wait_for()
    if start.is_visible():
        start.click()
    the_map(page).wait_for()


def _until_quiet(server: Server) -> float:
    """When the workers last computed."""
    workers = [
        found
        for found in psutil.Process(server.pid).children(recursive=True)
        if "multiprocessing" in " ".join(found.cmdline())
    ]
    last = perf_counter()
    before = _cpu_seconds(workers)
    while perf_counter() - last < QUIET_SECONDS:
        sleep(STEP_SECONDS)
        now = _cpu_seconds(workers)
        if now - before > QUIET_SHARE * STEP_SECONDS:
            last = perf_counter()
        before = now
    return last


def _cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
