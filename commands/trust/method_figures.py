"""Figures of methods over images: a table methods x metrics, and what can be recommended from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from compute.batch.each import TableRow
from compute.batch.grade_methods import HALVES
from engine.arrays import Reals
from engine.evaluation.graded.summary import Leader, PairedDifference, leader, method_means
from engine.evaluation.resampling import Banded
from engine.methods import METHODS
from engine.trust.tables.columns import COLUMNS, FIDELITY

Table = dict[str, dict[str, Reals]]
"""By metric and method: float64 (images,), nan where there is none."""


def method_figures(
    rows: Sequence[TableRow], columns: Sequence[str], methods: Sequence[str]
) -> dict[str, Any]:
    """Means with bands, leaders, agreement of halves, and what was refused; ready for JSON but for nan.

    Args:
        rows: of all images, targets and methods.
        columns: which metrics.
        methods: keys, in the order of the table.
    """
    good = [row for row in rows if row.get("error") is None]
    table = graded_table(good, columns, methods)
    leaders = {key: _leader(table[key], COLUMNS[key].better) for key in columns if COLUMNS[key].better}
    return {
        "images": len({row["picture"] for row in good}),
        "failed": [{"picture": row["picture"], "why": row["error"]} for row in rows if row.get("error")],
        "refused": {row["method"]: row["refused"] for row in good if row["refused"]},
        "methods": _methods(table, methods),
        "halves": halves_agreement(good, methods),
        "agreement": fidelity_agreement(good, methods),
        "leaders": {key: _leader_facts(found) for key, found in leaders.items() if found is not None},
        "said": [_sentence(key, found) for key, found in leaders.items() if found is not None],
    }


def graded_table(rows: Sequence[TableRow], columns: Sequence[str], methods: Sequence[str]) -> Table:
    """Values by metric and method; of several targets of an image the mean."""
    places = {name: place for place, name in enumerate(dict.fromkeys(row["picture"] for row in rows))}
    return {key: {method: _column(rows, places, method, key) for method in methods} for key in columns}


def _column(rows: Sequence[TableRow], places: Mapping[str, int], method: str, key: str) -> Reals:
    sums, counts = np.zeros(len(places)), np.zeros(len(places))
    for row in rows:
        if row["method"] == method and row.get(key) is not None:
            sums[places[row["picture"]]] += row[key]
            counts[places[row["picture"]]] += 1
    return np.divide(sums, counts, out=np.full(len(places), np.nan), where=counts > 0)


def _methods(table: Table, methods: Sequence[str]) -> dict[str, Any]:
    means = {key: method_means(values) for key, values in table.items()}
    return {
        method: {
            key: _figure(means[key][method], int(np.isfinite(table[key][method]).sum())) for key in table
        }
        for method in methods
    }


def _figure(found: Banded, images: int) -> dict[str, Any]:
    low, high = found.interval
    return {"mean": found.value, "low": low, "high": high, "images": images}


def halves_agreement(rows: Sequence[TableRow], methods: Sequence[str]) -> float | None:
    """Rank correlation over methods of the mean fidelity to the even and to the odd samples of the shared
    runs, -1 to 1; None with fewer than three methods.
    """
    even, odd = (_means(half) for half in graded_table(rows, HALVES, methods).values())
    return _rank_correlation(even, odd)


def fidelity_agreement(rows: Sequence[TableRow], methods: Sequence[str]) -> dict[str, float | None]:
    """By metric: rank correlation over methods of its mean with the mean fidelity, -1 to 1, 1 where both put
    the methods in the same order, best first; None where too few methods have both.
    """
    judging = [key for key, column in COLUMNS.items() if column.better and key != FIDELITY]
    table = graded_table(rows, [FIDELITY, *judging], methods)
    fidelity = _means(table[FIDELITY])
    signs = {key: -1.0 if COLUMNS[key].better == "lower" else 1.0 for key in judging}
    return {key: _rank_correlation(fidelity, sign * _means(table[key])) for key, sign in signs.items()}


def _means(values: Mapping[str, Reals]) -> Reals:
    """float64 (methods,), nan where no image has a value."""
    return np.array(
        [one[np.isfinite(one)].mean() if np.isfinite(one).any() else np.nan for one in values.values()]
    )


def _rank_correlation(one: Reals, other: Reals) -> float | None:
    from engine.perturbation.estimators.replicates import rank_agreement  # SciPy takes long to import

    known = np.isfinite(one) & np.isfinite(other)
    return rank_agreement(one[known], other[known]) if known.sum() >= 3 else None


def _leader(values: Mapping[str, Reals], better: str) -> Leader | None:
    return leader(values, better == "higher")


def _leader_facts(found: Leader) -> dict[str, Any]:
    return {
        "method": found.method,
        "ahead": [_pair_facts(pair) for pair in found.ahead],
        "level": [_pair_facts(pair) for pair in found.level],
    }


def _pair_facts(pair: PairedDifference) -> dict[str, Any]:
    low, high = pair.interval
    return {
        "method": pair.second,
        "difference": pair.value,
        "low": low,
        "high": high,
        "images": pair.images,
    }


def _sentence(key: str, found: Leader) -> str:
    """What these images say by one metric, with its uncertainty."""
    name = _title(found.method)
    said = f"{COLUMNS[key].title}: {name} has the best mean."
    if found.ahead:
        pair = found.ahead[0]
        low, high = pair.interval
        said += f" It beats {_title(pair.second)} by {abs(pair.value):.3f} {_span(low, high, pair.value < 0)}"
        more = [_title(one.second) for one in found.ahead[1:]]
        said += f", and {_listed(more)}." if more else "."
    if found.level:
        said += f" These images cannot tell it from {_listed([_title(one.second) for one in found.level])}."
    return said


def _span(low: float, high: float, turned: bool) -> str:
    ends = (-high, -low) if turned else (low, high)
    return f"[{ends[0]:.3f}, {ends[1]:.3f}]"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _title(key: str) -> str:
    return METHODS[key].title


def summary_rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each method and metric."""
    return [
        {"method": method, "metric": key, **figure}
        for method, columns in facts["methods"].items()
        for key, figure in columns.items()
    ]


def shown_table(facts: Mapping[str, Any], most_bands: int | None = None) -> list[dict[str, str]]:
    """A row for each method: mean and 95 % band of each metric that any method has.

    Args:
        facts: as ``method_figures`` gives them.
        most_bands: with more columns there are no bands, so that a terminal has room.
    """
    columns = [
        key for key in COLUMNS if any(found.get(key, {}).get("images") for found in facts["methods"].values())
    ]
    banded = most_bands is None or len(columns) <= most_bands
    return [
        {"method": method, **{key: _shown(found[key], banded) for key in columns}}
        for method, found in facts["methods"].items()
        if any(found[key]["images"] for key in columns)
    ]


def _shown(figure: Mapping[str, Any], banded: bool) -> str:
    if not figure["images"]:
        return ""
    if not banded or not np.isfinite(figure["low"]):
        return f"{figure['mean']:.2f}"
    return f"{figure['mean']:.2f} [{figure['low']:.2f}, {figure['high']:.2f}]"


def markdown_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """The same as a table of docs/trust.md."""
    rows = shown_table(facts)
    if not rows:
        return
    yield f"| {' | '.join(rows[0])} |"
    yield f"|{'---|' * len(rows[0])}"
    for row in rows:
        first, *others = row.values()
        yield f"| {' | '.join([_title(first), *others])} |"
