"""Parity test of backends: does another way to run a network give the answers of TensorFlow?"""

from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from engine.arrays import Floats
from engine.model import Space
from engine.phrase import Phrase, later
from model_store.backends.openvino_forward import Precision
from model_store.base.trials import one_hidden_each

Forward = Callable[[Floats, Space], Floats]
DIFFERENT = later("its probabilities differ by up to {difference:.2g}")
OTHERWISE = later("its maps rank cells differently (correlation {correlation:.3f})")

LARGEST_DIFFERENCE = 1e-3
"""Of a probability, in single precision."""

SMALLEST_CORRELATION = 0.99
"""Of maps, rank by rank, in half precision."""


def disagreement(
    wanted: Forward, other: Forward, pictures: Floats, precision: Precision
) -> tuple[float, str]:
    """How far two ways to run a network are apart.

    In single precision all probabilities have to be equal to 0.001. In half precision they may differ by
    more, but the map of what hiding each of 8 x 8 cells does to the best class has to rank the cells in the
    same way.

    Args:
        wanted, other: both ways.
        pictures: float32 (N, H, W, 3), RGB 0-255.
        precision: of the other one.

    Returns:
        the largest difference of a probability, and a reason not to use the other way; empty where there is
        none.
    """
    difference = float(np.abs(wanted(pictures, "probability") - other(pictures, "probability")).max())
    if not np.isfinite(difference):
        return difference, Phrase("its answers are not finite")
    if precision == "f32":
        return difference, "" if difference <= LARGEST_DIFFERENCE else Phrase(
            DIFFERENT, difference=difference
        )
    correlation = float(
        spearmanr(*(hiding_map(forward, pictures[0]) for forward in (wanted, other))).statistic
    )
    return difference, "" if correlation >= SMALLEST_CORRELATION else Phrase(
        OTHERWISE, correlation=correlation
    )


def hiding_map(forward: Forward, picture: Floats) -> Floats:
    """(cells,): logit of the class that is the best one for the whole picture (H, W, 3), with each cell
    hidden in turn.
    """
    best = _mean(forward(picture[None], "logit"))[0].argmax()
    hidden = one_hidden_each(picture)
    return np.concatenate(
        [_mean(forward(hidden[first : first + 8], "logit"))[:, best] for first in range(0, len(hidden), 8)]
    )


def _mean(outputs: Floats) -> Floats:
    """(N, C): logits (N, C) or (N, h, w, C), over the places."""
    return outputs if outputs.ndim == 2 else outputs.mean(axis=(1, 2))
