"""Concepts of a layer: few directions that what it makes of many places adds up from (CRAFT).

Fel et al. 2023, https://arxiv.org/abs/2211.10154: activations A (n, K) of places are about U V, where the k
rows of V are concepts and U says how much of each is in each place.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import AnyFloats, Floats, Reals
from engine.errors import MapsError
from engine.phrase import later

LEAST, MOST = 2, 10
"""Concepts: with more than ten, importance shared out exactly would need too many model evaluations."""
LEAST_PLACES = 40
"""Places below which no concepts are looked for."""
ITERATIONS, TOLERANCE = 300, 1e-4
SWEEPS = 60
"""Of coordinate descent, when places are told in given concepts."""
NEGATIVE = 1e-3
"""Largest share of the activation, by magnitude, that may be negative and is still taken for none."""


@dataclass(frozen=True, eq=False)
class ConceptBasis:
    """Concepts of a layer.

    Attributes:
        vectors: float32 (k, K), each of length 1.
        signed: they come from a singular value decomposition, since the layer has negative values: a place
            may hold the opposite of a concept.
    """

    vectors: Floats
    signed: bool = False

    def __len__(self) -> int:
        return len(self.vectors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConceptBasis) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of all of it."""
        head = f"{self.signed} {self.vectors.shape}".encode()
        return hashlib.sha256(head + np.ascontiguousarray(self.vectors, np.float32).tobytes()).hexdigest()

    def coefficients(self, activation: AnyFloats) -> Floats:
        """How much of each concept is in each place.

        Args:
            activation: (..., K).

        Returns:
            float32 (..., k): the least squares solution, at least 0 unless ``signed``.

        Example:
            >>> basis = ConceptBasis(np.eye(2, 3, dtype=np.float32))
            >>> basis.coefficients(np.array([[1.0, 2.0, 5.0], [3.0, -1.0, 0.0]])).tolist()
            [[1.0, 2.0], [3.0, 0.0]]
        """
        rows: Floats = np.asarray(activation, np.float32).reshape(-1, activation.shape[-1])
        gram, target = self.vectors @ self.vectors.T, rows @ self.vectors.T
        found = (
            np.linalg.lstsq(gram, target.T, rcond=None)[0].T if self.signed else _not_negative(gram, target)
        )
        return np.asarray(found, np.float32).reshape(*activation.shape[:-1], len(self))

    def rebuilt(self, coefficients: AnyFloats) -> Floats:
        """float32 (..., K): the activation that coefficients (..., k) add up to."""
        return np.asarray(coefficients @ self.vectors, np.float32)


def _not_negative(gram: Reals | Floats, target: Reals | Floats) -> Reals:
    """Least squares with u >= 0 for many rows at once, by coordinate descent: each step solves one column.

    Args:
        gram: (k, k), products of the concepts.
        target: (n, k), products of the rows with the concepts.
    """
    found = np.maximum(target / np.diag(gram), 0).astype(np.float64)
    for _sweep in range(SWEEPS):
        before = found.copy()
        for one in range(len(gram)):
            rest = target[:, one] - found @ gram[:, one] + found[:, one] * gram[one, one]
            found[:, one] = np.maximum(rest / gram[one, one], 0)
        if np.abs(found - before).max(initial=0) <= TOLERANCE * max(np.abs(found).max(initial=0), 1e-12):
            break
    return found


def is_signed(rows: AnyFloats) -> bool:
    """Whether a layer has values below zero that matter, so that its concepts have a sign."""
    total = float(np.abs(rows).sum(dtype=np.float64))
    return bool(-np.minimum(rows, 0).sum(dtype=np.float64) > NEGATIVE * total)


def factorise(rows: AnyFloats, count: int, seed: int = 0, init: str = "nndsvda") -> ConceptBasis:
    """Concepts of the activations of places.

    Non-negative factors (scikit-learn's NMF without a penalty), or where a layer has negative values the
    first singular vectors, turned so that most places hold more of them than of their opposite.

    Args:
        rows: (n, K), what a layer makes of n places.
        count: how many, k.
        seed: the same one gives the same concepts on the same machine.
        init: how the factors begin; "random" makes the seed count.

    Raises:
        MapsError: there are too few places, values that are no numbers, or nothing in the layer.
    """
    checked = _checked(rows, count)
    vectors = _singular(checked, count, seed) if is_signed(checked) else _factors(checked, count, seed, init)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    alive = lengths[:, 0] > 0
    return ConceptBasis((vectors[alive] / lengths[alive]).astype(np.float32), is_signed(checked))


def _checked(rows: AnyFloats, count: int) -> Floats:
    values: Floats = np.asarray(rows, np.float32)
    if len(values) < LEAST_PLACES:
        text = later("Concepts need at least {least} places of images; there are {count}.")
        raise MapsError(text, least=LEAST_PLACES, count=len(values))
    if not LEAST <= count <= MOST:
        text = later("The number of concepts is {least} to {most}; received {count}.")
        raise MapsError(text, least=LEAST, most=MOST, count=count)
    if not np.isfinite(values).all():
        raise MapsError("The layer has values that are no numbers: no concepts can be found in it.")
    if not values.any():
        raise MapsError("The layer is silent in these images: no concepts can be found in it.")
    return values


def _factors(rows: Floats, count: int, seed: int, init: str) -> Reals:
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    way: Any = init if count <= min(rows.shape) or init == "random" else "random"
    fitted = NMF(count, init=way, random_state=seed, max_iter=ITERATIONS, tol=TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(np.maximum(rows, 0))
    return np.asarray(fitted.components_, np.float64)


def _singular(rows: Floats, count: int, seed: int) -> Reals:
    from sklearn.utils.extmath import randomized_svd

    vectors = randomized_svd(rows, min(count, *rows.shape), random_state=seed)[2]
    turn = np.sign((rows @ vectors.T).sum(axis=0))
    return np.asarray(vectors * np.where(turn, turn, 1.0)[:, None], np.float64)


def explained_share(rows: AnyFloats, basis: ConceptBasis) -> float:
    """Share of the sum of squares of the activations (n, K) that concepts explain, at most 1."""
    rest = np.asarray(rows, np.float32) - basis.rebuilt(basis.coefficients(rows))
    return float(1 - np.square(rest).sum() / np.square(np.asarray(rows, np.float32)).sum())
