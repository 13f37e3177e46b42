"""Kernels of support vector machines, all read off one matrix of inner products."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import Floats, Reals

Shape = Literal["linear", "rbf", "sigmoid", "poly"]


@dataclass(frozen=True)
class Kernel:
    """A kernel with its numbers, as scikit-learn names them.

    Attributes:
        shape: x s; exp(-gamma |x - s|²); tanh(gamma x s + coef0); (gamma x s + coef0)^degree.
        gamma: factor.
        coef0: added.
        degree: power of "poly".
    """

    shape: Shape
    gamma: float = 1.0
    coef0: float = 0.0
    degree: int = 3


@dataclass(frozen=True, eq=False)
class SeenImages:
    """Images as classifiers see them, beside the N training images.

    Attributes:
        features: float32 (M, P), prepared.
        products: float32 (M, N), inner products with the training images: computed once for all kernels.
        squares: float32 (M,), squared lengths.
        training_squares: float32 (N,), those of the training images.
    """

    features: Floats
    products: Floats
    squares: Floats
    training_squares: Floats

    @classmethod
    def of(cls, features: Floats, training: Floats) -> "SeenImages":
        """Of prepared features (M, P) and those of the training part (N, P)."""
        return cls(features, features @ training.T, _squares(features), _squares(training))

    @property
    def distances(self) -> Floats:
        """float32 (M, N): squared distances to the training images, never below 0."""
        found = self.squares[:, None] + self.training_squares[None] - 2 * self.products
        return np.maximum(found, 0)


def _squares(rows: Floats) -> Floats:
    return np.einsum("np,np->n", rows, rows)


def gram(kernel: Kernel, seen: SeenImages) -> Reals:
    """float64 (M, N): the kernel of each image with each training image.

    Example:
        >>> one = SeenImages.of(np.array([[1.0, 0.0]], np.float32), np.array([[1.0, 0.0]], np.float32))
        >>> [gram(Kernel(shape, coef0=1), one).tolist() for shape in ("linear", "rbf", "poly")]
        [[[1.0]], [[1.0]], [[8.0]]]
    """
    return np.ascontiguousarray(_SHAPES[kernel.shape](kernel, seen), np.float64)


_SHAPES: dict[Shape, Callable[[Kernel, SeenImages], Floats]] = {
    "linear": lambda _kernel, seen: seen.products,
    "rbf": lambda kernel, seen: np.exp(-kernel.gamma * seen.distances),
    "sigmoid": lambda kernel, seen: np.tanh(kernel.gamma * seen.products + kernel.coef0),
    "poly": lambda kernel, seen: (kernel.gamma * seen.products + kernel.coef0) ** kernel.degree,
}


def scaled_gamma(training: Floats) -> float:
    """scikit-learn's ``gamma="scale"`` of prepared features (N, P): 1 / (P * variance of all numbers)."""
    variance = float(training.astype(np.float64).var())
    return 1 / (training.shape[1] * variance) if variance > 0 else 1.0


def unsaturated_gamma(training: Floats) -> float:
    """1 over the mean squared length of prepared features (N, P): gamma x s is then hardly ever beyond 1.

    scikit-learn's "scale" is larger by far where features have a mean, as those after a ReLU do: all values
    of tanh are 1 then.
    """
    length = float(np.square(training, dtype=np.float64).sum(axis=1).mean())
    return 1 / length if length > 0 else 1.0
