"""Benchmark of what is sent: bytes of each page on its first visit, as they go over the wire to a Chromium.

The pages are finished when they are counted: somebody has been there before. Each is counted twice, the
second time by a browser that asks for nothing compressed.
"""

import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

from tests.e2e.drivers.browser import PATIENCE_MS, chromium, idle
from tests.e2e.drivers.proxy import Answer, proxy
from tests.e2e.drivers.server import Server, running

PAGES = ("", "own-model", "zones", "compare", "gallery", "layers", "features", "filters", "batch", "report")
CHANNELS = {
    "/static/js/": "scripts",
    "/static/css/": "scripts",
    "/static/": "fonts",
    "/media/": "pictures, numbers",
    "/_stcore/stream": "web socket",
    "/": "the rest",
}
"""By the path that is asked for; the first that fits."""

QUIET_SECONDS = 4.0
"""When nothing has come for so long, a page is all there."""

MOST_SECONDS = 120.0


def report() -> str:
    """The table, in kilobytes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        running(Path(folder), VITRINE_CACHE=f"{folder}/results") as server,
    ):
        rows = [_row(browser, server, page) for page in PAGES]
    names = list(dict.fromkeys(CHANNELS.values()))
    lines = [
        "## Bytes of each page\n",
        "First visit of a browser that has nothing yet, to a page whose results are there; kilobytes (1,000 "
        "bytes) on the wire, heads included, and in brackets without compression.\n",
        f"| page | {' | '.join(names)} | all |",
        f"|---{'|---' * len(names)}|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _row(browser: Any, server: Server, page: str) -> str:
    _visit(browser, server, page, plain=False)
    sent, plain = (_visit(browser, server, page, plain) for plain in (False, True))
    names = [*dict.fromkeys(CHANNELS.values()), "all"]
    cells = [f"{sent[name] / 1000:,.0f} ({plain[name] / 1000:,.0f})" for name in names]
    return f"| `/{page}` | {' | '.join(cells)} |"


def _visit(browser: Any, server: Server, page: str, plain: bool) -> Counter[str]:
    """Bytes of a first visit by channel, and of all."""
    with proxy("", server.port, plain) as front:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        context.set_default_timeout(PATIENCE_MS)
        tab = context.new_page()
        tab.goto(f"{front.url}/{page}")
        idle(tab)
        began = changed = monotonic()
        seen = front.nbytes
        while (now := monotonic()) - changed < QUIET_SECONDS and now - began < MOST_SECONDS:
            tab.wait_for_timeout(100)
            if front.nbytes != seen:
                seen, changed = front.nbytes, now
        context.close()
        return _by_channel(front.answers)


def _by_channel(answers: list[Answer]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for answer in answers:
        channel = next(name for path, name in CHANNELS.items() if answer.path.startswith(path))
        counted.update({channel: answer.nbytes, "all": answer.nbytes})
    return counted
