"""Place of one more image among images that are laid out."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Floats, Reals
from engine.errors import ProjectionError
from engine.phrase import later
from engine.projection.neighbours import Neighbours, neighbours
from engine.projection.preparing import scaled
from engine.projection.project import ProjectedPoints

NEAREST = 10
"""Images whose points say where one more belongs."""
EXACT = later("Your image is placed exactly, along the same directions as the others.")
BETWEEN = later(
    "Your image is placed between its {count} nearest images; the layout itself has no place for it."
)


@dataclass(frozen=True, eq=False)
class PlacedImage:
    """Where one more image belongs.

    Attributes:
        point: float32 (D,).
        near: the images nearest to it in the whole feature space; Q = 1.
        exact: whether the layout itself says where; else it is the mean of the points of the nearest images,
            each weighted by one over its distance.
    """

    point: Floats
    near: Neighbours
    exact: bool


def place_image(features: AnyFloats, layout: ProjectedPoints, image: AnyFloats) -> PlacedImage:
    """Place an image.

    Args:
        features: (N, F), those that were laid out.
        layout: of these features.
        image: (F,), its features.

    Raises:
        ProjectionError: it has other features, one is no number, or no image has a point.

    Example:
        >>> from engine.projection.project import project
        >>> features = np.array([[0.0, 0.0], [4.0, 0.0], [8.0, 1.0]])
        >>> found = place_image(features, project(features, "pca"), features[1])
        >>> found.exact, bool(np.allclose(found.point, project(features, "pca").points[1], atol=1e-6))
        (True, True)
    """
    if image.shape != features.shape[1:] or not np.isfinite(image).all():
        raise ProjectionError("This image has no features that could be compared at this layer.")
    laid = np.where(layout.usable[:, None], features, np.nan)
    whole = np.concatenate([laid, image[None].astype(laid.dtype)])
    near = neighbours(whole, len(features), NEAREST)
    if not near.indices.size:
        raise ProjectionError("No image of this data set has features at this layer.")
    exact = layout.method == "pca"
    point = _on_plane(laid, layout, image) if exact else _between(layout.points, near)
    return PlacedImage(np.asarray(point, np.float32), near, exact)


def _on_plane(features: AnyFloats, layout: ProjectedPoints, image: AnyFloats) -> Reals:
    """Coordinates (D,) of an image in the view of a PCA: points are affine in the features there."""
    usable = layout.usable
    whole = scaled(np.concatenate([features, image[None]]), np.append(usable, True)).astype(np.float64)
    known = np.column_stack([whole[:-1][usable], np.ones(int(usable.sum()))])
    solved = np.linalg.lstsq(known, layout.points[usable].astype(np.float64), rcond=1e-6)[0]
    return np.asarray(np.append(whole[-1], 1.0) @ solved)


def _between(points: Floats, near: Neighbours) -> Reals:
    """Weighted mean (D,) of the points of the nearest images; that of an equal one where there is one."""
    distances = near.distances[0]
    weights = (distances == 0).astype(np.float64) if distances[0] == 0 else 1 / distances
    return np.asarray(weights @ points[near.indices[0]] / weights.sum())
