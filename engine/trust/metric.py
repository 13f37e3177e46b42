"""The word "metric": one way to grade a map, a method's sibling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.arrays import Reals
from engine.targets import ClassTarget, Target, ZoneTarget
from engine.trust.evidence import MapEvidence

Better = Literal["higher", "lower", ""]
SHARES = (ClassTarget, ZoneTarget)
"""Targets whose probability lies between 0 and 1."""
BASELINES = ("edges", "centre", "mask")
"""Maps that know nothing of the model, in the order of their rows after the random ones."""


@dataclass(frozen=True)
class JudgingPass:
    """The pass whose runs have graded a map: what grading it again takes.

    Attributes:
        method: key of the pass.
        params: its parameters, as an explanation has them.
        runs: how many of its runs were read.
    """

    method: str
    params: Mapping[str, Any]
    runs: int


@dataclass(frozen=True)
class Grade:
    """A metric's answer for one map.

    Attributes:
        metric: key in the table.
        value: in the metric's unit.
        percentile: share of the random maps that do worse, 0-1; None where a map cannot be better or worse.
        baselines: values of the edges of the image, of a Gaussian in its middle, and of the zone's mask.
        beaten: of these, the ones that do worse than the map.
        position: 0 at the mean of the random maps, 1 at a perfect one, or None where no one knows that.
        spread: standard deviation over the orders of equal cells, or None.
        judge: the pass whose runs tell, where that is kept.
    """

    metric: str
    value: float
    percentile: float | None = None
    baselines: Mapping[str, float] | None = None
    beaten: tuple[str, ...] = ()
    position: float | None = None
    spread: float | None = None
    judge: JudgingPass | None = None


@dataclass(frozen=True)
class Source:
    """Where a metric comes from.

    Attributes:
        paper: authors and title.
        year: of the paper.
        url: of the paper.
    """

    paper: str
    year: int
    url: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A way to grade a map.

    Attributes:
        key: name in links, files and on the command line.
        title: name for people.
        measures: what a value is, in one sentence with its unit.
        better: which values speak for a map; "" where a map is only described.
        source: the paper.
        caveats: what it does not say.
        read: from the evidence to the values of all its maps, or of the first alone.
        perfect: value of a perfect map, where one is known.
        place: of its spread in ``MapEvidence.spread``, where equal cells make one.
        targets: kinds of target it is defined for.
        spaces: scales of the score it is defined for.
        zones: whether it needs a zone.
        fills: what must hide cells; empty: anything may.
    """

    key: str
    title: str
    measures: str
    better: Better
    source: Source
    caveats: tuple[str, ...]
    read: Callable[[MapEvidence], Reals]
    perfect: Callable[[MapEvidence], float] | None = None
    place: int | None = None
    targets: tuple[type[Target], ...] = (Target,)
    spaces: tuple[str, ...] = ("probability", "logit")
    zones: bool = False
    fills: tuple[str, ...] = ()

    def fits(self, target: Target, space: str, fill: str) -> bool:
        """Whether it is defined for a target on a scale, with a fill."""
        return (
            isinstance(target, self.targets)
            and space in self.spaces
            and (fill in self.fills or not self.fills)
            and (bool(target.masks) or not self.zones)
        )

    def grade(self, evidence: MapEvidence) -> Grade:
        """The grade of the map."""
        values = self.read(evidence)
        value, others = float(values[0]), values[1:]
        if not self.better or not len(others):
            return Grade(self.key, value)
        random, known = others[: evidence.random], others[evidence.random :]
        named = dict(zip(BASELINES, known.tolist(), strict=False))
        return Grade(
            self.key,
            value,
            percentile=self._share_worse(value, random),
            baselines=named,
            beaten=tuple(name for name, other in named.items() if self._is_worse(other, value)),
            position=self._position(value, random, evidence),
            spread=None if self.place is None else float(evidence.spread[self.place]),
        )

    def _is_worse(self, other: float, value: float) -> bool:
        return other > value if self.better == "lower" else other < value

    def _share_worse(self, value: float, random: Reals) -> float | None:
        known = random[np.isfinite(random)]
        if not len(known) or not np.isfinite(value):
            return None
        worse = sum(self._is_worse(float(other), value) for other in known)
        return float((worse + (known == value).sum() / 2) / len(known))

    def _position(self, value: float, random: Reals, evidence: MapEvidence) -> float | None:
        if self.perfect is None:
            return None
        usual, best = float(np.nanmean(random)), self.perfect(evidence)
        return None if abs(best - usual) < 1e-9 else (value - usual) / (best - usual)
