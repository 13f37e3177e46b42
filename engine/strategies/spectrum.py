"""Graph of nearest maps, and the eigenvalues of its Laplacian.

As spectral relevance analysis does it (SpRAy, Lapuschkin et al. 2019,
https://doi.org/10.1038/s41467-019-08987-4): each map is linked to its ten nearest ones, and the eigenvalues
of the normalised Laplacian tell how little holds groups together. Written anew in scikit-learn and SciPy.
"""

from typing import Any

import numpy as np

from engine.arrays import Floats, Indices, Reals

NEIGHBOURS = 10
"""Maps that each is linked to; of fewer than 22 maps half of the others."""
DENSE = 700
"""So many maps, or fewer, have all eigenvalues computed; more only the first ones, by Lanczos' method."""


def affinity(rows: Floats) -> Any:
    """Links between maps as a sparse symmetric matrix (N, N): 1 where each is among the nearest of the other,
    1/2 where only one is, else 0. Of equally near maps those that come first are taken.

    Args:
        rows: float32 (N, F), N at least 3.

    Example:
        >>> affinity(np.array([[0.0], [1.0], [3.0]])).toarray().tolist()  # one neighbour each
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.5], [0.0, 0.5, 0.0]]
    """
    from sklearn.neighbors import kneighbors_graph

    near = min(NEIGHBOURS, max(1, (len(rows) - 1) // 2))
    links = kneighbors_graph(rows, near, include_self=False)
    return 0.5 * (links + links.T)


def eigenpairs(links: Any, count: int) -> tuple[Reals, Reals]:
    """The smallest eigenvalues of the symmetric normalised Laplacian, L = 1 - D^-1/2 A D^-1/2.

    Args:
        links: sparse symmetric (N, N), each row with at least one link.
        count: how many, at most N.

    Returns:
        float64 (count,), 0 to 2, rising; the first is 0, and so are as many as there are groups without a
        link between them. And float64 (N, count), the eigenvectors.

    Example:
        >>> links = np.kron(np.eye(2), 1 - np.eye(3))  # two groups of three, all linked within
        >>> from scipy import sparse
        >>> eigenpairs(sparse.csr_array(links), 4)[0].round(6).tolist()
        [0.0, 0.0, 1.5, 1.5]
    """
    from scipy import linalg, sparse
    from scipy.sparse.linalg import eigsh

    total = links.shape[0]
    root = sparse.diags_array(1 / np.sqrt(np.asarray(links.sum(axis=1)).ravel()))
    near = root @ links @ root
    if total <= max(DENSE, count + 1):
        values, vectors = linalg.eigh(near.toarray(), subset_by_index=[total - count, total - 1])
    else:
        start = np.random.default_rng(0).uniform(0.5, 1.5, total)
        values, vectors = eigsh(near, count, which="LA", v0=start)
    order = np.argsort(-values)
    return np.clip(1 - values[order], 0.0, 2.0), vectors[:, order]


def spectrum(rows: Floats, count: int) -> Reals:
    """The smallest eigenvalues float64 (count,) of the graph of some maps (N, F)."""
    return eigenpairs(affinity(rows), count)[0]


def cut_graph(vectors: Reals, count: int, seed: int) -> Indices:
    """Groups intp (N,) by the first eigenvectors: k-means on rows of length 1 (Ng, Jordan and Weiss 2001,
    https://papers.nips.cc/paper/2092).

    Args:
        vectors: float64 (N, at least count).
        count: of groups.
        seed: of k-means.
    """
    from sklearn.cluster import KMeans

    if count == 1:
        return np.zeros(len(vectors), np.intp)
    places = vectors[:, :count]
    length = np.linalg.norm(places, axis=1, keepdims=True)
    places = places / np.where(length, length, 1.0)
    return np.asarray(KMeans(count, n_init=10, random_state=seed).fit_predict(places), np.intp)
