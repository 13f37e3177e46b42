"""Table of how often, and how far, the former Grad-CAM++ left the paper, and of what is left of that."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from benchmarks.cams.layers import SeenLayer, look
from benchmarks.cams.readings import Weigh, former, now, paper
from engine.arrays import AnyFloats

NOISE = 1e-6
"""Relative change of activation and gradient, as of rounding."""


@dataclass(frozen=True)
class Finding:
    """What one reading does to one map.

    Attributes:
        negative: whether a channel has a negative weight.
        empty: whether nothing of the map is left after the ReLU.
        agreement: ``rank_correlation`` with the map of the paper, before the ReLU.
        moved: largest change of a value when activation and gradient change by ``NOISE``, as a share of
            the largest value.
        greatest: value of the map.
    """

    negative: bool
    empty: bool
    agreement: float
    moved: float
    greatest: float


@dataclass(frozen=True)
class Case:
    """One map of one layer.

    Attributes:
        layer: name of the layer.
        below: share of the channels whose activations sum to less than zero, 0-1.
        denominator: the least of the paper's, 2 + g sum A, where g > 0; 2 if there is no such place.
        before: what the former reading does.
        after: what the present one does.
    """

    layer: str
    below: float
    denominator: float
    before: Finding
    after: Finding


COLUMNS: dict[str, Callable[[Sequence[Case]], str]] = {
    "layers": lambda cases: str(len({case.layer for case in cases})),
    "maps": lambda cases: str(len(cases)),
    "channels that sum to less than 0": lambda cases: f"{np.mean([case.below for case in cases]):.0%}",
    "least denominator": lambda cases: f"{min(case.denominator for case in cases):.2g}",
    "with negative weights": lambda cases: _pair(cases, lambda some: f"{_share(some, 'negative'):.1%}"),
    "empty": lambda cases: _pair(cases, lambda some: f"{_share(some, 'empty'):.1%}"),
    "rank correlation with the paper, median (least)": lambda cases: _pair(cases, _agreement),
    "moved by a change of 1e-6, at most": lambda cases: _pair(
        cases, lambda some: f"{max(one.moved for one in some):.1g}"
    ),
    "greatest value, times that of before, median": lambda cases: _ratio(cases),
}
"""What is said of the maps of a model, by the head of the column."""


def case_of(seen: SeenLayer) -> Case:
    """Both readings of a layer, held against the paper."""
    sums = seen.activation.sum(axis=(0, 1), dtype=float)
    denominators = (2 + seen.gradient * sums)[seen.gradient > 0]
    return Case(
        seen.layer,
        float((sums < 0).mean()),
        float(denominators.min()) if denominators.size else 2.0,
        find(seen, former),
        find(seen, now),
    )


def find(seen: SeenLayer, weigh: Weigh) -> Finding:
    """Hold one reading of a layer against the paper."""
    weights = weigh(seen.activation, seen.gradient)
    values, wanted = seen.activation @ weights, seen.activation @ paper(seen.activation, seen.gradient)
    rng = np.random.default_rng(0)
    activation, gradient = (
        (part * (1 + NOISE * rng.choice([-1, 1], part.shape))).astype(np.float32)
        for part in (seen.activation, seen.gradient)
    )
    moved = np.abs(activation @ weigh(activation, gradient) - values).max()
    return Finding(
        bool((weights < 0).any()),
        not (values > 0).any(),
        rank_correlation(values, wanted),
        float(moved / max(np.abs(values).max(), 1e-30)),
        float(values.max()),
    )


def rank_correlation(one: AnyFloats, other: AnyFloats) -> float:
    """Spearman's of a map and the one that it is held against: not a number where the other is constant, 0
    where it alone is.
    """
    if np.ptp(other) == 0:
        return float("nan")
    if np.ptp(one) == 0:
        return 0.0
    return float(stats.spearmanr(one, other, axis=None).statistic)


def report(models: Sequence[str], pictures: Sequence[str]) -> None:
    """Print the table as Markdown, model by model; where there are two figures, before → now."""
    print("| model, activations | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 1) + "|")
    for model in models:
        for line in lines(look(model, pictures)):
            print(line, flush=True)


def lines(layers: Iterable[SeenLayer]) -> list[str]:
    """Rows of the table for the layers of one model: those that a ReLU or the like ends, and the others."""
    found: dict[str, list[Case]] = defaultdict(list)
    for seen in layers:
        found[f"{seen.model}, {'from zero on' if seen.rectified else 'of both signs'}"].append(case_of(seen))
    return [
        f"| {group} | " + " | ".join(say(cases) for say in COLUMNS.values()) + " |"
        for group, cases in sorted(found.items())
    ]


def _pair(cases: Sequence[Case], say: Callable[[Sequence[Finding]], str]) -> str:
    return f"{say([case.before for case in cases])} → {say([case.after for case in cases])}"


def _share(some: Sequence[Finding], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in some]))


def _agreement(some: Sequence[Finding]) -> str:
    values = [one.agreement for one in some]
    return f"{np.nanmedian(values):.3f} ({np.nanmin(values):.2f})"


def _ratio(cases: Sequence[Case]) -> str:
    ratios = [case.after.greatest / case.before.greatest for case in cases if not case.before.empty]
    return f"{np.median(ratios):.0f}" if ratios else "-"
