"""Benchmark of a data set of many images: images a second against a plain loop over the same files, memory of
the server, and the table after server and worker were killed.

Handwritten digits with noise, in folders of classes; ``digits-cnn`` answers.
"""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import psutil
from PIL import Image

from benchmarks.server.bound import ONE_THREAD, bound_cluster
from compute.measure.classes import ClassAnswers
from compute.scheduling.queue import JobQueue
from compute.work.measure import MeasureOrder, MeasureSpec, MeasureView
from data_store.catalogue import data_set_at
from model_store.catalogue import ModelRef
from samples.digits import COUNT, digit_pixels, digit_values

MODEL = "digits-cnn"
NOISE = 12.0
"""Standard deviation in grey values."""
BATCH = 256
POLL_SECONDS = 0.1
KILLED_AT = (0.3, 0.6)
"""Shares of the images after which the server, and then a worker, is killed."""
PLAIN = f"""
import os, sys
from pathlib import Path
from time import perf_counter
os.sched_setaffinity(0, {{0}})
import numpy as np
from PIL import Image
from benchmarks.races.peer_networks import keras_model
model, paths = keras_model("{MODEL}"), sorted(Path(sys.argv[1]).rglob("*.png"))
def answer(some):
    images = [np.asarray(Image.open(path).convert("RGB")) for path in some]
    return model.predict(np.stack(images).astype(np.float32), verbose=0)
answer(paths[:{BATCH}])
began = perf_counter()
for start in range(0, len(paths), {BATCH}):
    answer(paths[start : start + {BATCH}])
print(len(paths) / (perf_counter() - began))
"""


@dataclass(frozen=True)
class Measured:
    """A run through the data set.

    Attributes:
        rate: images a second, the model being loaded.
        growth_mb: of the server's memory, from before the order to its greatest.
        digest: of the table.
    """

    rate: float
    growth_mb: float
    digest: str


def report(images: int) -> None:
    """Print all figures."""
    print(f"{images:,} images of 32 x 32 pixels, {MODEL}; one core a worker")
    with tempfile.TemporaryDirectory(prefix="vitrine-many-") as place:
        folder = Path(place)
        write_digits(folder / "digits", images)
        plain = _plain_rate(folder / "digits")
        print(f"  plain model.predict in batches of {BATCH}: {plain:7.0f} images/s", flush=True)
        whole = {workers: _run(folder, f"whole-{workers}", workers, lambda *_: None) for workers in (1, 2)}
        for workers, found in whole.items():
            said = f"{found.rate:7.0f} images/s, {found.rate / plain:.2f} of the plain loop"
            print(f"  {workers} workers: {said}; the server grows by {found.growth_mb:.0f} MB", flush=True)
        after = _run_killed(folder)
        same = {found.digest for found in (*whole.values(), after)}
        print(f"  server and worker killed: {'the same table' if len(same) == 1 else 'ANOTHER TABLE'}")


def write_digits(folder: Path, images: int) -> None:
    """Write digits with noise as PNG files, in a folder for each class."""
    rng, classes = np.random.default_rng(0), digit_values()[1]
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
    for number in range(images):
        clean = digit_pixels(number % COUNT)
        noisy = np.clip(clean + NOISE * rng.standard_normal(clean.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / str(classes[number % COUNT]) / f"{number:06d}.png")


def _plain_rate(folder: Path) -> float:
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    command = [sys.executable, "-c", PLAIN, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.split()[-1])


def serve(folder: Path, tables: Path, workers: int) -> None:
    """Run through the data set as a server does, saying how far it is, and the figures at the end."""
    ref = ModelRef(MODEL)
    order = MeasureOrder(MeasureSpec(ClassAnswers(ref)), data_set_at(str(folder)), tables)
    with bound_cluster(workers, ref, os.cpu_count() or 1) as cluster:
        queue, own = JobQueue(cluster), psutil.Process()
        before = highest = own.memory_info().rss
        began = perf_counter()
        job = queue.start(order)
        while not job.finished:
            sleep(POLL_SECONDS)
            highest = max(highest, own.memory_info().rss)
            print("done", job.progress().share, flush=True)
        seconds = perf_counter() - began
        if job.error is not None:
            raise job.error
        view = job.view
        assert isinstance(view, MeasureView)
        print("rate", len(order.items) / seconds)
        print("growth", (highest - before) / 2**20)
        print("digest", table_digest(view), flush=True)


def table_digest(view: MeasureView) -> str:
    """Hex sha256 of the rows, also of those columns that stay on disk."""
    digest = hashlib.sha256()
    for name, column in zip(view.table().column_names, view.table().columns, strict=True):
        digest.update(name.encode() + repr(column.to_pylist()).encode())
    for name in sorted(view.order.spec.measure.heavy):
        for array in view.heavy(name):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _run(
    folder: Path, tables: str, workers: int, look: Callable[[float, psutil.Process], object]
) -> Measured:
    """A server from its start to the end of the table.

    Args:
        folder: of this benchmark.
        tables: name of the folder in which rows are kept.
        workers: how many.
        look: called with the share that is done and the server.
    """
    asked = (str(folder / "digits"), str(folder / tables), str(workers))
    command = [sys.executable, "-m", "benchmarks.server.many", *asked]
    found = {"rate": "0", "growth": "0", "digest": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        for line in server.stdout:
            name, _, value = line.strip().partition(" ")
            if name == "done":
                look(float(value), psutil.Process(server.pid))
            elif name in found:
                found[name] = value
    return Measured(float(found["rate"]), float(found["growth"]), found["digest"])


def _run_killed(folder: Path) -> Measured:
    """The table of a server that was killed, made whole by another one whose worker was."""
    first, second = KILLED_AT
    killed: list[int] = []

    def kill_server(share: float, server: psutil.Process) -> None:
        if share >= first and not killed:
            killed.append(server.pid)
            server.kill()

    def kill_worker(share: float, server: psutil.Process) -> None:
        if share >= second and len(killed) == 1:
            busy = max(server.children(recursive=True), key=lambda child: child.memory_info().rss)
            killed.append(busy.pid)
            os.kill(busy.pid, signal.SIGKILL)

    _run(folder, "killed", 1, kill_server)
    found = _run(folder, "killed", 1, kill_worker)
    if len(killed) < len(KILLED_AT):
        raise RuntimeError("It was done before it could be killed; ask for more images.")
    return found


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
