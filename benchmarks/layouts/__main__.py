"""``python -m benchmarks.layouts``: each layout at several sizes, and what other nulls would say."""

import argparse
import time

import numpy as np

from benchmarks.layouts.nulls import print_nulls
from engine.arrays import Floats
from engine.projection.project import project
from engine.projection.table import PROJECTIONS
from engine.projection.trust import neighbours_kept, some_of

SIZES = (1_797, 10_000, 50_000)
FEATURES, GROUPS, INNER = 512, 20, 12
"""Of the features that are drawn: groups along few directions, as those of a network are."""


def digits() -> Floats:
    """float32 (1797, 64): handwritten digits of scikit-learn, as pixels."""
    from sklearn.datasets import load_digits

    return np.asarray(load_digits().data, np.float32)


def drawn(count: int) -> Floats:
    """float32 (count, 512): 20 groups of unequal size on curved sheets of 12 dimensions, cut off at zero."""
    rng = np.random.default_rng(0)
    middles = 2 * rng.standard_normal((GROUPS, INNER))
    inner = middles[rng.choice(GROUPS, count, p=_shares())] + rng.standard_normal((count, INNER))
    mixed = np.maximum(inner @ rng.standard_normal((INNER, FEATURES)), 0)
    return np.asarray(mixed + 0.5 * rng.standard_normal(mixed.shape), np.float32)


def _shares() -> Floats:
    falling = 1 / np.arange(2, GROUPS + 2)
    return np.asarray(falling / falling.sum())


def print_layout(features: Floats, method: str, dimensions: int) -> None:
    """A row: processor and wall time of a layout, and how it keeps neighbours."""
    wall, processor = time.perf_counter(), time.process_time()
    layout = project(features, method, dimensions=dimensions)
    took = time.perf_counter() - wall, time.process_time() - processor
    queries = some_of(len(features), np.random.default_rng(0))
    kept = neighbours_kept(features - features.mean(axis=0), layout.points, queries)
    table, title = f"{len(features):,} x {features.shape[1]}", PROJECTIONS[method].title
    figures = f"{took[1]:.1f} s | {took[0]:.1f} s | {kept.recall:.2f} | {kept.trustworthiness:.3f}"
    print(f"| {table} | {title} {dimensions}D | {figures} |", flush=True)


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layouts", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of images")
    parser.add_argument("--methods", nargs="+", choices=list(PROJECTIONS), default=list(PROJECTIONS))
    parser.add_argument("--dimensions", type=int, choices=(2, 3), default=2)
    parser.add_argument("--nulls", action="store_true", help="the nulls only")
    options = parser.parse_args()
    if options.nulls:
        print_nulls()
        return
    print(
        "| features | layout | processor | wall | recall of 10 | trustworthiness |",
        "|---|---|---|---|---|---|",
        sep="\n",
    )
    for size in options.sizes:
        features = digits() if size == len(digits()) else drawn(size)
        for method in options.methods:
            print_layout(features, method, options.dimensions)


if __name__ == "__main__":
    main()
