"""Superpixels without hatching: how many pictures show a false one, and how many of the true ones are found.

The score depends on 10 of 40 superpixels, each for itself and some together. Beside the rule stands the one
before, which held each superpixel against twice its own spread over the seeds.
"""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.coverage.outlines import Pair, shares
from engine.arrays import Floats
from engine.explanation import Parts
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.methods import kernel_shap, lime
from engine.perturbation.methods.params import KernelShapParams, LimeParams
from engine.perturbation.plan import Estimate

PICTURES, PIECES, LIVE, SAMPLES = 200, 40, 10, 400
CELLS = Superpixels(np.arange(PIECES, dtype=np.int32)[:, None])
Read = Callable[[int, int], Estimate | None]
"""The map of a picture, by its number and the number of seeds."""


def report() -> None:
    """Print the table."""
    print(
        f"\n{PICTURES} pictures of {PIECES} superpixels, {LIVE} of which matter: share with a false one that"
    )
    print("is not hatched, share of the true ones that are not; spread of the logarithms of the variances\n")
    print("| method | seeds | false, before | false | found, before | found | spread |\n" + "|---" * 7 + "|")
    for row in rows():
        print("| " + " | ".join(row) + " |", flush=True)


def score(shown: Floats) -> Floats:
    """float32 (N,), from masks (N, 40)."""
    live = shown[:, :LIVE]
    found = np.tanh(live @ np.linspace(-0.6, 1, LIVE) - 0.5) + live[:, ::2].prod(axis=1)
    return found.astype(np.float32)


def _lime(picture: int, seeds: int) -> Estimate | None:
    plan = lime.LimePlan(CELLS, SAMPLES, tuple(range(seeds * picture, seeds * (picture + 1))))
    return lime.estimate(plan, LimeParams(samples=SAMPLES, seeds=seeds), score(plan.masks(0, plan.runs)))


def _kernel_shap(picture: int, seeds: int) -> Estimate | None:
    plan = kernel_shap.DrawnCoalitions(CELLS, SAMPLES, tuple(range(seeds * picture, seeds * (picture + 1))))
    params = KernelShapParams(samples=SAMPLES, seeds=seeds)
    return kernel_shap.estimate(plan, params, score(plan.masks(0, plan.runs)))


METHODS: dict[str, Read] = {"LIME": _lime, "Kernel SHAP": _kernel_shap}


def rows() -> Iterator[tuple[str, ...]]:
    """A row for each method and number of seeds."""
    true = np.arange(PIECES) < LIVE
    for method, read in METHODS.items():
        for seeds in (2, 3, 5):
            maps = [read(picture, seeds) for picture in range(PICTURES)]
            parts = [one.parts for one in maps if one is not None and one.parts is not None]
            spread = np.median([np.log(np.square(one.spread)).var(ddof=1) for one in parts])
            yield method, str(seeds), *shares(map(_pair, parts), true, ~true), f"{spread:.2f}"


def _pair(parts: Parts) -> Pair:
    assert parts.sure is not None
    return (parts.flips == 0) & (np.abs(parts.weights) > 2 * parts.spread), parts.sure
