"""Outlined cells and bands of RISE and HSIC, on scores of which it is known what they depend on.

Outlines: how many maps have a false one, and how many of the true ones are found, beside the rule before,
which held each cell by itself against its own band. Bands: how many cells they hold. Sobol maps have a table
of their own, `table.py`.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from scipy import stats

from benchmarks.coverage.functions import CELLS
from engine.arrays import Bools, Floats, Reals
from engine.perturbation.estimators.kernels import WIDTHS
from engine.perturbation.methods import hsic, rise
from engine.perturbation.methods.params import HsicParams, RiseParams
from engine.perturbation.plan import Estimate

MAPS = 400
MASKS = {"RISE": (256, 1024), "HSIC": (192, 768)}
BLANK = np.zeros((64, 64, 3), np.float32)
Pair = tuple[Bools, Bools]
"""What is found by the rule before and by the one now; or which cells are true and which are false."""

Score = Callable[[Floats, np.random.Generator], Reals]


def report() -> None:
    """Print both tables."""
    print(f"\n{MAPS} maps: share with a false outline, and share of the true cells that are outlined\n")
    print("| runs | score | false, before | false | found, before | found |\n" + "|---" * 6 + "|")
    for row in masked_rows():
        print("| " + " | ".join(row) + " |", flush=True)
    print("\n| masks | score | inside the 95 % band |\n" + "|---" * 3 + "|")
    for row in band_rows():
        print("| " + " | ".join(row) + " |", flush=True)


def shares(pairs: Iterable[Pair], true: Bools, false: Bools) -> Iterator[str]:
    """Cells of a row: share of maps with a false one, then share of the true ones, by both rules."""
    rules = [np.stack(rule) for rule in zip(*pairs, strict=True)]
    yield from (f"{rule[:, false].any(axis=1).mean():.3f}" for rule in rules)
    yield from (f"{rule[:, true].mean():.2f}" if true.any() else "-" for rule in rules)


def count_score(shown: Reals) -> Reals:
    """A score that hangs on how many of 64 cells are shown, and hardly moves at its ends."""
    return np.asarray(np.tanh((shown - CELLS / 2) / 2))


def _inner(seen: Floats) -> Reals:
    """(N,): how much is seen of the middle, a quarter of each side."""
    side = seen.shape[1]
    middle = slice(3 * side // 8, 5 * side // 8)
    return seen[:, middle, middle].mean(axis=(1, 2)).astype(np.float64)


SCORES: dict[str, Score] = {
    "noise": lambda seen, rng: rng.normal(size=len(seen)),
    "all cells alike": lambda seen, rng: count_score(seen.sum(axis=(1, 2))),
    "the middle, saturating": lambda seen, rng: (
        np.tanh(4 * _inner(seen) - 3) + rng.normal(size=len(seen)) / 20
    ),
}


def _truth(score: str, side: int) -> Pair:
    """Cells that the middle has, and those that are far from it; of other scores none and all."""
    if score != "the middle, saturating":
        return np.zeros(side**2, bool), np.ones(side**2, bool)
    place = np.abs((np.arange(side) + 0.5) / side - 0.5)
    near, far = place < 0.125, place > 0.25
    return np.outer(near, near).ravel(), (far[:, None] | far).ravel()


def _rise(masks: int, seed: int, score: str) -> Estimate:
    params = RiseParams(masks=masks, seed=seed)
    plan = rise.plan(params, BLANK)
    found = rise.estimate(plan, params, _scores(score, plan.drawn, seed))
    assert found is not None
    return found


def _hsic(masks: int, seed: int, score: str) -> Estimate:
    params = HsicParams(masks=masks, seed=seed)
    plan = hsic.plan(params, BLANK)
    found = hsic.estimate(plan, params, _scores(score, plan.drawn, seed))
    assert found is not None
    return found


METHODS: dict[str, Callable[[int, int, str], Estimate]] = {"RISE": _rise, "HSIC": _hsic}


def _scores(score: str, masks: Floats, seed: int) -> Floats:
    side = round(masks.shape[1] ** 0.5)
    found = SCORES[score](masks.reshape(-1, side, side), np.random.default_rng(seed))
    return found.astype(np.float32)


def masked_rows() -> Iterator[tuple[str, ...]]:
    """RISE and HSIC; the cells of RISE are not alike at the edges of the picture."""
    for method, sizes in MASKS.items():
        for masks in sizes:
            for score in SCORES.keys() - ({"all cells alike"} if method == "RISE" else set()):
                found = [METHODS[method](masks, seed, score) for seed in range(MAPS)]
                true, false = _truth(score, found[0].values.shape[0])
                yield f"{method}, {masks:,} masks", score, *shares(map(_pair, found), true, false)


def _pair(estimate: Estimate) -> Pair:
    assert estimate.lower is not None and estimate.sure is not None
    return np.asarray(estimate.lower > estimate.values.mean()).ravel(), estimate.sure.ravel()


def band_rows() -> Iterator[tuple[str, str, str]]:
    """RISE where nothing matters, and HSIC where all cells do: the truth is known on paper."""
    for method, score in (("RISE", "noise"), ("HSIC", "all cells alike")):
        for masks in MASKS[method]:
            held = [_holds(METHODS[method](masks, seed, score), method, masks, seed) for seed in range(MAPS)]
            yield f"{method}, {masks:,} masks", score, f"{np.mean(held):.3f}"


def _holds(estimate: Estimate, method: str, masks: int, seed: int) -> float:
    """Share of the cells whose band holds the truth."""
    truth = 0.0
    if method == "HSIC":
        drawn = hsic.plan(HsicParams(masks=masks, seed=seed), BLANK).drawn
        truth = hsic_of_count(WIDTHS["distance"](count_score(drawn.sum(axis=1).astype(np.float64))))
    assert estimate.lower is not None and estimate.upper is not None
    return float(((estimate.lower <= truth) & (truth <= estimate.upper)).mean())


def hsic_of_count(width: float) -> float:
    """HSIC of each of 64 cells and ``count_score``, cells shown with probability 1/2: a quarter of what the
    kernel of the scores has more where a cell is alike in two masks.
    """
    others, count = stats.binom.pmf(np.arange(CELLS), CELLS - 1, 0.5), np.arange(CELLS, dtype=np.float64)
    apart = [np.subtract.outer(count_score(count), count_score(other)) for other in (count, count + 1)]
    alike, unlike = (others @ np.exp(-np.square(one) / (2 * width**2)) @ others for one in apart)
    return float(alike - unlike) / 4
