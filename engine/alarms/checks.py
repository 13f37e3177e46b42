"""Checks of alarms: each looks at what is known of a map and gives the values of its sentence, or None."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.alarms.known import KnownMap
from engine.arrays import AnyFloats, Reals
from engine.perturbation.designs.cells import GridCells
from engine.trust.on_cells import coarse, means_on

Values = dict[str, Any] | None
"""What the sentence of an alarm names; None if there is no alarm."""

AT_END = 0.001
"""A score so near an end of its scale, which is 1 long, cannot tell much."""
NEAR_END = 0.1
STILL = 0.1
"""Nine runs in ten closer than this to a score that is near an end: it hardly moves."""
FEWEST_RUNS = 16
MARGIN = 0.125
"""Width of the margin as a share of each side; it holds 44 % of the image."""
MOST_IN_MARGIN = 0.8
LIKE_EDGES = 0.8
"""Rank correlation with the edges of the image."""
FEWEST_PLACES = 36
"""Of a map that is compared with edges."""
IMPROBABLE = 0.05
FAR_LESS = 10
"""Times as probable as an improbable class is the best one, at least."""
UNDECIDED = 0.95
"""Entropy of the probabilities, over that of equal ones."""
FEWEST_CLASSES = 3
BEATEN = 0.9
"""Share of random maps that a map must do better than."""
TURNED = 0.05
"""Share of random maps below which a map says the contrary."""
DIFFERENT = 0.5
"""Rank correlation between maps that differ in one setting alone."""


def not_finite(known: KnownMap) -> Values:
    """Some value is NaN or infinite."""
    return None if np.isfinite(known.strength).all() else {}


def flat_map(known: KnownMap) -> Values:
    """All values are the same, and the method has not said why."""
    finite = np.isfinite(known.strength).all()
    return {} if finite and not known.told and np.ptp(known.strength) == 0 else None


def saturated(known: KnownMap) -> Values:
    """The score is a probability at the end of its scale, or near it and still there in nine runs of ten."""
    scores = known.scores
    if scores is None or scores.space != "probability":
        return None
    far = min(scores.place, 1 - scores.place)
    stays = len(scores.runs) >= FEWEST_RUNS and np.quantile(np.abs(scores.runs - scores.place), 0.9) < STILL
    return {"score": scores.score} if far < AT_END or (far < NEAR_END and stays) else None


def one_branch(known: KnownMap) -> Values:
    """The layer is one branch of several."""
    return {} if known.branch else None


def without_relu(known: KnownMap) -> Values:
    """The method differs from the plain gradient at ReLUs only, and there are none."""
    if known.method is None or known.traits is None:
        return None
    return {} if "relu" in known.method.needs and "relu" not in known.traits else None


def at_margin(known: KnownMap) -> Values:
    """Four fifths of the values lie in the margin of the image, and the zone does not."""
    if not known.readable:
        return None
    share = margin_share(known.strength)
    if known.zone is not None and margin_share(known.zone.astype(np.float64)) > 0.5:
        return None
    return {"percent": round(100 * share)} if share > MOST_IN_MARGIN else None


def margin_share(strength: AnyFloats) -> float:
    """Share of the values that lies in an eighth of the image along each side, 0-1; 0.4375 of a map that is
    the same everywhere.

    Example:
        >>> margin_share(np.ones((8, 8)))
        0.4375
    """
    inner = _inner(strength.shape[0])[:, None] * _inner(strength.shape[1])
    whole = float(strength.sum())
    return 1 - float((strength * inner).sum()) / whole if whole else 0.0


def _inner(count: int) -> Reals:
    """float64 (count,): share of each row that lies inside the margin."""
    ends = np.linspace(0, 1, count + 1)
    held = np.clip(ends, MARGIN, 1 - MARGIN)
    return np.asarray(np.diff(held) * count)


def like_edges(known: KnownMap) -> Values:
    """The map ranks places as the edges of the image do."""
    if not known.readable or known.edges is None or known.strength.size < FEWEST_PLACES:
        return None
    value = rank_likeness(known.strength, known.edges)
    return {"value": value} if value > LIKE_EDGES else None


def rank_likeness(one: AnyFloats, other: AnyFloats) -> float:
    """Rank correlation of two maps on the cells of the coarser one, at most 16 x 16, -1 to 1; 0 where one of
    them is constant.

    Example:
        >>> rank_likeness(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 4.0, 9.0]]))
        1.0
    """
    from engine.perturbation.estimators.replicates import rank_agreement  # SciPy takes long to import

    small = [coarse(each) for each in (one, other)]
    rows, columns = (min(sides) for sides in zip(*(each.shape for each in small), strict=True))
    cells = GridCells(rows, columns)
    fine = (rows * 16, columns * 16)
    return rank_agreement(*(means_on(each, cells, fine).round(12) for each in small)) or 0.0


def improbable(known: KnownMap) -> Values:
    """A class of the target has a probability under 0.05, and the best class ten times as much."""
    if known.classes is None or not known.wanted:
        return None
    probability = float(min(known.classes[place] for place in known.wanted))
    far = probability < IMPROBABLE and float(known.classes.max()) >= FAR_LESS * probability
    return {"probability": probability} if far else None


def undecided(known: KnownMap) -> Values:
    """The probabilities of a classifier are nearly equal."""
    if known.classes is None or len(known.classes) < FEWEST_CLASSES:
        return None
    shares = np.maximum(known.classes.astype(np.float64), 1e-300)
    entropy = -(shares * np.log(shares)).sum() / np.log(len(shares))
    return {} if entropy > UNDECIDED else None


def small_zone(known: KnownMap) -> Values:
    """The zone is very small."""
    return {} if known.small else None


def not_above_random(known: KnownMap) -> Values:
    """Nine random maps in ten are not beaten."""
    if known.percentile is None or turned_round(known) is not None:
        return None
    return {} if known.percentile < BEATEN else None


def turned_round(known: KnownMap) -> Values:
    """The score rises where a map of sizes says that it falls."""
    turned = known.percentile is not None and not known.signed and known.percentile < TURNED
    return {} if turned else None


def other_fill(known: KnownMap) -> Values:
    """A map with another fill ranks the places differently."""
    return _other(known, "fill")


def other_score(known: KnownMap) -> Values:
    """A map of the other score ranks the places differently."""
    return _other(known, "space")


def _other(known: KnownMap, setting: str) -> Values:
    found = [value for (name, _), value in known.others.items() if name == setting]
    return {"value": min(found)} if found and min(found) < DIFFERENT else None
