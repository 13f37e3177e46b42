"""Functions of 64 inputs whose total Sobol indices are known: what bands and outlines are held against.

Inputs are independent and uniform on 0 to 1. The indices are exact: in closed form, or by integration over
the density of a sum.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from engine.arrays import Reals

GRID = 8
CELLS = GRID**2
WAVES, REACH = 1 << 14, 12.0
"""Points of the density of a sum, and standard deviations to which it is followed."""

Scores = tuple[Reals, Reals, Reals]
"""Of points A (..., n, 64) and B: scores at A (..., n), at B (..., n), and at C_i (..., n, 64)."""


@dataclass(frozen=True, eq=False)
class KnownFunction:
    """A function with its indices.

    Attributes:
        totals: float64 (64,), total indices.
        scores: of points A and B.
    """

    totals: Reals
    scores: Callable[[Reals, Reals], Scores]


def sparse_g() -> KnownFunction:
    """Sobol's g-function (Saltelli and Sobol 1995, https://doi.org/10.1016/0951-8320(95)00099-2) of which six
    inputs matter.
    """
    factors = np.full(CELLS, 99.0)
    factors[[9, 10, 27, 36, 50, 61]] = [0.0, 0.5, 1.0, 2.0, 4.5, 9.0]
    parts = 1 / (3 * (1 + factors) ** 2)
    whole = np.prod(1 + parts)

    def scores(a: Reals, b: Reals) -> Scores:
        at_a, at_b = ((np.abs(4 * points - 2) + factors) / (1 + factors) for points in (a, b))
        logs = np.log(np.maximum(at_a, 1e-300))
        return at_a.prod(-1), at_b.prod(-1), np.exp(logs.sum(-1, keepdims=True) - logs) * at_b

    return KnownFunction(parts * whole / (1 + parts) / (whole - 1), scores)


def neighbour_products(strengths: Reals) -> KnownFunction:
    """Sum of the products of neighbouring cells, each weighed by the strengths (64,) of both."""
    place = np.arange(CELLS).reshape(GRID, GRID)
    pairs = np.concatenate(
        [
            np.stack([one.ravel(), other.ravel()], axis=1)
            for one, other in ((place[:, :-1], place[:, 1:]), (place[:-1], place[1:]))
        ]
    )
    weights = np.zeros((CELLS, CELLS))
    weights[pairs[:, 0], pairs[:, 1]] = strengths[pairs[:, 0]] * strengths[pairs[:, 1]]
    both = weights + weights.T
    linear, products = both.sum(axis=1) / 2, np.square(both).sum(axis=1) / 144
    variance = np.square(linear).sum() / 12 + products.sum() / 2

    def scores(a: Reals, b: Reals) -> Scores:
        at_a, at_b = (((points @ both) * points).sum(-1) / 2 for points in (a, b))
        return at_a, at_b, at_a[..., None] + (b - a) * (a @ both)

    return KnownFunction((np.square(linear) / 12 + products) / variance, scores)


def sigmoid(strengths: Reals, slope: float, threshold: float) -> KnownFunction:
    """Logistic function of ``slope`` times a centred weighted sum of variance 1, minus a threshold."""
    weights = strengths / np.sqrt(np.square(strengths).sum() / 12)

    def scores(a: Reals, b: Reals) -> Scores:
        at_a, at_b = ((points - 0.5) @ weights for points in (a, b))
        moved = at_a[..., None] + (b - a) * weights
        at_a, at_b, at_c = (expit(slope * total - threshold) for total in (at_a, at_b, moved))
        return at_a, at_b, at_c

    return KnownFunction(_sigmoid_totals(weights, slope, threshold), scores)


def _sigmoid_totals(weights: Reals, slope: float, threshold: float) -> Reals:
    """(64,): E[Var(f | all but i)] / Var(f), over the density of the sum of all inputs but one."""
    totals, step = np.linspace(-REACH, REACH, WAVES, endpoint=False, retstep=True)
    waves = np.sinc(np.outer(weights, np.fft.fftfreq(WAVES, step)))

    def density(inputs: Reals) -> Reals:
        return np.fft.fftshift(np.fft.ifft(inputs.prod(axis=0)).real)  # per step, so that it sums to 1

    mean, square = (density(waves) @ expit(slope * totals - threshold) ** power for power in (1, 2))
    found = []
    for place, weight in enumerate(weights):
        ends = [slope * (totals + way * weight / 2) - threshold for way in (1, -1)]
        width = slope * weight
        local = np.subtract(*(np.logaddexp(0, end) for end in ends)) / width
        squares = local - np.subtract(*map(expit, ends)) / width  # f' = slope f (1 - f)
        found.append(density(np.delete(waves, place, axis=0)) @ (squares - np.square(local)))
    return np.array(found) / (square - mean**2)


def _bell() -> Reals:
    down, across = np.mgrid[:GRID, :GRID]
    squares = (down - 2.5) ** 2 + (across - 4.5) ** 2
    return np.asarray(np.exp(-squares / (2 * 1.8**2)) + 0.02).ravel()


ROUGH = np.random.default_rng(5).lognormal(0, 1.2, CELLS)
FUNCTIONS: dict[str, Callable[[], KnownFunction]] = {
    "sparse g": sparse_g,
    "products, smooth": lambda: neighbour_products(_bell()),
    "products, rough": lambda: neighbour_products(ROUGH),
    "sigmoid, smooth": lambda: sigmoid(_bell(), 2, 1),
    "sigmoid, sharp": lambda: sigmoid(_bell(), 8, 12),
    "sigmoid, rough": lambda: sigmoid(ROUGH, 4, 4),
}
