"""The word "randomised": which weights of a model are drawn anew, and with which seed."""

from __future__ import annotations

from dataclasses import dataclass

DEPTH_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of a network's layers with a kernel, counted from the output; 0 is the last layer alone."""
FULL = len(DEPTH_SHARES)
"""Depth at which all weights are random."""
MOST_SEEDS = 100
_WORD = "random"


@dataclass(frozen=True, order=True)
class Randomised:
    """Weights that are drawn anew, from the output down to a depth.

    Its text form, ``random-5-0``, is part of the text form of a model.

    Attributes:
        depth: 1 to ``FULL``; place in ``DEPTH_SHARES``, counted from 1.
        seed: of all draws.
    """

    depth: int
    seed: int

    def __post_init__(self) -> None:
        if not (1 <= self.depth <= FULL and 0 <= self.seed < MOST_SEEDS):
            raise ValueError(f"a depth is 1 to {FULL}, a seed 0 to {MOST_SEEDS - 1}; received {self}")

    def __str__(self) -> str:
        return f"{_WORD}-{self.depth}-{self.seed}"

    @classmethod
    def found(cls, words: list[str]) -> Randomised | None:
        """The first of some words that says so, if one does.

        Example:
            >>> Randomised.found(["grouped", "random-5-0"])
            Randomised(depth=5, seed=0)
        """
        return next((made for word in words if (made := cls._of(word)) is not None), None)

    @classmethod
    def _of(cls, word: str) -> Randomised | None:
        try:
            kind, depth, seed = word.split("-")
            made = cls(int(depth), int(seed))
        except ValueError:
            return None
        return made if kind == _WORD else None

    @property
    def share(self) -> float:
        """Share of the layers with a kernel that are random; 0 for the last one alone."""
        return DEPTH_SHARES[self.depth - 1]
