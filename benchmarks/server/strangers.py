"""Strangers at a server in use: bombs, raw uploads, hostile links, guessed addresses, while others work."""

import random
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from time import perf_counter

from PIL import Image

from benchmarks.server.users import look_around, print_waits, server_memory, warm_up
from tests.e2e.drivers.server import Server, running
from tests.e2e.drivers.stranger import Stranger, stranger
from tests.e2e.drivers.visitor import Visitor
from tests.fuzz.bombs import saved, zipped

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
        people = _work(server, SECONDS, strangers=0)[0]  # they ask for the same afterwards: caches are full
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
    until, memory = perf_counter() + seconds, []
    with ThreadPoolExecutor(PEOPLE + STRANGERS) as crowd:
        others = [crowd.submit(_intrude, server, number, until) for number in range(strangers)]
        people = [crowd.submit(look_around, server, number, until) for number in range(PEOPLE)]
        for _ in range(LOOKS):
            memory.append(server_memory(server))
            wait(people, seconds / LOOKS)
        told = sum((one.result() for one in others), Counter[str]())
        return [one.result() for one in people], told, memory


def _intrude(server: Server, number: int, until: float) -> Counter[str]:
    """One stranger: another misdeed every second or so; how often the server answered what."""
    rng, told = random.Random(number), Counter[str]()
    while perf_counter() < until:
        name = rng.choice(list(MISDEEDS))
        try:
            with stranger(server.url) as one:
                answer = MISDEEDS[name](one, rng)
        except Exception as error:  # whatever ends a stranger's visit is an answer, too
            answer = type(error).__name__
        told[f"{name}: {answer}"] += 1
        time.sleep(rng.uniform(*PAUSE_SECONDS))
    return told


def _bomb(one: Stranger, rng: random.Random) -> str:
    return _given(one, f"{rng.random()}.png", _flat_png())


def _zip_bomb(one: Stranger, rng: random.Random) -> str:
    return _given(one, f"{rng.random()}.zip", _zip_of_bombs())


def _given(one: Stranger, name: str, content: bytes) -> str:
    """Upload as the page's own field does, and leave at once."""
    one.look()
    one.give(name, content, wait=False)
    return "taken"


def _raw_put(one: Stranger, rng: random.Random) -> str:
    one.look()
    return str(one.put(bytes(RAW_BYTES)).status_code)


def _hostile_link(one: Stranger, rng: random.Random) -> str:
    word = rng.choice(["<script>", "%00", "../../etc/passwd", "9" * 3000, "NaN", "é" * 500])
    name = rng.choice(["model", "zone", "sample", "source", "own", "lang", "method", "grid", "seed"])
    one.look(f"{name}={word}")
    return "a page with a sentence" if one.said else "a page"


def _guess(one: Stranger, rng: random.Random) -> str:
    place = rng.choice(
        ["/media/%s.jpeg", "/media/%s%%0A", "//media/%s.png", "/_stcore/metrics?%s", "/media/../%s"]
    )
    return str(one.get(place % uuid.uuid4().hex).status_code)


MISDEEDS: dict[str, Callable[[Stranger, random.Random], str]] = {
    "bomb": _bomb,
    "zip of bombs": _zip_bomb,
    "raw upload": _raw_put,
    "hostile link": _hostile_link,
    "guessed address": _guess,
}


@cache
def _flat_png() -> bytes:
    """50 million pixels in some tens of kilobytes."""
    return saved(Image.new("L", (10_000, 5_000)), "PNG")


@cache
def _zip_of_bombs() -> bytes:
    return zipped([_flat_png()] * 120)
