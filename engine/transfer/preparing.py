"""What is done with features before a classifier: everything is learnt from the training part alone."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats
from engine.errors import TransferError


@dataclass(frozen=True)
class PreparationParams:
    """What is done with features.

    Attributes:
        normalise: each image's features have length 1 (L2).
        standardise: each feature has mean 0 and standard deviation 1 over the training part.
        pca: share of the training part's variance that principal components keep, 0-1; None: no components.
    """

    normalise: bool = True
    standardise: bool = False
    pca: float | None = None

    def __post_init__(self) -> None:
        if self.pca is not None and not 0 < self.pca < 1:
            raise TransferError(
                "The share of variance that PCA keeps is between 0 and 1; received {share}.", share=self.pca
            )


@dataclass(frozen=True, eq=False)
class Preparation:
    """What was learnt from the training part: ``((x / |x|) - mean) * scale @ basis``.

    Attributes:
        normalise: whether features are divided by their length first.
        mean: float32 (D,), subtracted.
        scale: float32 (D,), multiplied.
        basis: float32 (D, P), principal components; None: features stay as they are, and P is D.
    """

    normalise: bool
    mean: Floats
    scale: Floats
    basis: Floats | None = None

    def __call__(self, features: AnyFloats) -> Floats:
        """float32 (N, P) of features (N, D); they are left as found."""
        rows = np.asarray(features, np.float32)
        if self.normalise:
            rows = unit_length(rows)
        rows = (rows - self.mean) * self.scale
        return rows if self.basis is None else rows @ self.basis

    @property
    def width(self) -> int:
        """P, the numbers that are left of an image."""
        return len(self.mean) if self.basis is None else self.basis.shape[1]


def unit_length(rows: Floats) -> Floats:
    """float32 (N, D): rows of length 1; rows of zeros stay 0, as Keras' ``UnitNormalization`` has it.

    Example:
        >>> unit_length(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).round(1).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    squares = (rows * rows).sum(axis=1, keepdims=True)
    return rows / np.sqrt(np.maximum(squares, 1e-12))


def learn_preparation(training: AnyFloats, params: PreparationParams) -> Preparation:
    """Learn the preparation from features (N, D) of the training part; no other part is ever given.

    Raises:
        TransferError: this is no table of finite features.
    """
    _check(training)
    rows = np.asarray(training, np.float32)
    if params.normalise:
        rows = unit_length(rows)
    width = rows.shape[1]
    mean, scale = np.zeros(width, np.float32), np.ones(width, np.float32)
    if params.standardise:
        spread = rows.std(axis=0)
        mean, scale = rows.mean(axis=0), np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 1)
    if params.pca is None:
        return Preparation(params.normalise, mean, np.asarray(scale, np.float32))
    if not params.standardise:
        mean = rows.mean(axis=0)
    basis = _components((rows - mean) * scale, params.pca)
    return Preparation(params.normalise, mean, np.asarray(scale, np.float32), basis)


def _components(centred: Floats, share: float) -> Floats:
    """float32 (D, P): as many principal components as keep a share of the variance."""
    from sklearn.decomposition import PCA  # takes long to import

    tall = centred.shape[0] > centred.shape[1]
    fitted = PCA(n_components=share, svd_solver="covariance_eigh" if tall else "full").fit(centred)
    return np.ascontiguousarray(fitted.components_.T, np.float32)


def _check(training: AnyFloats) -> None:
    if training.ndim != 2 or not training.size:
        raise TransferError(
            "Expected a table of features, images by features; received the shape {shape}.",
            shape=training.shape,
        )
    if not np.isfinite(training).all():
        raise TransferError("Some features are not finite numbers: the network may be damaged.")
