import os
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.e2e.drivers.browser import CHROMIUM, PATIENCE_MS, TOURED, chromium, picture
from tests.e2e.drivers.server import running


def pytest_collection_modifyitems(items):
    reason = None
    if find_spec("playwright") is None:
        reason = "playwright is not installed"
    elif not Path(CHROMIUM).exists():
        reason = f"there is no Chromium at {CHROMIUM}"
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.e2e)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="package")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def server(browser, tmp_path_factory):
    """A server whose worker has loaded the model: no test pays for that but the first, whose own patience
    starts afterwards.
    """
    folder = tmp_path_factory.mktemp("server")
    with running(
        folder,
        VITRINE_CACHE=str(folder / "results"),
        VITRINE_OWN=str(folder / "own"),
        VITRINE_BACKGROUND="off",
    ) as started:
        page = browser.new_page(base_url=started.url)
        page.goto("/", timeout=PATIENCE_MS)
        picture(page).wait_for(timeout=2 * PATIENCE_MS)
        page.close()
        yield started


@contextmanager
def session(browser, server):
    """A fresh session of somebody who has seen the tour; it fails on any script error and on any request to
    another place.
    """
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", reduced_motion="reduce", base_url=server.url
    )
    made.set_default_timeout(PATIENCE_MS)
    made.add_init_script(TOURED)
    errors, outside = [], []
    made.on("weberror", lambda error: errors.append(str(error.error)))
    made.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((server.url, "data:", "blob:")) else outside.append(asked.url)
        ),
    )
    yield made
    made.close()
    assert not errors
    assert not outside


@pytest.fixture
def context(browser, server, request):
    """A session for one test; SHOTS names a folder for pictures of its pages."""
    with session(browser, server) as made:
        yield made
        if "SHOTS" in os.environ:
            take_shots(made, Path(os.environ["SHOTS"]), request.node.name)


def take_shots(made, folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(made.pages):
        page.screenshot(path=folder / f"{name}-{number}.png")
