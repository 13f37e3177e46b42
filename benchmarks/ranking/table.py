"""Tables of the study of rankings, from the scores that were kept."""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.ranking.designs import CANDIDATES, CELLS, GRID, PARTS, PER_ROW, masks_of
from benchmarks.ranking.readings import READINGS, FirstRuns
from engine.arrays import Bools, Reals
from engine.perturbation.designs.sobol_design import Rows
from engine.perturbation.estimators.replicates import ratio_band
from engine.perturbation.estimators.shrinkage import blend, shrunk
from engine.perturbation.estimators.sobol_indices import pooled
from engine.perturbation.stopping import RULES

BUDGETS = tuple(PER_ROW * 2**power for power in range(6))
KINDS = ("zone", "border", "shared border", "class")
FINE_BUDGETS = tuple(PER_ROW * rows for rows in (*range(1, 17), 20, 24, 28, 32))
XPLIQUE, PLAIN, OURS = ("Jansen", "unscrambled"), ("Jansen", "scrambled"), ("draft", "scrambled")
Found = dict[tuple[str, str, int, str], list[float]]
"""Rank correlations by reading, design, runs and kind of target."""

AIMS = ((264, 1056), (528, 2112))
STEP_ROWS = 4
BANDS = (("draft", 8), ("draft", 15), ("blend", 16), ("blend", 32), ("Jansen", 16), ("Jansen", 32))
DEAR, EVERY = ("HSIC", "ridge", "ridge with pairs", "Gaussian process"), 4
"""Readings that are tried on every fourth target of a street scene."""


@dataclass(frozen=True, eq=False)
class RankingCase:
    """The scores of one model on one picture.

    Attributes:
        name: of its folder.
        kinds: kind of each target.
        parts: parts of the reference, each of 2,112 runs.
        candidates: what competes.
    """

    name: str
    kinds: npt.NDArray[np.str_]
    parts: list[FirstRuns]
    candidates: list[FirstRuns]

    @property
    def reference(self) -> FirstRuns:
        """All parts, row after row."""
        masks, scores = (
            np.concatenate([getattr(part, name) for part in self.parts]) for name in ("masks", "scores")
        )
        return FirstRuns(masks, scores, "reference", 0)


def report(root: Path) -> None:
    """Print all tables as Markdown."""
    cases = list(_load(root))
    found: Found = defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in cases:
            _race(case, found)
        _say_cases(cases)
        _say_aims(found)
        _say_best(found)
        _say_medians(found)
        _say_bands(cases)
        _say_ends(cases)


def _load(root: Path) -> Iterator[RankingCase]:
    """Cases whose reference is complete."""
    for folder in sorted(root.iterdir()):
        names = [f"reference-{part}" for part in range(PARTS)]
        if all((folder / f"{name}.npz").exists() for name in names):
            others = sorted(
                path.stem for path in folder.glob("*.npz") if path.stem.rsplit("-", 1)[0] in CANDIDATES
            )
            kinds = np.load(folder / f"{names[0]}.npz")["kinds"]
            yield RankingCase(
                folder.name, kinds, *([_seen(folder, name) for name in some] for some in (names, others))
            )


def _seen(folder: Path, name: str) -> FirstRuns:
    kind, seed = name.rsplit("-", 1)
    return FirstRuns(
        masks_of(name).astype(float), np.load(folder / f"{name}.npz")["scores"].astype(float), kind, int(seed)
    )


def truth(seen: FirstRuns) -> Reals:
    """float64 (64, T): Jansen's indices."""
    rows = [seen.rows(target) for target in range(seen.scores.shape[1])]
    return np.stack([_indices(one) for one in rows], axis=1)


def _indices(rows: Rows) -> Reals:
    return pooled(rows.a, rows.b, rows.c)


def agreement(one: Reals, other: Reals) -> Reals:
    """(T,): Spearman's rank correlation column by column, 0 where a column is constant."""
    ranks = [stats.rankdata(values, axis=0) - (CELLS + 1) / 2 for values in (one, other)]
    size = np.sqrt(np.square(ranks[0]).sum(axis=0) * np.square(ranks[1]).sum(axis=0))
    return np.divide((ranks[0] * ranks[1]).sum(axis=0), size, out=np.zeros(len(size)), where=size > 0)


def _race(case: RankingCase, found: Found) -> None:
    aim = truth(case.reference)
    for name, (read, designs) in READINGS.items():
        step = EVERY if name in DEAR and len(case.kinds) > EVERY**2 else 1
        for seen in (
            replace(one, scores=one.scores[:, ::step]) for one in case.candidates if one.kind in designs
        ):
            for runs in FINE_BUDGETS if (name, seen.kind) == OURS else BUDGETS:
                for kind, value in zip(
                    case.kinds[::step], agreement(read(seen.first(runs)), aim[:, ::step]), strict=True
                ):
                    found[name, seen.kind, runs, str(kind)].append(float(value))


def _say_cases(cases: Sequence[RankingCase]) -> None:
    print(
        "\n| model, picture, size | targets | quarters of the reference agree at | designs "
        "|\n|---|---|---|---|"
    )
    for case in cases:
        rows = case.reference
        halves = [
            FirstRuns(rows.masks[kept], rows.scores[kept], "reference", 0)
            for kept in _quarters(len(rows.scores))
        ]
        pairs = [
            agreement(truth(one), truth(other))
            for place, one in enumerate(halves)
            for other in halves[:place]
        ]
        names = ", ".join(f"{one.kind} {one.seed}" for one in case.candidates)
        print(
            f"| {case.name.replace('--', ', ')} | {len(case.kinds)} | "
            f"{quartiles(np.mean(pairs, axis=0))} | {names} |"
        )


def _quarters(runs: int) -> list[Bools]:
    """Runs of two replicates each."""
    replicate = np.arange(runs) // PER_ROW % PARTS
    return [replicate % 4 == quarter for quarter in range(4)]


def quartiles(values: Reals | list[float]) -> str:
    """Median and quartiles."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _say_medians(found: Found) -> None:
    """Every rival, medians only."""
    kinds = [kind for kind in KINDS if any(key[3] == kind for key in found)]
    print(f"\nMedians over targets: {' / '.join(kinds)}\n")
    print("| reading | design | " + " | ".join(f"{runs:,}" for runs in BUDGETS) + " |\n" + "|---" * 8 + "|")
    for name, (_, designs) in READINGS.items():
        for design in designs:
            cells = [
                " / ".join(f"{np.median(found[name, design, runs, kind]):.2f}" for kind in kinds)
                for runs in BUDGETS
            ]
            print(f"| {name} | {design} | " + " | ".join(cells) + " |")


def _say_best(found: Found) -> None:
    """The rivals that matter, with quartiles."""
    print("\n| target | reading | " + " | ".join(f"{runs:,}" for runs in BUDGETS) + " |\n" + "|---" * 8 + "|")
    for kind in (kind for kind in KINDS if any(key[3] == kind for key in found)):
        for said, name in (
            ("Xplique: Jansen, unscrambled", XPLIQUE),
            ("Jansen, scrambled", PLAIN),
            ("draft before, scrambled", ("draft, before", "scrambled")),
            ("draft, scrambled", OURS),
            ("map on display, scrambled", ("map on display", "scrambled")),
        ):
            print(
                f"| {kind} | {said} | "
                + " | ".join(quartiles(found[*name, runs, kind]) for runs in BUDGETS)
                + " |"
            )


def _say_aims(found: Found) -> None:
    """How few runs the draft needs to be as good as Xplique at many."""
    heads = [f"as good as Xplique at {runs:,} | draft at {few:,}" for few, runs in AIMS]
    print(f"\n| target | {' | '.join(heads)} |\n" + "|---" * 5 + "|")
    for kind in (kind for kind in KINDS if any(key[3] == kind for key in found)):
        said = []
        for few, many in AIMS:
            level = np.median(found[*XPLIQUE, many, kind])
            reached = [runs for runs in FINE_BUDGETS if np.median(found[*OURS, runs, kind]) >= level]
            said.append(
                f"{level:.2f}, from {reached[0]:,} runs"
                if reached
                else f"{level:.2f}, not within {FINE_BUDGETS[-1]:,} runs"
            )
            said.append(f"{np.median(found[*OURS, few, kind]):.2f}")
        print(f"| {kind} | " + " | ".join(said) + " |")


def _say_bands(cases: Sequence[RankingCase]) -> None:
    """How many cells of the reference lie inside 95 % bands: as they are, and after both maps are brought to
    the same mean.
    """
    print("\n| band | runs | cells inside | cells inside, same mean |\n|---|---|---|---|")
    for name, rows in BANDS:
        inside = [_inside(case, name, rows) for case in cases]
        plain, scaled = (float(np.mean(np.concatenate([one[place] for one in inside]))) for place in (0, 1))
        print(f"| {name} | {rows * PER_ROW:,} | {plain:.2f} | {scaled:.2f} |")


def _inside(case: RankingCase, name: str, count: int) -> tuple[list[float], list[float]]:
    aim = truth(case.reference)
    plain: list[float] = []
    scaled: list[float] = []
    for seen in (one for one in case.candidates if one.kind == "scrambled"):
        for target in range(aim.shape[1]):
            rows = seen.first(count * PER_ROW).rows(target)
            values = _indices(rows)
            parts = [_indices(rows.only(rows.replicate != group)) for group in range(8)]
            low, high = ratio_band(values, np.stack(parts))
            if name != "Jansen":
                drawn = shrunk(rows, GRID, float(values.mean()))
                values = drawn if name == "draft" else blend(drawn, values, np.stack(parts))
                low, high = np.minimum(low, values), np.maximum(high, values)
            for wanted, kept in (
                (aim[:, target], plain),
                (aim[:, target] * values.mean() / aim[:, target].mean(), scaled),
            ):
                kept.append(float(((low <= wanted) & (wanted <= high)).mean()))
    return plain, scaled


def _say_ends(cases: Sequence[RankingCase]) -> None:
    """Where the rules end a pass of 128 designs, the first half of the reference; the second half is what it
    is held against.
    """
    print(
        "\n| rule | target | ended within 8,448 runs | after so many runs | rank correlation "
        "there |\n|---|---|---|---|---|"
    )
    for name, rule in RULES.items():
        ends: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for case in cases:
            half = PARTS // 2 * len(case.parts[0].scores)
            rest = FirstRuns(case.reference.masks[half:], case.reference.scores[half:], "reference", 0)
            aim, seen = truth(rest), case.reference.first(half)
            for target, kind in enumerate(case.kinds):
                ends[str(kind)].append(_end(seen, target, aim[:, target], rule.designs, rule.agreement))
        for kind in (kind for kind in KINDS if ends[kind]):
            ended = [end for end in ends[kind] if end[0]]
            runs, values = zip(*ended, strict=True) if ended else ((0,), (0.0,))
            low, middle, high = np.percentile(runs, [25, 50, 75])
            share = f"{len(ended)} of {len(ends[kind])}"
            print(
                f"| {name} | {kind} | {share} | {middle:,.0f} ({low:,.0f} to {high:,.0f}) | "
                f"{quartiles(list(values))} |"
            )


def _end(seen: FirstRuns, target: int, aim: Reals, least: int, level: float | None) -> tuple[int, float]:
    """Runs after which the rule ends the pass, 0 for never, and how well the cells are ranked there."""
    whole = seen.rows(target)
    order = np.arange(len(whole))
    for count in range(least, len(whole) + 1, STEP_ROWS):
        rows = whole.only(order < count)
        halves = [rows.only(rows.replicate % 2 == part) for part in (0, 1)]
        maps = [_indices(half) for half in halves]
        if level is None or stats.spearmanr(*maps).statistic >= level:
            values = shrunk(rows, GRID, 1.0) if level is None else _indices(rows)
            return count * PER_ROW, float(stats.spearmanr(values, aim).statistic)
    return 0, 0.0
