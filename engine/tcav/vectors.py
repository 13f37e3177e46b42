"""Concept activation vectors: many regularised logistic regressions at once, told by their images' products.

A vector is a sum of the images that it was learnt from, w = sum(alpha_i x_i), so thousands of them need only
the Gram matrix of all images, however wide a layer is. Kim et al. 2018, https://arxiv.org/abs/1711.11279.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, LongInts, Reals

RIDGE = 0.1
"""Penalty on the squared length of a vector, where images have a mean squared length of 1."""
STEPS, TOLERANCE = 12, 1e-3
AT_ONCE = 256
LEAST_CURVATURE = 1e-3


@dataclass(frozen=True, eq=False)
class LayerImages:
    """Images as a layer sees them, by their products.

    Attributes:
        gram: float64 (N, N), products of the centred images, scaled to a mean of 1 on the diagonal.
        along: float64 (M, N), products of M unit gradients with the centred images in the same scale; rows
            of 0 where there is no gradient.
    """

    gram: Reals
    along: Reals

    @classmethod
    def of(cls, features: AnyFloats, gradients: AnyFloats) -> "LayerImages":
        """The products of features (N, F) and of gradients (M, F) of a score by them."""
        rows = np.asarray(features, np.float64)
        rows = rows - rows.mean(axis=0)
        rows = rows / (np.sqrt(np.square(rows).sum(axis=1).mean()) or 1.0)
        slopes = np.asarray(gradients, np.float64)
        lengths = np.linalg.norm(slopes, axis=1, keepdims=True)
        return cls(rows @ rows.T, slopes / np.where(lengths, lengths, 1.0) @ rows.T)

    @property
    def silent(self) -> float:
        """Share of the gradients that are zero, or orthogonal to all images, 0-1."""
        return float((~self.along.any(axis=1)).mean())


@dataclass(frozen=True, eq=False)
class ConceptVectors:
    """S vectors, each learnt from the same number of images.

    Attributes:
        images: int64 (S, n), which images each was learnt from.
        weights: float64 (S, n), of these images in it.
        bias: float64 (S,).
    """

    images: LongInts
    weights: Reals
    bias: Reals

    def scores(self, seen: LayerImages, images: LongInts) -> Reals:
        """float64 (S, m): scores of other images (S, m); above 0 they are taken for the concept."""
        products = seen.gram[images[:, :, None], self.images[:, None, :]]
        return np.asarray(np.einsum("smn,sn->sm", products, self.weights) + self.bias[:, None])

    def cosines(self, seen: LayerImages) -> Reals:
        """float64 (S, M): cosines of the vectors with the gradients; 0 where either is zero."""
        own = np.empty(len(self.images))
        dots = np.empty((len(self.images), len(seen.along)))
        for start in range(0, len(self.images), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            images, weights = self.images[part], self.weights[part]
            gram = seen.gram[images[:, :, None], images[:, None, :]]
            own[part] = np.einsum("sn,snm,sm->s", weights, gram, weights)
            dots[part] = np.einsum("msn,sn->sm", seen.along[:, images], weights)
        lengths = np.sqrt(np.maximum(own, 0))
        return np.asarray(dots / np.where(lengths > 0, lengths, np.inf)[:, None])


def learn_vectors(seen: LayerImages, concept: LongInts, others: LongInts) -> ConceptVectors:
    """Vectors that tell concepts from other images, by logistic regression with a penalty and a free bias.

    Args:
        seen: the images.
        concept: int64 (S, a), images of the concept of each vector.
        others: int64 (S, b), its other images.
    """
    images = np.concatenate([concept, others], axis=1).astype(np.int64)
    truth = np.repeat([1.0, 0.0], [concept.shape[1], others.shape[1]])
    parts = [
        _fit(seen.gram, images[start : start + AT_ONCE], truth) for start in range(0, len(images), AT_ONCE)
    ]
    return ConceptVectors(
        images, np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])
    )


def _fit(gram: Reals, images: LongInts, truth: Reals) -> tuple[Reals, Reals]:
    """Weights (S, n) and biases (S,) by Newton's method on the dual: each step is a weighted ridge."""
    products = gram[images[:, :, None], images[:, None, :]]
    places = np.arange(images.shape[1])
    scores = np.zeros(images.shape)
    weights, bias = np.zeros(images.shape), np.zeros(len(images))
    for _step in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        curvature = np.maximum(chance * (1 - chance), LEAST_CURVATURE)
        aims = scores + (truth - chance) / curvature
        matrix = products.copy()
        matrix[:, places, places] += RIDGE / curvature
        solved = np.linalg.solve(matrix, np.stack([aims, np.ones_like(aims)], axis=-1))
        bias = solved[..., 0].sum(axis=1) / solved[..., 1].sum(axis=1)
        weights = solved[..., 0] - bias[:, None] * solved[..., 1]
        before, scores = scores, aims - RIDGE * weights / curvature
        if np.abs(scores - before).max(initial=0) < TOLERANCE:
            break
    return weights, bias
