"""What is done with features before they are laid out."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats, Indices, Reals
from engine.errors import ProjectionError

REDUCED = 50
"""Features that the neighbours are looked for in; more cost time and keep little more."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Features without what cannot be laid out, each only once.

    Attributes:
        features: float32 (M, F), finite, all rows different, centred, with a greatest magnitude of 1 at most.
        usable: bool (N,), which of the rows given are finite.
        place: intp (rows that are usable,), the row of ``features`` that each has.
    """

    features: Floats
    usable: Bools
    place: Indices

    @property
    def twins(self) -> int:
        """Rows that are equal to one before them."""
        return len(self.place) - len(self.features)

    def spread(self, points: Floats) -> Floats:
        """float32 (N, D): points (M, D) of the different rows at all rows given; nan at those left out."""
        out = np.full((len(self.usable), points.shape[1]), np.nan, np.float32)
        out[self.usable] = points[self.place]
        return out


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components.

    Attributes:
        points: float32 (N, C), coordinates.
        shares: float64 (C,), of the variance that each has, 0-1.
    """

    points: Floats
    shares: Reals


def finite_rows(features: AnyFloats) -> Bools:
    """Which rows are numbers throughout, bool (N,).

    Raises:
        ProjectionError: this is no table of features.
    """
    if features.ndim != 2 or not features.shape[1]:
        raise ProjectionError(
            "Expected a table of features, images by features; received the shape {shape}.",
            shape=features.shape,
        )
    return np.asarray(np.isfinite(features).all(axis=1), np.bool_)


def scaled(features: AnyFloats, usable: Bools) -> Floats:
    """float32 (N, F): centred, and divided by the greatest magnitude, so that no square overflows; 0 where a
    row is not usable. Which is nearest to which stays as it was.
    """
    rows = np.where(usable[:, None], features, 0).astype(np.float64)
    if usable.any():
        rows[usable] -= rows[usable].mean(axis=0)
    reach = np.abs(rows).max(initial=0.0)
    return np.asarray(rows / reach if reach else rows, np.float32)


def prepare(features: AnyFloats) -> Prepared:
    """Leave out rows that are not finite, and keep equal ones once.

    Raises:
        ProjectionError: this is no table of features.

    Example:
        >>> prepared = prepare(np.array([[1.0, 2.0], [np.nan, 0.0], [1.0, 2.0], [3.0, 4.0]]))
        >>> prepared.usable.tolist(), prepared.place.tolist(), prepared.twins
        ([True, False, True, True], [0, 0, 1], 1)
    """
    usable = finite_rows(features)
    kept = scaled(features, usable)[usable]
    first, place = _different(kept)
    return Prepared(kept[first], usable, place)


def components(features: Floats, count: int, seed: int) -> Components:
    """The first principal components of features float32 (N, F), as many as there are."""
    from sklearn.decomposition import PCA

    fitted = PCA(min(count, *features.shape), random_state=seed)
    points = fitted.fit_transform(features)
    return Components(np.asarray(points, np.float32), np.nan_to_num(fitted.explained_variance_ratio_))


def _different(rows: Floats) -> tuple[Indices, Indices]:
    """Places of the rows that are equal to none before them, in order; and which of these each row is."""
    seen: dict[bytes, int] = {}
    whole = np.ascontiguousarray(rows + 0)  # -0.0 is 0.0
    place = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in whole], np.intp)
    first = np.unique(place, return_index=True)[1] if len(place) else place
    return first, place
