"""Benchmark of the memory of a server and its worker over ten models and a hundred pictures.

It is held against the bound that is promised. Four models ship; the others are networks of
keras.applications with random weights, written to a temporary folder.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil

from compute.base.store import ResultStore
from compute.cluster.cluster import start_cluster
from compute.cluster.processes import KEPT_BYTES
from compute.run.runners import ClusterRunner, predict_with
from compute.scheduling.queue import JobQueue
from compute.work.gradient import GradientOrder, GradientSpec
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from engine.images.picture import Picture
from engine.perturbation.methods.params import OcclusionParams
from model_store.catalogue import ModelRef
from samples.library import SAMPLES, sample_pixels
from settings import VARIABLES, override, settings

SHIPPED = ("streets-segformer", "streets-unet", "dogs-vgg", "dogs-inception")
RANDOM = ("resnet50", "inceptionv3", "xception", "densenet121", "mobilenetv2", "efficientnetb0")
ROUNDS, PICTURES = 2, 5
"""Each model looks at so many new pictures in each round: it is pushed out and loaded again in between."""

LIBRARIES_MB = 1792
"""What TensorFlow, OpenVINO and its converter take in a worker, whatever models are kept."""

LIMITS = [name for name in VARIABLES if name.startswith("limit_")]
WORKER_MB = LIBRARIES_MB + (KEPT_BYTES >> 20) + settings().limit_models + settings().limit_prepared
SERVER_MB = 512 + settings().limit_results + settings().limit_prepared
WRITE = """
import json, sys
from pathlib import Path
import h5py
from model_store.base import runtime
from model_store.catalogue import CATALOGUE
from model_store.keras.application import build_application
runtime.keras()
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group
for key in sys.argv[2:]:
    entry = CATALOGUE[key]
    folder = Path(sys.argv[1]) / key
    folder.mkdir(parents=True)
    with h5py.File(folder / entry.weight_files[0], "w") as file:
        save_weights_to_hdf5_group(file, build_application(entry))
    classes = {str(n): [f"n{n:08d}", f"class {n}"] for n in range(1000)}
    (folder / entry.settings_files[0]).write_text(json.dumps(classes))
"""


def report() -> None:
    """Print the peaks of both processes, and what they still hold after each round."""
    bounds = ", ".join(f"{VARIABLES[name]} {getattr(settings(), name)}" for name in LIMITS)
    print(f"ten models, {ROUNDS * PICTURES * (len(SHIPPED) + len(RANDOM))} pictures; {bounds}")
    with tempfile.TemporaryDirectory() as folder:
        networks = [f"{name}-imagenet" for name in RANDOM]
        subprocess.run(
            [sys.executable, "-c", WRITE, folder, *networks], check=True, stderr=subprocess.DEVNULL
        )
        with override(models=folder, cache=f"{folder}/results"):
            _go_round([ModelRef(key) for key in (*SHIPPED, *networks)])


def _go_round(models: list[ModelRef]) -> None:
    cluster = start_cluster(warm=None)
    queue, watch = JobQueue(cluster, ResultStore()), Peaks()
    began, pictures = perf_counter(), _pictures()
    try:
        for number in range(ROUNDS):
            for ref in models:
                for _ in range(PICTURES):
                    _look(queue, ref, next(pictures))
                    watch.look()
                print(
                    f"    {ref!s:26} worker {watch.worker:5.0f} MB, server {watch.server:5.0f} MB", flush=True
                )
            print(
                f"  round {number + 1}, {perf_counter() - began:.0f} s: worker {watch.worker:.0f} "
                f"MB, server {watch.server:.0f} MB"
            )
        print(f"  peak of the worker {watch.worker_peak:.0f} MB (promised: at most {WORKER_MB} MB)")
        print(f"  peak of the server {watch.server_peak:.0f} MB (promised: at most {SERVER_MB} MB)")
        print(f"  store {sum(ResultStore().sizes().values()) / 2**20:.1f} MB")
    finally:
        cluster.close()


def _look(queue: JobQueue, ref: ModelRef, picture: Picture) -> None:
    """All that a visit does: an answer, a perturbation pass, gradients at the best layer."""
    runner = ClusterRunner(queue)
    prediction = predict_with(runner, ref, picture)
    hidden = PerturbationSpec(ref, "occlusion", OcclusionParams(positions=4))
    runner.run(PerturbationOrder(hidden, prediction, picture))
    if prediction.target_layers:
        runner.run(GradientOrder(GradientSpec(ref, (0,)), prediction, picture))


def _pictures() -> Iterator[Picture]:
    """One sample, shifted a little each time."""
    pixels = sample_pixels(SAMPLES[0].key)
    for shift in range(10**6):
        yield Picture(np.ascontiguousarray(np.roll(pixels, 7 * shift, axis=1)), f"{shift}")


class Peaks:
    """Megabytes of this process and of the largest one below it, now and at most."""

    def __init__(self) -> None:
        self.server = self.worker = self.server_peak = self.worker_peak = 0.0

    def look(self) -> None:
        """Measure."""
        me = psutil.Process()
        self.server, self.server_peak = _megabytes(me.pid)
        self.worker, peak = max(
            (_megabytes(child.pid) for child in me.children(recursive=True)), default=(0.0, 0.0)
        )
        self.worker_peak = max(self.worker_peak, peak)


def _megabytes(pid: int) -> tuple[float, float]:
    """Resident memory of a process, now and at most; none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = {
        name: float(rest.split()[0]) / 1024
        for name, _, rest in (line.partition(":") for line in lines)
        if name in ("VmRSS", "VmHWM")
    }
    return found.get("VmRSS", 0.0), found.get("VmHWM", 0.0)
