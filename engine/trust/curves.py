"""Deletion and insertion: what a score does while cells are hidden, or shown, in the order of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Reals
from engine.trust.counts import STEPS
from engine.trust.rankings import counts_of


@dataclass(frozen=True, eq=False)
class Curves:
    """Scores along rankings of the cells (Petsiuk, Das and Saenko 2018, https://arxiv.org/abs/1806.07421).

    Attributes:
        shares: float64 (steps + 1,), share of the cells that are changed, 0 to 1.
        deletion: float64 (R, steps + 1), scores while the first cells are hidden, from the whole image on.
        insertion: float64 (R, steps + 1), scores while only the first cells are shown, from nothing on.
    """

    shares: Reals
    deletion: Reals
    insertion: Reals

    @classmethod
    def of(cls, scores: AnyFloats, whole: float, nothing: float, cells: int) -> Curves:
        """From the scores of ``rankings.curve_masks``.

        Args:
            scores: (R, 2, steps - 1), of the masks that hide and of those that show.
            whole: score of the whole image.
            nothing: score with all cells hidden.
            cells: how many there are.
        """
        steps = scores.shape[-1] + 1
        inner = np.asarray(scores, np.float64)
        ends = np.broadcast_to([[whole, nothing], [nothing, whole]], (len(inner), 2, 2))
        both = np.concatenate([ends[..., :1], inner, ends[..., 1:]], axis=-1)
        return cls(counts_of(cells, steps) / cells, both[:, 0], both[:, 1])

    def only(self, start: int, stop: int) -> Curves:
        """Those of some rankings."""
        return Curves(self.shares, self.deletion[start:stop], self.insertion[start:stop])

    @property
    def deletion_areas(self) -> Reals:
        """float64 (R,): mean score while cells are hidden, by trapezoids; a true map makes it fall early, so
        lower is better.

        Example:
            >>> curves = Curves.of(np.array([[[0.0], [1.0]]]), whole=1.0, nothing=0.0, cells=2)
            >>> curves.deletion_areas.tolist(), curves.insertion_areas.tolist()
            ([0.25], [0.75])
        """
        return np.asarray(np.trapezoid(self.deletion, self.shares, axis=-1))

    @property
    def insertion_areas(self) -> Reals:
        """float64 (R,): mean score while cells are shown; higher is better."""
        return np.asarray(np.trapezoid(self.insertion, self.shares, axis=-1))

    @property
    def drops(self) -> Reals:
        """float64 (R,): area over the deletion curve, the mean of how far the score has fallen after each
        step (AOPC: Samek et al. 2017, https://arxiv.org/abs/1509.06321); higher is better.
        """
        return np.asarray((self.deletion[:, :1] - self.deletion[:, 1:]).mean(axis=-1))


def drops_of_all(own: AnyFloats, whole: AnyFloats, nothing: AnyFloats, orders: int, cells: int) -> Reals:
    """float64 (T,): mean drop of every target's score over the steps of deletion by one map (AOPC).

    The runs that grade the map of one zone are scored under all zones and boundaries, so its row of the
    matrix zones x zones costs nothing more.

    Args:
        own: (runs, T), scores of the map's own pass: the image seen through the map, then the curves.
        whole, nothing: (T,), scores with everything shown, and hidden.
        orders: rankings of the map, which come first.
        cells: how many there are.
    """
    curves = own[1:].reshape(-1, 2, STEPS - 1, own.shape[1])[:orders]
    found = [
        Curves.of(curves[..., target], float(whole[target]), float(nothing[target]), cells).drops.mean()
        for target in range(own.shape[1])
    ]
    return np.array(found)
