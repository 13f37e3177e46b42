"""Benchmark of one pass on one, two and four worker processes.

Each worker has one thread, and a core of its own as long as there are enough.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter, sleep

import numpy as np

from benchmarks.server.bound import bound_cluster
from compute.run.runners import ClusterRunner, predict_with
from compute.scheduling.queue import JobQueue
from compute.work.perturbation import PerturbationOrder, PerturbationSpec
from compute.work.predict import Prediction
from engine.images.picture import Picture
from engine.perturbation.methods.params import SobolParams
from model_store.catalogue import ModelRef
from samples.library import SAMPLES, sample_pixels

WORKERS = (1, 2, 4)
ROUNDS = 3
GRID, DESIGNS, FIRST_DESIGNS = 4, 16, 8
POLL_SECONDS = 0.02


@dataclass(frozen=True, eq=False)
class Crew:
    """Some workers that are ready.

    Attributes:
        workers: how many.
        queue: where they take orders.
        prediction: of the model, made by one of them.
    """

    workers: int
    queue: JobQueue
    prediction: Prediction


def report(key: str) -> None:
    """Print runs per second with each number of workers: median of alternating rounds, with the spread, and
    the speed-up.
    """
    picture, ref, cores = (
        Picture(sample_pixels(SAMPLES[0].key), SAMPLES[0].title),
        ModelRef.parse(key),
        os.cpu_count() or 1,
    )
    asked = [SobolParams(grid=GRID, designs=DESIGNS, seed=seed) for seed in range(1, ROUNDS + 1)]
    runs = PerturbationSpec(ref, "sobol", asked[0]).runs
    print(
        f"{key}, Sobol, {runs} runs, worker processes with one thread each; {cores} cores, load "
        f"before {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with ExitStack() as stack:
        crews = [stack.enter_context(_crew(workers, ref, picture, cores)) for workers in WORKERS]
        seconds = np.array([[_time_pass(crew, picture, params) for crew in crews] for params in asked])
    for place, crew in enumerate(crews):
        mine, speed_up = seconds[:, place], np.median(seconds[:, 0] / seconds[:, place])
        spread = f"{runs / mine.max():.1f}-{runs / mine.min():.1f}"
        per_core = min(crew.workers, cores)
        said = (
            f"{crew.workers} on {per_core} cores: {runs / np.median(mine):6.1f} runs/s ({spread}), "
            f"{np.median(mine):5.1f} s"
        )
        print(
            f"  {said}, {speed_up:.2f} times one worker; {speed_up / per_core:.0%} of what its cores can give"
        )
    print(f"  load after {os.getloadavg()[0]:.1f}")


@contextmanager
def _crew(workers: int, ref: ModelRef, picture: Picture, cores: int) -> Iterator[Crew]:
    """Start workers, and have each do a little."""
    with bound_cluster(workers, ref, cores) as cluster:
        queue = JobQueue(cluster)
        crew = Crew(workers, queue, predict_with(ClusterRunner(queue), ref, picture))
        _time_pass(crew, picture, SobolParams(grid=GRID, designs=FIRST_DESIGNS))
        yield crew


def _time_pass(crew: Crew, picture: Picture, params: SobolParams) -> float:
    """Seconds of a pass that was never ordered before."""
    spec = PerturbationSpec(ModelRef.parse(crew.prediction.facts.key), "sobol", params)
    began = perf_counter()
    job = crew.queue.start(PerturbationOrder(spec, crew.prediction, picture))
    while not job.finished:
        sleep(POLL_SECONDS)
    if job.error is not None:
        raise job.error
    return perf_counter() - began
