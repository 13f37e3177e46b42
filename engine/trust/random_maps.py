"""Random maps that a map is compared with: of its own values, and about as smooth."""

import numpy as np
from scipy import stats

from engine.arrays import AnyFloats, Floats, Reals


def random_maps(values: AnyFloats, count: int, seed: int = 0) -> Floats:
    """Maps with the values of a map, put elsewhere, and with about its smoothness.

    The map's Fourier amplitudes with random phases order its own values: amplitude-adjusted surrogates
    (Theiler, Eubank, Longtin, Galdrikian and Farmer 1992, https://doi.org/10.1016/0167-2789(92)90102-S).
    Edges are taken to meet, so a bright place may lie across an edge.

    Args:
        values: (rows, columns), finite.
        count: how many maps.
        seed: of the phases.

    Returns:
        float32 (count, rows, columns).

    Example:
        >>> one, other = random_maps(np.array([[1.0, 2.0], [3.0, 4.0]]), 2)
        >>> np.sort(one.ravel()).tolist()
        [1.0, 2.0, 3.0, 4.0]
    """
    noise = np.random.default_rng(seed).standard_normal((count, *values.shape), np.float32)
    phases = np.fft.rfft2(noise)
    amplitude = np.abs(np.fft.rfft2(_normal_scores(values)))
    phases *= (amplitude / np.maximum(np.abs(phases), 1e-12)).astype(np.float32)
    smooth = np.fft.irfft2(phases, s=values.shape).astype(np.float32).reshape(count, -1)
    found = np.empty_like(smooth)
    ordered = np.sort(np.asarray(values, np.float32), axis=None)
    np.put_along_axis(found, np.argsort(smooth, axis=1), ordered[None], axis=1)
    return found.reshape(count, *values.shape)


def _normal_scores(values: AnyFloats) -> Reals:
    """float64, like values: the normal quantile of each value's rank; mean 0."""
    ranks = stats.rankdata(values, axis=None).reshape(values.shape)
    return np.asarray(stats.norm.ppf((ranks - 0.5) / values.size))
