"""What is known of a map when its alarms are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.arrays import AnyFloats, Bools, Reals
from engine.method import Method


@dataclass(frozen=True, eq=False)
class KnownScores:
    """Where scores lie on their scale, from 0 at its lowest to 1 at its highest end.

    Attributes:
        score: of the target on the whole image, in its own unit.
        place: of that score, 0-1; for a logit, which has no ends, of the probability.
        runs: float64 (N,), places of the scores of a perturbation pass; empty without one.
        space: "probability" or "logit".
    """

    score: float
    place: float
    runs: Reals
    space: str


@dataclass(frozen=True, eq=False)
class KnownMap:
    """A map, and what is known beside it; each part may be missing, and then its alarms stay silent.

    Attributes:
        strength: (rows, columns), from 0; more where the score depends more.
        edges: float64 (rows, columns), strength of the edges of the image, mean over at most 16 x 16 cells.
        zone: bool (h, w), the zone that is asked about, or None for the whole image.
        told: whether the method itself has said what is wrong with it.
        scores: where the scores lie.
        classes: (C,), probabilities of the classes, for a classifier.
        wanted: places in ``classes`` that the target is about.
        small: whether the zone is very small.
        method: how the map was made.
        branch: whether its layer is one branch of several that are joined later.
        traits: of the network.
        signed: whether negative values speak against the target.
        percentile: share of random maps that predict the scores worse, 0-1.
        others: rank correlation with maps that differ in the fill or the score alone, by what that is:
            ("fill", "black").
    """

    strength: AnyFloats
    edges: Reals | None = None
    zone: Bools | None = None
    told: bool = False
    scores: KnownScores | None = None
    classes: AnyFloats | None = None
    wanted: tuple[int, ...] = ()
    small: bool = False
    method: Method | None = None
    branch: bool = False
    traits: frozenset[str] | None = None
    signed: bool = False
    percentile: float | None = None
    others: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether the values are finite and not all the same, so that places can be compared."""
        return bool(np.isfinite(self.strength).all() and np.ptp(self.strength) > 0)
