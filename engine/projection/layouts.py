"""How each layout runs: libraries are imported when they are needed."""

from typing import Any

import numpy as np

from engine.arrays import Floats
from engine.projection.params import PacmapParams, TsneParams, UmapParams

EARLY = 250
"""Iterations of t-SNE that form its groups."""


def pca(features: Floats, _params: Any, dimensions: int, seed: int) -> Floats:
    """Coordinates along the directions of most variance, in units of the features; else 0."""
    from engine.projection.preparing import components

    points = np.zeros((len(features), dimensions), np.float32)
    found = components(features, dimensions, seed).points
    points[:, : found.shape[1]] = found
    return points


def pacmap(features: Floats, params: PacmapParams, dimensions: int, seed: int) -> Floats:
    """PaCMAP, our own (``pairwise.py``)."""
    from engine.projection.pairwise import pairwise

    return pairwise(features, params, pca(features, None, dimensions, seed), seed)


def tsne(features: Floats, params: TsneParams, dimensions: int, seed: int) -> Floats:
    """t-SNE by openTSNE; by scikit-learn where openTSNE has no wheel (Linux on arm64)."""
    try:
        from openTSNE import TSNE
    except ImportError:
        return tsne_of_sklearn(features, params, dimensions, seed)
    run = TSNE(
        n_components=dimensions,
        perplexity=fitting_perplexity(len(features), params.perplexity),
        early_exaggeration_iter=EARLY,
        n_iter=params.iterations,
        negative_gradient_method="auto" if dimensions == 2 else "bh",
        n_jobs=1,  # sums of several threads have no fixed order: a seed would not repeat
        random_state=seed,
    )
    return np.asarray(run.fit(features), np.float32)


def tsne_of_sklearn(features: Floats, params: TsneParams, dimensions: int, seed: int) -> Floats:
    """The same layout by scikit-learn, whose time grows faster with the number of images."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    run = TSNE(
        n_components=dimensions,
        perplexity=fitting_perplexity(len(features), params.perplexity),
        max_iter=EARLY + params.iterations,
        init="pca",
        n_jobs=1,
        random_state=seed,
    )
    with threadpool_limits(
        1
    ):  # a worker has one processor; threads that wait for each other take ten times as long
        return np.asarray(run.fit_transform(features), np.float32)


def umap(features: Floats, params: UmapParams, dimensions: int, seed: int) -> Floats:
    """UMAP by umap-learn, on one thread, as a seed asks for."""
    from umap import UMAP

    run = UMAP(
        n_components=dimensions,
        n_neighbors=min(params.neighbours, len(features) - 1),
        min_dist=params.distance,
        n_jobs=1,
        random_state=seed,
    )
    return np.asarray(run.fit_transform(features), np.float32)


def fitting_perplexity(images: int, asked: float) -> float:
    """The perplexity asked for, or the highest for that many images: each has three times as many neighbours.

    Example:
        >>> fitting_perplexity(1000, 30.0), fitting_perplexity(31, 30.0)
        (30.0, 10.0)
    """
    return min(asked, (images - 1) / 3)
