"""Leakage: what deleting by the map of one target does to all others."""

import numpy as np

from engine.arrays import AnyFloats, Reals
from engine.trust.counts import STEPS
from engine.trust.curves import Curves


def drops_of_all(own: AnyFloats, whole: AnyFloats, nothing: AnyFloats, orders: int, cells: int) -> Reals:
    """float64 (T,): mean drop of every target's score over the steps of deletion by one map (AOPC).

    The runs that grade the map of one zone are scored under all zones and boundaries, so its row of the
    matrix zones x zones costs nothing more.

    Args:
        own: (runs, T), scores of the map's own pass: the image seen through the map, then the curves.
        whole, nothing: (T,), scores with everything shown, and hidden.
        orders: rankings of the map, which come first.
        cells: how many there are.
    """
    curves = own[1:].reshape(-1, 2, STEPS - 1, own.shape[1])[:orders]
    found = [
        Curves.of(curves[..., target], float(whole[target]), float(nothing[target]), cells).drops.mean()
        for target in range(own.shape[1])
    ]
    return np.array(found)
