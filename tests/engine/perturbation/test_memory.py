"""Peak memory of the pass depends on the batch alone."""

import tracemalloc

import numpy as np
import pytest

from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.run import PerturbationPass, Perturber
from engine.targets import Scorer, ZoneTarget
from tests.toys import QuarterSegmenter

MB = 2**20


def peak_bytes(designs: int, zones: int) -> int:
    """Peak of numpy's memory during a pass, without the score matrix (runs, targets) itself."""
    model, params = QuarterSegmenter(), SobolParams(grid=4, designs=designs)
    image = np.full((64, 64, 3), 99, np.float32)
    pixel = np.zeros((zones, 16 * 16), bool)
    pixel[np.arange(zones), np.arange(zones)] = True
    scorer = Scorer([ZoneTarget(1, mask.reshape(16, 16)) for mask in pixel], (16, 16, 2))
    plan = sobol.plan(params, image)
    job = PerturbationPass(model, Perturber.of(image, plan.cells, params), plan, scorer, "probability")
    job.plan.masks(0, 1)
    tracemalloc.start()
    scores = job.scores(0, job.plan.runs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - 2 * scores.nbytes


@pytest.mark.parametrize(("designs", "zones"), [(64, 4), (8, 200), (64, 200)])
def test_peak_memory_does_not_grow_with_designs_or_zones(designs, zones):
    assert peak_bytes(designs, zones) < peak_bytes(8, 4) + 1 * MB
