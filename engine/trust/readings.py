"""What each metric reads off the evidence: a value for each map, the graded one first."""

import numpy as np

from engine.arrays import Reals
from engine.trust.evidence import MapEvidence

MOST = 0.9
"""Share of a map's values that concentration looks for."""
TOP = 0.1
"""Share of the cells that are a map's top."""


def deletion(evidence: MapEvidence) -> Reals:
    """Area under each deletion curve."""
    return evidence.curves.deletion_areas


def insertion(evidence: MapEvidence) -> Reals:
    """Area under each insertion curve."""
    return evidence.curves.insertion_areas


def aopc(evidence: MapEvidence) -> Reals:
    """Area over each deletion curve."""
    return evidence.curves.drops


def road(evidence: MapEvidence) -> Reals:
    """Half the mean difference between the scores when the weakest cells are hidden, and the strongest."""
    curves = evidence.curves
    return np.asarray((curves.insertion[:, 1:-1] - curves.deletion[:, 1:-1]).mean(axis=1) / 2)


def at_once_gone(evidence: MapEvidence) -> float:
    """Deletion area of a map whose first cells take all of the score."""
    return _area(evidence, evidence.whole, evidence.nothing)


def at_once_there(evidence: MapEvidence) -> float:
    """Insertion area of a map whose first cells bring all of the score."""
    return _area(evidence, evidence.nothing, evidence.whole)


def _area(evidence: MapEvidence, first: float, rest: float) -> float:
    curve = np.full(len(evidence.curves.shares), rest)
    curve[0] = first
    return float(np.trapezoid(curve, evidence.curves.shares))


def mufidelity(evidence: MapEvidence) -> Reals:
    """Rank correlation between the drop of the score and the sum of the map over what is hidden."""
    from scipy import stats  # takes long to import, and pages know the table of metrics

    hidden = 1 - evidence.subsets.astype(np.float64)
    drops = stats.rankdata(evidence.whole - evidence.subset_scores)
    sums = stats.rankdata(evidence.maps @ hidden.T, axis=1)
    return np.array([_correlation(each, drops) for each in sums])


def _correlation(one: Reals, other: Reals) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def average_drop(evidence: MapEvidence) -> Reals:
    """Of the first map, 0-1."""
    return np.array([max(evidence.whole - evidence.seen, 0) / max(evidence.whole, 1e-12)])


def average_gain(evidence: MapEvidence) -> Reals:
    """Of the first map, 0-1."""
    return np.array([max(evidence.seen - evidence.whole, 0) / max(1 - evidence.whole, 1e-12)])


def entropy(evidence: MapEvidence) -> Reals:
    """Of the shares of the first map's absolute values."""
    shares = _shares(evidence.maps[0])
    positive = shares[shares > 0]
    return np.array([-(positive * np.log(positive)).sum() / np.log(len(shares))])


def concentration(evidence: MapEvidence) -> Reals:
    """Share of the cells that hold 90 % of the first map's absolute values."""
    running = np.cumsum(np.sort(_shares(evidence.maps[0]))[::-1])
    return np.array([(1 + np.searchsorted(running, MOST - 1e-12)) / len(running)])


def _shares(values: Reals) -> Reals:
    size = np.abs(values)
    return np.asarray(size / max(float(size.sum()), 1e-300))


def pointing(evidence: MapEvidence) -> Reals:
    """Share of the highest cell that lies in the zone; the mean over equal ones."""
    zone = _zone(evidence)
    return np.array([zone[values == values.max()].mean() for values in evidence.maps[:-1]])


def mass_inside(evidence: MapEvidence) -> Reals:
    """Share of the positive values in the zone, over the zone's share of the image."""
    zone, positive = _zone(evidence), np.maximum(evidence.maps[:-1], 0)
    whole = positive.sum(axis=1)
    inside = np.divide(positive @ zone, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return np.asarray(inside / zone.mean())


def top_inside(evidence: MapEvidence) -> Reals:
    """Share of the highest tenth of the cells that lies in the zone, over the zone's share of the image."""
    zone, count = _zone(evidence), max(round(TOP * evidence.maps.shape[1]), 1)
    tops = np.argsort(-evidence.maps[:-1], axis=1, kind="stable")[:, :count]
    return np.asarray(zone[tops].mean(axis=1) / zone.mean())


def _zone(evidence: MapEvidence) -> Reals:
    if evidence.zone is None:
        raise ValueError("this metric is about a zone")
    return evidence.zone
