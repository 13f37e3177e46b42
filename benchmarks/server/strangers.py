"""Strangers at a server in use: bombs, raw uploads, hostile links, guessed addresses, while others work."""

import io
import random
import tempfile
import threading
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from time import perf_counter

import httpx
import numpy as np
from PIL import Image

from benchmarks.server.users import look_around, print_waits, server_memory, warm_up
from tests.e2e.drivers.server import Server, running
from tests.e2e.drivers.visitor import Visitor

PEOPLE, STRANGERS = 5, 20
SECONDS = 60.0
REST_SECONDS = 60.0
"""So long after the strangers have gone, memory is to be back."""

LOOKS = 30
RAW_BYTES = 60 * 2**20
PAUSE_SECONDS = (0.2, 1.5)
BACK_SHARE = 0.1


def report() -> None:
    """Print what people wait while strangers do their worst, and the memory before, during and after."""
    print(f"{PEOPLE} people and {STRANGERS} strangers for {SECONDS:.0f} s")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), VITRINE_CACHE=str(Path(folder) / "results")) as server,
    ):
        warm_up(server)
        people = _work(server, SECONDS / 2, strangers=0)[0]
        print_waits("pages without strangers", [wait for one in people for wait in one.page_seconds])
        before = server_memory(server)
        people, told, memory = _work(server, SECONDS, STRANGERS)
        print_waits(
            "pages with them",
            [wait for one in people for wait in one.page_seconds],
            " (promised: 95 % within 1 s)",
        )
        errors = [error for one in people for error in one.errors]
        print(f"  errors that people saw: {len(errors)}", *errors[:5], sep="\n    ")
        print("  strangers were told:", ", ".join(f"{what} {count}" for what, count in sorted(told.items())))
        time.sleep(REST_SECONDS)
        after = server_memory(server)
        trouble = [line for line in server.log.read_text().splitlines() if "Traceback" in line]
    print(
        f"  MB before {before:.0f}, at most {max(memory):.0f}, {REST_SECONDS:.0f} s after {after:.0f} "
        f"({after / before - 1:+.0%}; promised: within {BACK_SHARE:.0%}); traces in the log: {len(trouble)}"
    )


def _work(server: Server, seconds: float, strangers: int) -> tuple[list[Visitor], Counter[str], list[float]]:
    """Everybody at once: the people, what strangers were told, and the memory as time went by."""
    until, told, memory = perf_counter() + seconds, Counter[str](), []
    with ThreadPoolExecutor(PEOPLE + STRANGERS) as crowd:
        others = [crowd.submit(_intrude, server, number, until, told) for number in range(strangers)]
        people = [crowd.submit(look_around, server, number, until) for number in range(PEOPLE)]
        for _ in range(LOOKS):
            memory.append(server_memory(server))
            wait(people, seconds / LOOKS)
        wait(others)
        return [one.result() for one in people], told, memory


def _intrude(server: Server, number: int, until: float, told: Counter[str]) -> None:
    """One stranger: another misdeed every second or so; what the server answers is counted."""
    rng, lock = random.Random(number), threading.Lock()
    while perf_counter() < until:
        name = rng.choice(list(MISDEEDS))
        try:
            with Visitor(server.url) as visitor, httpx.Client(base_url=server.url, timeout=30) as client:
                answer = MISDEEDS[name](visitor, client, rng)
        except Exception as error:  # whatever ends a stranger's visit is an answer, too
            answer = type(error).__name__
        with lock:
            told[f"{name}: {answer}"] += 1
        time.sleep(rng.uniform(*PAUSE_SECONDS))


def _put(visitor: Visitor, client: httpx.Client, content: bytes) -> tuple[str, int]:
    """Send a file to a session; its id, and the status."""
    client.get("/_stcore/host-config")
    token = client.cookies.get("_streamlit_xsrf") or ""
    file = str(uuid.uuid4())
    answer = client.put(
        f"/_stcore/upload_file/{visitor.session}/{file}",
        files={"file": ("a.png", content, "image/png")},
        headers={"X-Xsrftoken": token},
    )
    return file, answer.status_code


def _upload(visitor: Visitor, client: httpx.Client, name: str, content: bytes) -> str:
    """Upload as the page's own field does, and leave at once."""
    visitor.visit("", "")
    file, status = _put(visitor, client, content)
    if status < 300:
        visitor.give(file, name, len(content))
    return str(status)


def _bomb(visitor: Visitor, client: httpx.Client, rng: random.Random) -> str:
    return _upload(visitor, client, f"{rng.random()}.png", _flat_png())


def _zip_bomb(visitor: Visitor, client: httpx.Client, rng: random.Random) -> str:
    return _upload(visitor, client, f"{rng.random()}.zip", _zip_of_bombs())


def _raw_put(visitor: Visitor, client: httpx.Client, rng: random.Random) -> str:
    visitor.visit("report", "")
    return str(_put(visitor, client, bytes(RAW_BYTES))[1])


def _hostile_link(visitor: Visitor, client: httpx.Client, rng: random.Random) -> str:
    word = rng.choice(["<script>", "%00", "../../etc/passwd", "9" * 3000, "NaN", "é" * 500])
    name = rng.choice(["model", "zone", "sample", "source", "own", "lang", "method", "grid", "seed"])
    visitor.visit(rng.choice(["", "zones", "compare", "filters"]), f"{name}={word}")
    return "error" if visitor.errors else "page"


def _guess(visitor: Visitor, client: httpx.Client, rng: random.Random) -> str:
    place = rng.choice(
        ["/media/%s.jpeg", "/media/%s%%0A", "//media/%s.png", "/_stcore/metrics?%s", "/media/../%s"]
    )
    return str(client.get(place % uuid.uuid4().hex).status_code)


MISDEEDS: dict[str, Callable[[Visitor, httpx.Client, random.Random], str]] = {
    "bomb": _bomb,
    "zip of bombs": _zip_bomb,
    "raw upload": _raw_put,
    "hostile link": _hostile_link,
    "guessed address": _guess,
}


@cache
def _flat_png() -> bytes:
    """50 million pixels in some tens of kilobytes."""
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((5000, 10_000), np.uint8)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@cache
def _zip_of_bombs() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(120):
            archive.writestr(f"{number}.png", _flat_png())
    return buffer.getvalue()
