"""Test of given concepts: how often random concepts pass it, and what it says of a mark that was planted.

    python -m benchmarks.tcav

The same small classifiers as in ``benchmarks.strategies`` learn digits of which one class has a mark in a
corner in half of its images. Random concepts are sets of digits; the mark is its corner, cut out at its
place, and so are the corners of images without it.
"""

import argparse
from typing import Any

import numpy as np

from benchmarks.strategies import LAYER, MARK, MARKED_CLASS, MarkedDigits, learn, marked_digits
from engine.arrays import Floats, LongInts
from engine.evaluation.slices import holm_adjusted
from engine.gradients.run import dense_weights
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.targets import ClassTarget
from engine.tcav.cells import POOLED, SPATIAL, cell_means, cell_sums
from engine.tcav.parts import GRID_SIDE, kept_cells
from engine.tcav.testing import LEVEL, ConceptTest, TcavEffort, examine_concepts

SIZE, RANDOM, TARGETS = 40, 200, 50
CORNER = tuple(GRID_SIDE * row + column for row in (5, 6, 7) for column in (5, 6, 7))
"""Cells of the mark, and half a cell about it."""
Names = tuple[str, ...]


def features(
    model: LoadedModel, data: MarkedDigits, rows: LongInts, side: int, cells: tuple[int, ...] = ()
) -> Floats:
    """float32 (n, F): what the layer makes of some images, or of a part of each."""
    images = data.images[rows]
    if cells:
        images = np.stack([kept_cells(Picture(image, "digit"), cells).pixels for image in images])
    return cell_means(model.activations(images.astype(np.float32), LAYER), side)


def slopes(model: LoadedModel, data: MarkedDigits, side: int) -> Floats:
    """float32 (n, F): gradients of the marked class in its images without the mark."""
    rows = np.flatnonzero((data.classes == MARKED_CLASS) & ~data.marked)[:TARGETS]
    weights = np.repeat(dense_weights([ClassTarget(MARKED_CLASS)], (10,)), len(rows), axis=0)
    found = model.layer_gradients(data.images[rows].astype(np.float32), weights, [LAYER])
    return cell_sums(found[LAYER].gradient, side)


def random_concepts(model: LoadedModel, data: MarkedDigits, count: int) -> list[ConceptTest]:
    """Tests of sets of images that are nothing in particular."""
    rng = np.random.default_rng(0)
    seen, slope = features(model, data, np.arange(len(data.images)), POOLED), slopes(model, data, POOLED)
    tests: list[ConceptTest] = []
    for seed in range(0, count, 20):  # against other random images every twenty concepts
        dealt = rng.permutation(len(seen))
        sets = [rng.permutation(dealt[RANDOM:])[:SIZE] for _concept in range(min(20, count - seed))]
        effort = TcavEffort(resamples=2, seed=seed)
        tests += examine_concepts([seen[one] for one in sets], seen[dealt[:RANDOM]], slope, effort)
    return tests


def planted(model: LoadedModel, data: MarkedDigits, side: int) -> tuple[Names, tuple[ConceptTest, ...]]:
    """Tests of the corner with the mark, and of corners without it."""
    own = data.classes == MARKED_CLASS
    others = np.random.default_rng(0).permutation(np.flatnonzero(~own))
    sets = {
        "corner with the mark": np.flatnonzero(own & data.marked)[:SIZE],
        "corner of other eights": np.flatnonzero(own & ~data.marked)[:SIZE],
        "corner of threes": np.flatnonzero(data.classes == 3)[:SIZE],
        "corner of any digits": others[:SIZE],
    }
    concepts = [features(model, data, rows, side, CORNER) for rows in sets.values()]
    random = features(model, data, others[SIZE : SIZE + RANDOM], side, CORNER)
    return tuple(sets), examine_concepts(concepts, random, slopes(model, data, side))


def worth_of_mark(model: LoadedModel, data: MarkedDigits) -> float:
    """By how much the mark raises the logit of its class in images of the class without it, on average."""
    rows = np.flatnonzero((data.classes == MARKED_CLASS) & ~data.marked)
    plain, pasted = data.images[rows], data.images[rows].copy()
    pasted[:, -MARK - 1 : -1, -MARK - 1 : -1] = 255
    logits = [model.score_batch(one.astype(np.float32), "logit")[:, MARKED_CLASS] for one in (pasted, plain)]
    return float((logits[0] - logits[1]).mean())


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tcav", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="networks that are trained")
    parser.add_argument("--concepts", type=int, default=200, help="random ones")
    asked = parser.parse_args()
    data = marked_digits()
    models = [learn(data, seed) for seed in range(asked.seeds)]
    print("| network | place | concept | share | random sets | sensitivity | p (Holm) | told apart |")
    print("|---|---|---|---|---|---|---|---|")
    for number, model in enumerate(models):
        print(f"| {number} | the mark raises the logit by {worth_of_mark(model, data):.2f} | | | | | | |")
        for name, side in (("anywhere", POOLED), ("at its place", SPATIAL)):
            _print_planted(f"{number} | {name}", *planted(model, data, side))
    tests = random_concepts(models[0], data, asked.concepts)
    print("\n| random concepts | called significant | and known to the layer | by Mann-Whitney of shares |")
    print("|---|---|---|---|")
    found = np.array([[one.p_value <= LEVEL, one.known, one.mann_whitney <= LEVEL] for one in tests])
    both = (found[:, 0] & found[:, 1]).mean()
    print(f"| {len(tests)} | {found[:, 0].mean():.1%} | {both:.1%} | {found[:, 2].mean():.1%} |")


def _print_planted(head: str, names: Names, tests: tuple[ConceptTest, ...]) -> None:
    adjusted: Any = holm_adjusted(np.array([one.p_value if one.known else np.nan for one in tests]))
    for name, test, chance in zip(names, tests, adjusted.tolist(), strict=True):
        spread = np.quantile(test.random_share, [0.025, 0.975])
        numbers = f"{test.share:.2f} | {spread[0]:.2f} to {spread[1]:.2f} | {test.mean:.2f}"
        said = "-" if np.isnan(chance) else f"{chance:.3f}"
        print(f"| {head} | {name} | {numbers} | {said} | {test.accuracy:.0%} |", flush=True)


if __name__ == "__main__":
    main()
