"""Benchmark of the gallery in Chromium: when every gradient method has its map, and how lively pages stay."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.server.waits import PATIENCE_MS, Wait
from compute.work.kinds import map_kind
from engine.methods import METHODS
from model_store.catalogue import CATALOGUE
from tests.e2e.drivers.browser import button, chromium, idle
from tests.e2e.drivers.server import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PROMISED_SECONDS = 10
FIRST = "Grad-CAM"
WAITS_FOR_A_TICK = "Select it to start"


def report() -> None:
    """Print the waits of each shipped model, each on a fresh server with a fresh cache."""
    with chromium() as browser:
        for key, entry in CATALOGUE.items():
            if entry.shipped:
                print(f"gallery of {key}", flush=True)
                page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
                with (
                    tempfile.TemporaryDirectory() as folder,
                    running(Path(folder), VITRINE_CACHE=f"{folder}/results") as server,
                ):
                    for wait in first_gallery(page, server, key):
                        print(wait, flush=True)
                page.close()


def first_gallery(page: Page, server: Server, key: str) -> Iterator[Wait]:
    """From the start page, where the model has answered, to the gallery; nothing has been
    explained before.
    """
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{server.url}/?model={key}")
    page.get_by_text("About this model").wait_for()
    idle(page)
    yield from gallery(page, server, key)


def gallery(page: Page, server: Server, key: str) -> Iterator[Wait]:
    """The largest zone, or the best class: every method that is read off gradients and fits, but those that
    wait for a tick.
    """
    began = perf_counter()
    page.goto(f"{server.url}/gallery?model={key}&zone=1")
    drawn = [title for title in _gradient_methods() if not _waits(page, title)]
    left_out = ", ".join(title for title in _gradient_methods() if title not in drawn)
    _map(page, FIRST).wait_for()
    yield Wait(f"gallery page to {FIRST}", perf_counter() - began)
    yield _click(page, FIRST)
    for title in drawn:
        _map(page, title).wait_for()
        _figure(page, title).locator(".done").wait_for(state="hidden")
    which = f"all but {left_out}" if left_out else "all of them"
    yield Wait(
        f"gallery page to the finished gradient methods, {which}", perf_counter() - began, PROMISED_SECONDS
    )
    button(page, "Stop").wait_for(state="hidden")
    yield Wait("gallery page to all that is computed unasked", perf_counter() - began)


def _gradient_methods() -> list[str]:
    return [method.title for method in METHODS.values() if map_kind(method).most_targets is not None]


def _waits(page: Page, title: str) -> bool:
    """True for a method that does not fit the model, or costs so much that a person has to ask for it."""
    page.locator("figure").first.wait_for()
    figure = _figure(page, title)
    return figure.count() == 0 or WAITS_FOR_A_TICK in figure.inner_text()


def _click(page: Page, title: str) -> Wait:
    """A map is looked at closely while the others are still computed."""
    began = perf_counter()
    page.get_by_role("button", name=f"Show {title} large", exact=True).click()
    page.get_by_role("heading", name=re.compile(f"^{re.escape(title)}, ")).wait_for()
    return Wait("click on its map, while others are computed, to its details", perf_counter() - began, 1)


def _figure(page: Page, title: str) -> Locator:
    return page.locator("figure").filter(
        has=page.get_by_role("button", name=f"Show {title} large", exact=True)
    )


def _map(page: Page, title: str) -> Locator:
    return page.get_by_role("img", name=f"{title}: map of").first
