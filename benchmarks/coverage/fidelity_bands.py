"""Coverage of fidelity: does its 95 % band hold 95 %, and is a random map's percentile uniform?

A model is a weighted sum of 64 cells, or of the products of neighbours; weights and maps are smooth random
fields. Truth is the fidelity to sixteen times as many runs. All is drawn anew for each seed.
"""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage, stats

from engine.arrays import Floats, Reals
from engine.perturbation.designs.cells import GridCells
from engine.trust.fidelity import Fidelity, PaidRuns, fidelity, rank_fidelity

GRID, SIZE_HW = 8, (48, 64)
SEEDS = 100
SAMPLES = 8
"""Independent samples of masks that the runs are of."""
BUDGETS = (256, 1024)
TRUTH = 16
"""Times as many runs tell the truth."""
COLUMNS = (
    "model",
    "runs",
    "inside",
    "below",
    "above",
    "width",
    "mean",
    "percentile",
    "above 0.95",
    "uniform",
)
EXPLAINED = """Share of seeds whose true fidelity lies inside the 95 % band, below it, above it; its median
width; mean fidelity of the random maps with its standard error; their mean percentile, share of percentiles
above 0.95, and p of a Kolmogorov-Smirnov test that they are uniform."""


def smooth_map(rng: np.random.Generator) -> Floats:
    """float32 (8, 8): a smooth random map, all positive, as attribution maps are."""
    noise = ndimage.gaussian_filter(rng.standard_normal((GRID, GRID)), 1)
    return np.exp(noise / noise.std()).astype(np.float32)


def weighted_sum(masks: Floats, weights: Floats) -> Reals:
    """float64 (runs,): each cell counts for itself."""
    return (masks @ weights.ravel()).astype(np.float64)


def neighbour_pairs(masks: Floats, weights: Floats) -> Reals:
    """float64 (runs,): cells count where the one to their right is there, too."""
    kept = masks.reshape(-1, GRID, GRID).astype(np.float64) * weights
    pairs: Reals = (kept[:, :, 1:] * kept[:, :, :-1]).sum(axis=(1, 2))
    return pairs


MODELS = {"sum": weighted_sum, "pairs": neighbour_pairs}


def random_masks(rng: np.random.Generator, runs: int) -> Floats:
    """float32 (runs, 64): how much of each cell is kept, 0-1."""
    return rng.random((runs, GRID**2), np.float32)


def judged(masks: Floats, scores: Reals) -> PaidRuns:
    """Runs in independent samples."""
    samples = np.arange(len(masks)) % SAMPLES
    return PaidRuns(masks, scores.astype(np.float64), samples, GridCells(GRID, GRID), SIZE_HW)


def one_seed(model: Callable[[Floats, Floats], Reals], runs: int, seed: int) -> tuple[float, Fidelity]:
    """True fidelity of a random map to a random model, and what some runs say of it."""
    rng = np.random.default_rng(seed)
    weights, values = smooth_map(rng), smooth_map(rng)
    masks = random_masks(rng, (TRUTH + 1) * runs)
    scores = model(masks, weights)
    truth = rank_fidelity(values, judged(masks[runs:], scores[runs:]))
    return truth, fidelity(values, judged(masks[:runs], scores[:runs]), seed)


def rows() -> Iterator[tuple[str, ...]]:
    """The rows of the table, as text."""
    for name, model in MODELS.items():
        for runs in BUDGETS:
            yield (name, f"{runs:,}", *figures([one_seed(model, runs, seed) for seed in range(SEEDS)]))


def figures(found: list[tuple[float, Fidelity]]) -> Iterator[str]:
    """The cells of a row, from the truth and the answer of each seed."""
    truth = np.array([true for true, _ in found])
    low, high = (np.array([getattr(one, name) for _, one in found], float) for name in ("lower", "upper"))
    values, places = (np.array([getattr(one, name) for _, one in found]) for name in ("value", "percentile"))
    yield f"{((low <= truth) & (truth <= high)).mean():.3f}"
    yield f"{(truth < low).mean():.3f}"
    yield f"{(truth > high).mean():.3f}"
    yield f"{np.median(high - low):.2f}"
    yield f"{values.mean():+.2f} ± {values.std(ddof=1) / len(values) ** 0.5:.2f}"
    yield f"{places.mean():.2f}"
    yield f"{(places > 0.95).mean():.3f}"
    yield f"{stats.kstest(places, 'uniform').pvalue:.2f}"


def report() -> None:
    """Print what the bands of fidelity cover, and where random maps stand among random maps."""
    print(f"\n{SEEDS} seeds, {GRID**2} cells. {EXPLAINED}\n")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for row in rows():
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    report()
