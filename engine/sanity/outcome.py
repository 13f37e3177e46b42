"""Outcome of the randomisation test for one method and model, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["moves", "partly", "stays", "unknown"]

FAR = 0.2
"""Of what is left, 0-1: so little is as good as nothing, whatever random networks share."""
STAYS_FROM = 0.5
"""Of what is left: a map that keeps so much without anything learnt is mostly not of the model."""
MOSTLY = 0.5
"""With a greater share of constant maps nothing is said."""
SPREADS = 2.0
"""So many standard deviations above the level of two random networks count as no more than that level."""


@dataclass(frozen=True)
class Alike:
    """Mean similarity of pairs of maps.

    Attributes:
        ranks, sizes, ssim: means of ``engine.sanity.similarity.Similarity``.
        spread: standard deviation of ``left`` over seeds, or over pairs of them; 0 for a single one.
        count: pairs of networks, each over all images.
    """

    ranks: float
    sizes: float
    ssim: float
    spread: float
    count: int

    @property
    def left(self) -> float:
        """How much of the map's order is left, by the reading that says more of it."""
        return max(self.ranks, self.sizes)


@dataclass(frozen=True)
class SanityOutcome:
    """What random weights do to the maps of a method.

    Attributes:
        method: key in the table.
        depths: by depth, the map of the trained network beside those of networks random down to there; the
            last depth is all of it.
        full: the last depth.
        level: maps of two networks, both fully random; None with a single seed.
        rise: eMPRT: mean rise of the entropy of the map, as a share; NaN where it is not defined.
        rise_spread: its standard deviation over seeds.
        constant: share of the maps of fully random networks that say nothing, 0-1.
        images: images that were compared.
        mute: images left out, since the map of the trained network says nothing there.
    """

    method: str
    depths: Mapping[int, Alike]
    full: int
    level: Alike | None
    rise: float
    rise_spread: float
    constant: float
    images: int
    mute: int = 0

    @property
    def left(self) -> float:
        """How much of the map is left with fully random weights; NaN where nothing was compared."""
        full = self.depths.get(self.full)
        return float("nan") if full is None else full.left

    @property
    def kept(self) -> float:
        """How much is left on average over all depths, from the last layer alone to all of them; NaN where
        nothing was compared.
        """
        lefts = [one.left for one in self.depths.values()]
        return sum(lefts) / len(lefts) if lefts else float("nan")

    @property
    def shared(self) -> float:
        """So much is left of a map that depends on nothing learnt: the level of two random networks with its
        spread, at least ``FAR``.
        """
        return FAR if self.level is None else max(FAR, self.level.left + SPREADS * self.level.spread)

    @property
    def verdict(self) -> Verdict:
        """The badge.

        ``stays``: ``STAYS_FROM`` or more is left with all weights random, or on average over the depths.
        ``moves``: less, and with all weights random no more than ``shared``. ``partly``: what is between.
        ``unknown``: nothing to compare, or most maps of random networks say nothing.
        """
        if self.full not in self.depths or self.constant > MOSTLY:
            return "unknown"
        if max(self.left, self.kept) >= STAYS_FROM:
            return "stays"
        return "moves" if self.left <= self.shared else "partly"

    def to_json(self) -> dict[str, Any]:
        """As plain values; NaN is None, since JSON has none."""
        depths = {str(depth): asdict(one) for depth, one in self.depths.items()}
        plain: dict[str, Any] = _plain(asdict(self) | {"depths": depths})
        return plain

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> SanityOutcome:
        """What ``to_json`` made.

        Raises:
            KeyError, TypeError, ValueError: the values are others.
        """
        numbers = {name: float("nan") if facts[name] is None else float(facts[name]) for name in _NUMBERS}
        return cls(
            method=str(facts["method"]),
            depths={int(depth): _alike(one) for depth, one in facts["depths"].items()},
            full=int(facts["full"]),
            level=None if facts["level"] is None else _alike(facts["level"]),
            images=int(facts["images"]),
            mute=int(facts["mute"]),
            **numbers,
        )


_NUMBERS = ("rise", "rise_spread", "constant")


def _alike(facts: Mapping[str, Any]) -> Alike:
    known: dict[str, Any] = {name: float("nan") if one is None else one for name, one in facts.items()}
    return Alike(**known)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return value
