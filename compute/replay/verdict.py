"""Whether an explanation that was computed again is the same."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.explanation import Explanation

State = Literal["same", "within", "differs"]
TOLERANCE = 0.01
"""Largest difference of values, as a share of the map's greatest magnitude, of maps taken for the same."""

LEAST_CORRELATION = 0.99
"""Rank correlation of their values, from which they are."""

NAMES = {"forward": "what ran the model"}
"""Of what is among the versions of an explanation and is no library."""


ADDED = {"sure", "parts.sure"}
"""Arrays that explanations had not from the first: what was made before them is compared without."""


@dataclass(frozen=True)
class Verdict:
    """How far a map is from the one before.

    Attributes:
        state: "same" if score, values, band and superpixels are equal bit for bit; "within" if only rounding
            tells them apart: ``TOLERANCE`` and ``LEAST_CORRELATION``; else "differs".
        difference: largest difference of a value; None where the maps have other sizes.
        share: the same as a share of the greatest magnitude of the map before.
        correlation: rank correlation of the values, -1 to 1; None where one map is constant or they have
            other sizes.
        otherwise: what has changed around it, one sentence each.
    """

    state: State
    difference: float | None
    share: float | None
    correlation: float | None
    otherwise: tuple[str, ...]


def compare(before: Explanation, now: Explanation) -> Verdict:
    """Hold a map against the one before."""
    said = changes(before, now)
    if before.values.shape != now.values.shape:
        return Verdict("differs", None, None, None, said)
    difference = float(np.abs(before.values - now.values).max())
    reach = float(np.abs(before.values).max())
    share = difference / reach if reach else float(difference > 0)
    from engine.perturbation.estimators.replicates import rank_agreement  # SciPy takes long to import

    correlation = rank_agreement(before.values, now.values)
    if _equal(before, now):
        return Verdict("same", difference, share, correlation, said)
    alike = share <= TOLERANCE and (correlation is None or correlation >= LEAST_CORRELATION)
    return Verdict(
        "within" if alike and before.signed == now.signed else "differs", difference, share, correlation, said
    )


def changes(before: Explanation, now: Explanation) -> tuple[str, ...]:
    """What may explain a difference: other libraries, another network, another number of runs."""
    old, new = before.provenance.versions, now.provenance.versions
    said = [
        f"{NAMES.get(name, name)} was {old[name]}, now {new.get(name, 'is not there')}"
        for name in old
        if old[name] != new.get(name)
    ]
    if before.cost.forwards != now.cost.forwards:
        said.append(f"{before.cost.forwards:,} runs were read, now {now.cost.forwards:,}")
    if before.target != now.target:
        said.append("the zone has changed at its edge")
    return tuple(said)


def _equal(before: Explanation, now: Explanation) -> bool:
    """Bit for bit, but for what is only said: costs, versions, names."""
    mine, theirs = before.arrays(), now.arrays()
    same = mine.keys() <= theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)
    same = same and theirs.keys() - mine.keys() <= ADDED
    return same and (before.score, before.signed, before.stability) == (now.score, now.signed, now.stability)
