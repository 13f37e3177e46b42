"""Benchmark of peak memory: of a pass by zones and designs, and of a server in use.

Each pass runs in a fresh process.
"""

import subprocess
import sys

from benchmarks.server import memory_in_use as server_memory

PROBE = """
import resource, sys
from itertools import cycle, islice
from benchmarks.races.sobol_pass import prepare, targets_of
from engine.perturbation import sobol
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.run import PerturbationPass, Perturber
from engine.targets import Scorer
key, grid, designs, count = sys.argv[1], *map(int, sys.argv[2:])
model, image, zones = prepare(key)
targets = list(islice(cycle(targets_of(zones)), count))
params = SobolParams(grid=grid, designs=designs)
scorer = Scorer(targets, targets_of(zones).output_shape)
plan = sobol.plan(params, image)
job = PerturbationPass(model, Perturber.of(image, plan.cells, params), plan, scorer, "probability")
job.view.scores(0, 32)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
job.view.scores(0, job.plan.runs)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, before / 1024)
"""


def report(key: str, grid: int) -> None:
    """Print the peak of a process for few and many designs and targets, and those of a server and
    its worker.
    """
    print(f"{key}: peak memory of the process, and what the pass added to its first batch")
    for designs, targets in ((8, 1), (32, 1), (8, 500), (32, 500)):
        arguments = [str(value) for value in (key, grid, designs, targets)]
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
        )
        peak, before = map(float, done.stdout.split()[-2:])
        print(f"  {designs:3d} designs, {targets:4d} targets: {peak:6.0f} MB, + {peak - before:4.0f} MB")
    server_memory.report()
