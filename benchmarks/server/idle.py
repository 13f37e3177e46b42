"""Benchmark of a server that has nothing to do: processor time and memory of each of its processes."""

import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.machine import processor_seconds
from tests.e2e.drivers.browser import chromium, open_page
from tests.e2e.drivers.server import Server, running

CALM_SECONDS, COUNTED_SECONDS = 120, 60
"""After the page has come, the worker imports and loads; then nothing happens any more, and is counted."""

KINDS = {"streamlit": "server", "spawn_main": "worker"}
"""By a word of the command line; the other two wait for work, and give it on."""

BETWEEN = "scheduler, nanny"


def report() -> str:
    """The table, of a server with one tab open at the page of zones."""
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        running(Path(folder), VITRINE_CACHE=f"{folder}/results", VITRINE_BACKGROUND="off") as server,
    ):
        open_page(browser.new_context(base_url=server.url), "/zones")
        time.sleep(CALM_SECONDS)
        rows = measured(server)
    lines = [
        "## An idle server\n",
        f"One tab stands open at *Zones*, and nobody does anything for {COUNTED_SECONDS} seconds.\n",
        "| processes | processor time, % of a core | memory, MB |",
        "|---|---|---|",
        *(f"| {name} | {share:.1f} | {memory:,.0f} |" for name, (share, memory) in rows.items()),
    ]
    return "\n".join(lines) + "\n"


def measured(server: Server) -> dict[str, tuple[float, float]]:
    """Per cent of a core, and megabytes (2^20 bytes) that are its own, of each kind of process."""
    root = psutil.Process(server.pid)
    family = [root, *root.children(recursive=True)]
    before, began = [processor_seconds(process) for process in family], time.monotonic()
    time.sleep(COUNTED_SECONDS)
    lasted = time.monotonic() - began
    rows: dict[str, tuple[float, float]] = {}
    for process, seconds in zip(family, before, strict=True):
        name = _name(process)
        share, memory = rows.get(name, (0.0, 0.0))
        share += 100 * (processor_seconds(process) - seconds) / lasted
        rows[name] = share, memory + process.memory_full_info().uss / 2**20
    return rows


def _name(process: psutil.Process) -> str:
    said = " ".join(process.cmdline())
    return next((name for word, name in KINDS.items() if word in said), BETWEEN)
