"""Classifiers on prepared features, one class against the rest: what they learn, and what they answer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import AnyInts, Array, Indices, Reals

MOST_STEPS = 3000
"""Of the solver of logistic regression."""


@dataclass(frozen=True, eq=False)
class LinearMachine:
    """Scores that are linear in what the classifier looks at: prepared features, or kernels with N images.

    Attributes:
        weights: float64 (P or N, K).
        bias: float64 (K,).
    """

    weights: Reals
    bias: Reals

    def scores(self, looked_at: Array) -> Reals:
        """float64 (M, K): the larger, the more likely the class."""
        found: Reals = looked_at @ self.weights + self.bias
        return found


@dataclass(frozen=True, eq=False)
class NeighbourMachine:
    """Votes of the nearest training images.

    Attributes:
        fitted: scikit-learn's classifier on squared distances.
    """

    fitted: Any

    def scores(self, looked_at: Array) -> Reals:
        """float64 (M, K): shares of the votes."""
        return np.asarray(self.fitted.predict_proba(looked_at), np.float64)


Machine = LinearMachine | NeighbourMachine


def fit_svm(matrix: Array, truth: AnyInts, strength: float) -> LinearMachine:
    """Support vector machines on a Gram matrix float64 (N, N), one class against the rest.

    Args:
        matrix: kernels of the training images with each other.
        truth: (N,), classes 0 to K-1, each of them there.
        strength: C, what a training image on the wrong side costs.

    Cortes and Vapnik 1995, https://doi.org/10.1007/BF00994018.
    """
    from sklearn.svm import SVC

    classes = int(truth.max()) + 1
    weights, bias = np.zeros((len(matrix), classes)), np.zeros(classes)
    for place in range(classes):
        fitted = SVC(C=strength, kernel="precomputed").fit(matrix, truth == place)
        weights[fitted.support_, place] = fitted.dual_coef_[0]
        bias[place] = fitted.intercept_[0]
    return LinearMachine(weights, bias)


def fit_logistic(matrix: Array, truth: AnyInts, strength: float) -> LinearMachine:
    """Logistic regression over all classes at once on prepared features (N, P).

    Of two classes scikit-learn has one row of weights, which is split.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=MOST_STEPS).fit(matrix, truth)
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:
        weights, bias = np.concatenate([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return LinearMachine(np.asarray(weights.T, np.float64), np.asarray(bias, np.float64))


def fit_neighbours(matrix: Array, truth: AnyInts, strength: float) -> NeighbourMachine:
    """The nearest training images by squared distances (N, N); ``strength`` is their number."""
    from sklearn.neighbors import KNeighborsClassifier

    count = min(int(strength), len(matrix))
    return NeighbourMachine(KNeighborsClassifier(count, metric="precomputed").fit(matrix, truth))


def part_of(matrix: Array, rows: Indices, columns: Indices, square: bool) -> Array:
    """What a classifier looks at of some images: of a square matrix with some training images only."""
    return np.ascontiguousarray(matrix[np.ix_(rows, columns)] if square else matrix[rows])
