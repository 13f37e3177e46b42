"""Many people on one server: real sessions that look at all pages while two of them wait for heavy passes."""

import random
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil

from benchmarks.server.memory_in_use import SERVER_MB, WORKER_MB
from samples.library import SAMPLES
from tests.e2e.drivers.server import Server, running
from tests.e2e.drivers.visitor import Visitor

HEAVY = 2
HEAVY_QUERY = "model=streets-segformer&zone=1&designs=256&seed={seed}"
MODELS = ("streets-segformer", "streets-unet", "dogs-vgg")
PAGES = ("", "own-model", "zones", "compare", "gallery", "layers", "features", "filters", "batch", "report")
LANGUAGES = ("en", "fr")
LOOKING_SECONDS = (2.0, 6.0)
WARM_SECONDS = 30.0
LOOKS = 6
"""How often memory is weighed."""


def report(users: int, seconds: float) -> None:
    """Print how long pages took, what went wrong, and the memory of all processes."""
    print(f"{users} people for {seconds:.0f} s, {HEAVY} more with heavy passes")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), VITRINE_CACHE=str(Path(folder) / "results")) as server,
    ):
        warm_up(server)
        visitors, memory = _crowd(server, users, seconds)
        trouble = [
            line for line in server.log.read_text().splitlines() if "Traceback" in line or "ERROR" in line
        ]
    print_waits(
        "pages",
        [wait for visitor in visitors for wait in visitor.page_seconds],
        " (promised: 95 % within 1 s)",
    )
    print_waits("parts that look again", [wait for visitor in visitors for wait in visitor.poll_seconds])
    errors = [error for visitor in visitors for error in visitor.errors]
    print(
        f"  errors seen: {len(errors)}; in the log: {len(trouble)}", *errors[:5], *trouble[:5], sep="\n    "
    )
    print(
        "  MB of server and workers, from start to end: "
        f"{', '.join(f'{size:.0f}' for size in memory)} (bound: {WORKER_MB + SERVER_MB})"
    )


def _crowd(server: Server, users: int, seconds: float) -> tuple[list[Visitor], list[float]]:
    """Everybody who was there, and the memory as time went by."""
    begun, done, memory = threading.Event(), threading.Event(), []
    with ThreadPoolExecutor(users + HEAVY) as crowd:
        heavy = [crowd.submit(_wait_for_pass, server, number, begun, done) for number in range(HEAVY)]
        begun.wait(WARM_SECONDS)
        others = [
            crowd.submit(look_around, server, number, perf_counter() + seconds) for number in range(users)
        ]
        for _ in range(LOOKS):
            memory.append(server_memory(server))
            wait(others, seconds / LOOKS)
        done.set()
        return [found.result() for found in [*others, *heavy]], [*memory, server_memory(server)]


def warm_up(server: Server) -> None:
    """Models are loaded before the clock runs."""
    with Visitor(server.url) as visitor:
        for model in MODELS:
            visitor.visit("", f"model={model}")
            visitor.stay(WARM_SECONDS / len(MODELS))


def look_around(server: Server, number: int, until: float) -> Visitor:
    """One person, who comes after a few seconds: another page, model or picture every few seconds."""
    rng = random.Random(number)
    time.sleep(rng.uniform(0, max(LOOKING_SECONDS)))
    visitor = Visitor(server.url)
    with visitor:
        while perf_counter() < until:
            model, sample, zone = rng.choice(MODELS), rng.choice(SAMPLES).key, rng.randint(1, 5)
            words = f"model={model}&sample={sample}&zone={zone}&lang={rng.choice(LANGUAGES)}"
            visitor.visit(rng.choice(PAGES), words)
            visitor.stay(rng.uniform(*LOOKING_SECONDS))
    return visitor


def _wait_for_pass(server: Server, number: int, begun: threading.Event, done: threading.Event) -> Visitor:
    """One person who has ordered much and looks at how it grows."""
    visitor = Visitor(server.url)
    with visitor:
        visitor.visit("zones", HEAVY_QUERY.format(seed=number + 1))
        while not done.is_set():
            if "Start" in visitor.buttons:  # a pass that takes long waits for it
                visitor.press("Start")
                visitor.buttons.clear()
            begun.set()
            visitor.stay(1.0)
    return visitor


def print_waits(name: str, waits: list[float], promise: str = "") -> None:
    """Median, 95th percentile and greatest of some waits in a line."""
    middle, most, worst = np.percentile(waits or [0.0], [50, 95, 100])
    print(
        f"  {name}: {len(waits)} runs, median {middle:.2f} s, 95 % {most:.2f} s, longest "
        f"{worst:.2f} s{promise}"
    )


def server_memory(server: Server) -> float:
    """MB of the server and all its children; pages that they share are counted once."""
    root = psutil.Process(server.pid)
    return sum(process.memory_full_info().uss for process in [root, *root.children(recursive=True)]) / 2**20
