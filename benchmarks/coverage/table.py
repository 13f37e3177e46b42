"""Coverage of the bands of Sobol maps: how many cells lie inside, over functions with known indices."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from benchmarks.coverage.functions import CELLS, FUNCTIONS, GRID, KnownFunction
from engine.arrays import Floats, Reals
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.designs.sobol_design import GridDesign, SobolDesign
from engine.perturbation.estimators.replicates import symmetric_band
from engine.perturbation.estimators.sobol_indices import jansen
from engine.perturbation.methods import sobol
from engine.perturbation.methods.params import SobolParams
from engine.perturbation.plan import Estimate

SEEDS = 200
BUDGETS = (8, 16, 32, 64)
COLUMNS = (
    "function",
    "reading",
    "designs",
    "inside",
    "below",
    "above",
    "width",
    "above 1",
    "false outlines",
    "outlined",
    "stability",
    "rank",
)
EXPLAINED = """Share of cells inside the 95 % band, below it, above it; its median width in true values;
share of maps with a value above 1, and with an outlined cell that is not above the average;
share of the cells above it that are outlined; mean stability, with what
Spearman and Brown's formula makes of it for all runs, beside the rank correlation with the truth."""
Read = Callable[[GridDesign, Floats], Estimate | None]


def _reading(estimator: str, draft: str) -> Read:
    params = SobolParams(grid=GRID, designs=max(BUDGETS), estimator=estimator, draft=draft)
    return lambda plan, scores: sobol.estimate(plan, params, scores)


def symmetric(plan: GridDesign, scores: Floats) -> Estimate | None:
    """Jansen's indices between the ends of a plain jackknife band: what was shown before."""
    rows = plan.design.finished(scores)
    parts = [rows.only(rows.replicate != group) for group in np.unique(rows.replicate)]
    values = jansen(rows.a, rows.b, rows.c)
    ends = symmetric_band(values, np.stack([jansen(part.a, part.b, part.c) for part in parts]))
    low, high = (end.astype(np.float32) for end in ends)
    return Estimate(values.astype(np.float32), low, high, None, len(scores))


READINGS: dict[str, Read] = {
    "Jansen, A and B": _reading("pooled", "never"),
    "Glen-Isaacs": _reading("glen", "never"),
    "Jansen, A alone": _reading("jansen", "never"),
    "Jansen, A alone, plain jackknife": symmetric,
    "draft, before": _reading("pooled", "always"),
    "draft, then blended": _reading("pooled", "blend"),
}


def report() -> None:
    """Print for each function, reading and number of designs what the bands cover."""
    print(f"\n{SEEDS} seeds, {CELLS} cells. {EXPLAINED}\n")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    designs = {budget: _plans(budget) for budget in BUDGETS}
    for name, make in FUNCTIONS.items():
        known = make()
        for budget in BUDGETS:
            runs = [_scores(known, plan) for plan in designs[budget]]
            for reading, read in READINGS.items():
                maps = (read(plan, scores) for plan, scores in zip(designs[budget], runs, strict=True))
                found = [one for one in maps if one is not None]
                cells = " | ".join(figures(found, known.totals))
                print(f"| {name} | {reading} | {budget} | {cells} |", flush=True)


def _plans(budget: int) -> list[GridDesign]:
    return [GridDesign(SobolDesign(CELLS, budget, 8, seed), GRID) for seed in range(SEEDS)]


def _scores(known: KnownFunction, plan: GridDesign) -> Floats:
    """float32 (runs,): of A, B and the C_i of each row, without making every point."""
    a, b = plan.design.ends.astype(np.float64).swapaxes(0, 1)
    at_a, at_b, at_c = known.scores(a, b)
    return np.column_stack([at_a, at_b, at_c]).astype(np.float32).ravel()


def figures(found: list[Estimate], totals: Reals) -> Iterator[str]:
    """The cells of a row of the table.

    Args:
        found: maps of one function by one reading.
        totals: float64 (64,), the truth.
    """
    values = np.stack([one.values.ravel() for one in found])
    low, high = (np.stack([_end(one, name) for one in found]) for name in ("lower", "upper"))
    yield f"{((low <= totals) & (totals <= high)).mean():.3f}"
    yield f"{(totals < low).mean():.3f}"
    yield f"{(totals > high).mean():.3f}"
    yield f"{np.nanmedian((high - low) / totals):.1f}"
    yield f"{(values > 1).any(axis=1).mean():.2f}"
    outlined = [one.sure.ravel() for one in found if one.sure is not None]
    true = totals > totals.mean()
    yield f"{np.mean([(sure & ~true).any() for sure in outlined]):.3f}" if outlined else "-"
    yield f"{np.mean([sure[true].mean() for sure in outlined]):.2f}" if outlined else "-"
    steady = [one.stability for one in found if one.stability is not None]
    half = float(np.mean(steady)) if steady else 0.0
    yield f"{half:.2f} ({2 * half / (1 + half):.2f})" if steady else "-"
    yield f"{np.mean([stats.spearmanr(one, totals).statistic for one in values]):.2f}"


def _end(estimate: Estimate, name: str) -> Reals:
    """(64,): an end of the band; where there is none, no cell counts as inside."""
    end = getattr(estimate, name)
    return np.full(GridCells(GRID, GRID).count, np.nan) if end is None else end.ravel().astype(float)
