"""Concepts whose importance is known, and a shortcut that was planted: what is made of them.

    python -m benchmarks.concepts

A score is a weighted sum of concepts, so that the importance of each is known; it is asked as we ask, and as
Xplique's CRAFT does, whose Halton sequence is not scrambled, with the concepts numbered in several ways. Then
a small classifier learns digits of which one class has a mark in a corner in half of its images.
"""

import argparse
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.strategies import LAYER, MARK, MARKED_CLASS, SIDE, learn, marked_digits
from compute.measure.concepts.decoding import ConceptDecoder
from engine.arrays import Bools, Floats, LongInts, Reals
from engine.concepts.design import ConceptDesign
from engine.concepts.factors import MOST, ConceptBasis, factorise
from engine.concepts.importance import importance
from engine.concepts.stability import suggested, try_counts
from engine.targets import ClassTarget, Scorer
from model_store.base import runtime

DESIGNS = 32
"""Of Xplique's default, for both."""
ORDERS, TRIES = 20, 20


def weights_of(count: int) -> tuple[Reals, Reals]:
    """Weights of concepts in a score, and the total index of each."""
    weights = np.geomspace(1.0, 0.05, count)
    return weights, np.square(weights) / np.square(weights).sum()


def ours(weights: Reals, seed: int, order: LongInts) -> Reals:
    """Importance by our design, in the order of the weights."""
    vectors = np.random.default_rng(seed).uniform(size=(len(weights), 16)).astype(np.float32)
    design = ConceptDesign(ConceptBasis(vectors[order]), designs=DESIGNS, replicates=4, seed=seed)
    found = importance(design, design.masks(0, design.runs)[:, :, 0] @ weights[order])
    assert found is not None
    return _back(found.values, order)


def theirs(weights: Reals, order: LongInts) -> Reals:
    """Importance by the sampler and the estimator of ``xplique.concepts.Craft.estimate_importance``."""
    runtime.tensorflow()
    from xplique.attributions.global_sensitivity_analysis import HaltonSequenceRS, JansenEstimator

    masks = HaltonSequenceRS()(len(weights), nb_design=DESIGNS)
    return _back(np.asarray(JansenEstimator()(masks, masks @ weights[order], DESIGNS)), order)


def _back(values: Reals, order: LongInts) -> Reals:
    found = np.empty(len(values))
    found[order] = values
    return found


def rank(values: Reals, truth: Reals) -> float:
    """Spearman's rank correlation."""
    return float(stats.spearmanr(values, truth).statistic)


def compare(count: int) -> tuple[Reals, Reals, float, float]:
    """Rank correlations (n,) with the truth, ours and theirs, and how far renumbering moves an index at most,
    as a share of the largest.
    """
    weights, truth = weights_of(count)
    orders = [np.random.default_rng(one).permutation(count) for one in range(ORDERS)]
    own = np.array([ours(weights, 0, order) for order in orders])
    peers = np.array([theirs(weights, order) for order in orders])
    drawn = np.array([rank(ours(weights, seed, orders[0]), truth) for seed in range(TRIES)])
    moves = [float(np.ptp(some, axis=0).max() / some.max()) for some in (own, peers)]
    return drawn, np.array([rank(one, truth) for one in peers]), moves[0], moves[1]


def planted(seed: int = 0) -> list[dict[str, Any]]:
    """Concepts of the class with the mark: importance in images with it and without, and how often the
    strongest place of each is where the mark is.
    """
    data = marked_digits()
    model = learn(data, seed)
    rows = np.flatnonzero(data.classes == MARKED_CLASS)
    images = data.images[rows].astype(np.float32)
    activation = model.activations(images, LAYER)
    height, width = activation.shape[1:3]
    flat = activation.reshape(-1, activation.shape[-1])
    owners = np.repeat(np.arange(len(rows)), height * width)
    basis = factorise(flat, suggested(try_counts(flat, owners)))
    marked = data.marked[rows]
    lies = _in_corner(basis.coefficients(activation), marked)
    means = {state: _mean_importance(model, images[marked == state][:12], basis) for state in (True, False)}
    return [
        {"concept": one + 1, "marked": means[True][one], "plain": means[False][one], "corner": lies[one]}
        for one in range(len(basis))
    ]


def _in_corner(coefficients: Floats, marked: Bools) -> Reals:
    """Share (k,) of the marked images where the strongest place of each concept is at the mark, or in cells
    that touch it.
    """
    side = coefficients.shape[1]
    first = int((SIDE - MARK - 1) * side / SIDE) - 1
    some = coefficients[marked]
    corner = some[:, first:, first:].max(axis=(1, 2))
    return np.asarray(((corner >= some.max(axis=(1, 2))) & (corner > 0)).mean(axis=0))


def _mean_importance(model: Any, images: Floats, basis: ConceptBasis) -> Reals:
    scorer, found = Scorer([ClassTarget(MARKED_CLASS)], (10,)), []
    for seed, image in enumerate(images):
        design = ConceptDesign(basis, designs=16, seed=seed)
        scores = ConceptDecoder.of(model, image, LAYER, basis).scores(design.masks(0, design.runs), scorer)
        one = importance(design, scores[:, 0])
        assert one is not None
        found.append(one.values)
    return np.asarray(np.mean(found, axis=0))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.concepts", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="networks that are trained")
    asked = parser.parse_args()
    print("| concepts | rank: ours | rank: Xplique | moved by renumbering: ours | Xplique |")
    print("|---|---|---|---|---|")
    for count in (6, MOST, 20):
        own, peers, move, their_move = compare(count)
        print(f"| {count} | {_span(own)} | {_span(peers)} | {move:.3f} | {their_move:.3f} |", flush=True)
    print("\n| network | concept | importance, marked | importance, plain | strongest at the mark |")
    print("|---|---|---|---|---|")
    for seed in range(asked.seeds):
        for row in planted(seed):
            numbers = " | ".join(f"{row[name]:.2f}" for name in ("marked", "plain", "corner"))
            print(f"| {seed} | {row['concept']} | {numbers} |", flush=True)


def _span(values: Reals) -> str:
    return f"{values.mean():.2f} ({values.min():.2f} to {values.max():.2f})"


if __name__ == "__main__":
    main()
