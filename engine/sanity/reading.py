"""Reading of the randomisation test: from maps of trained and random networks to the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np

from engine.arrays import Floats
from engine.sanity.complexity import entropy_rise
from engine.sanity.outcome import Alike, SanityOutcome
from engine.sanity.similarity import Similarity, says_nothing, similarity

Read = TypeVar("Read")


@dataclass(frozen=True, eq=False)
class MapTrial:
    """Maps of one method for one target of one image.

    Attributes:
        trained: float32 (rows, columns), of the trained network.
        random: of random ones, by depth and seed, of the same shape.
    """

    trained: Floats
    random: Mapping[tuple[int, int], Floats]

    def at(self, depth: int) -> dict[int, Floats]:
        """The maps of a depth by seed."""
        return {seed: values for (found, seed), values in self.random.items() if found == depth}


def outcome_of(method: str, trials: Sequence[MapTrial], full: int) -> SanityOutcome:
    """The outcome over some images, as far as their maps are there.

    An image where the map of the trained network is constant says nothing of weights, and is left out.

    Args:
        method: key in the table.
        trials: one for each image.
        full: depth at which all weights are random.
    """
    told = [trial for trial in trials if not says_nothing(trial.trained)]
    depths = sorted({depth for trial in told for depth, _ in trial.random})
    rises = _by_seed(told, full, entropy_rise)
    last = [values for trial in told for values in trial.at(full).values()]
    return SanityOutcome(
        method=method,
        depths={depth: _alike(_by_seed(told, depth, similarity)) for depth in depths},
        full=full,
        level=_level(told, full),
        rise=float(np.mean([np.mean(some) for some in rises])) if rises else float("nan"),
        rise_spread=_spread([float(np.mean(some)) for some in rises]),
        constant=float(np.mean([says_nothing(values) for values in last])) if last else 0.0,
        images=len(told),
        mute=len(trials) - len(told),
    )


def _by_seed(
    trials: Sequence[MapTrial], depth: int, compare: Callable[[Floats, Floats], Read]
) -> list[list[Read]]:
    """For each seed of a depth what comparing all images' maps gives."""
    seeds = sorted({seed for trial in trials for seed in trial.at(depth)})
    return [
        [compare(trial.trained, trial.at(depth)[seed]) for trial in trials if seed in trial.at(depth)]
        for seed in seeds
    ]


def _level(trials: Sequence[MapTrial], full: int) -> Alike | None:
    """How alike the maps of two fully random networks are; None where there are not two."""
    seeds = sorted({seed for trial in trials for seed in trial.at(full)})
    pairs = [
        [
            similarity(trial.at(full)[one], trial.at(full)[other])
            for trial in trials
            if one in trial.at(full) and other in trial.at(full)
        ]
        for one, other in combinations(seeds, 2)
    ]
    pairs = [some for some in pairs if some]
    return _alike(pairs) if pairs else None


def _alike(groups: Iterable[Sequence[Similarity]]) -> Alike:
    """Means over images, then over seeds or pairs of them."""
    names = ("ranks", "sizes", "ssim")
    read = [[[getattr(one, name) for name in names] for one in some] for some in groups]
    means = np.array([np.mean(some, axis=0) for some in read])
    ranks, sizes, ssim = means.mean(axis=0).tolist()
    return Alike(ranks, sizes, ssim, _spread(means[:, 0 if ranks >= sizes else 1].tolist()), len(means))


def _spread(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
