"""Measures of agreement between the answers of two contestants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.arrays import Floats


@dataclass(frozen=True)
class Measure:
    """A number for each pair of answers, and one for all of them.

    Attributes:
        words: with a place for the number.
        of: the number of one pair, ours and theirs.
        over: the number of all.
    """

    words: str
    of: Callable[[Floats, Floats], float]
    over: Callable[[Sequence[float]], float]

    def said(self, pairs: Sequence[tuple[Floats, Floats]]) -> str:
        """In words, with how many pairs were compared."""
        if not pairs:
            return "nothing in common"
        worth = self.over([self.of(_enlarged(mine, peer.shape), peer) for mine, peer in pairs])
        return f"{self.words.format(worth)}; {len(pairs)} compared"


def _enlarged(values: Floats, shape: tuple[int, ...]) -> Floats:
    """A map at the size of another, bicubic, as TensorFlow enlarges it."""
    if values.ndim != 2 or values.shape == shape:
        return values
    rows, columns = shape
    return np.asarray(Image.fromarray(values).resize((columns, rows), Image.Resampling.BICUBIC))


def _difference(mine: Floats, peer: Floats) -> float:
    return float(np.abs(mine - peer).max() / max(float(np.abs(peer).max()), 1e-12))


def _difference_of_shapes(mine: Floats, peer: Floats) -> float:
    return _difference(*(values / max(float(values.max()), 1e-12) for values in (mine, peer)))


def _rank_correlation(mine: Floats, peer: Floats) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(mine.ravel(), peer.ravel()).statistic)


DIFFERENCE = Measure("largest difference {:.0e} of the maximum", _difference, max)
DIFFERENCE_OF_SHAPES = Measure(
    "largest difference {:.0e}, maps over their maxima", _difference_of_shapes, max
)
RANKS = Measure("rank correlation {:.2f}", _rank_correlation, min)
REACHED = Measure(
    "ours reach {:.2f} times their activation (median)",
    lambda mine, peer: float((mine / np.maximum(peer, 1e-9)).item()),
    np.median,
)
