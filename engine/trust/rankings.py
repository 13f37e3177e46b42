"""Rankings of cells, and the masks that hide or show them in turn."""

import numpy as np

from engine.arrays import Floats, Ints, Reals
from engine.errors import ParamsError
from engine.trust.counts import STEPS

TIES = 8
"""Orders in which equal cells are ranked."""
WIDTH = 3
"""Digits of a cell's number in a text."""


def rankings(values: Reals, orders: int = TIES, seed: int = 0) -> Ints:
    """int32 (orders, cells): cells from the highest value to the lowest; equal values in an order of chance,
    another one each time. A single order where no two are equal.

    Args:
        values: (cells,), finite.
        orders: at most.
        seed: of the chance.

    Example:
        >>> rankings(np.array([1.0, 3.0, 2.0])).tolist()
        [[1, 2, 0]]
        >>> rankings(np.array([0.0, 3.0, 0.0]), orders=2).shape
        (2, 3)
    """
    rng = np.random.default_rng(seed)
    count = orders if len(np.unique(values)) < len(values) else 1
    chance = rng.random((count, len(values)))
    return np.stack([np.lexsort((each, -values)) for each in chance]).astype(np.int32)


def counts_of(cells: int, steps: int = STEPS) -> Ints:
    """int32 (steps + 1,): how many cells are changed at each step, from none to all.

    Example:
        >>> counts_of(4, 2).tolist()
        [0, 2, 4]
    """
    return np.round(np.linspace(0, cells, steps + 1)).astype(np.int32)


def curve_masks(ranked: Ints, steps: int = STEPS) -> Floats:
    """float32 (R, 2, steps - 1, cells): for each ranking (R, cells) the masks that hide its first cells, and
    those that show nothing else, without the two ends.

    Example:
        >>> curve_masks(np.array([[1, 0]], np.int32), steps=2)[0, :, 0].tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    cells = ranked.shape[1]
    place = np.empty_like(ranked)
    np.put_along_axis(place, ranked, np.arange(cells, dtype=np.int32)[None], axis=1)
    changed = place[:, None] < counts_of(cells, steps)[1:-1, None]
    return np.stack([~changed, changed], axis=1).astype(np.float32)


def rankings_text(ranked: Ints) -> str:
    """Rankings as one text, as parameters of a pass have them.

    Example:
        >>> rankings_text(np.array([[1, 0], [0, 1]]))
        '001000 000001'
    """
    return " ".join("".join(f"{cell:0{WIDTH}d}" for cell in order) for order in ranked.tolist())


def from_text(text: str, cells: int) -> Ints:
    """The rankings (R, cells) of a text.

    Raises:
        ParamsError: they are no rankings of so many cells.

    Example:
        >>> from_text("001000", cells=2).tolist()
        [[1, 0]]
    """
    parts = text.split()
    if not all(part.isascii() and part.isdigit() and len(part) == WIDTH * cells for part in parts):
        raise ParamsError("These are no rankings of {cells} cells.", cells=cells)
    found = [[int(part[at : at + WIDTH]) for at in range(0, len(part), WIDTH)] for part in parts]
    ranked = np.array(found, np.int32).reshape(len(parts), cells)
    if not (np.sort(ranked, axis=1) == np.arange(cells)).all():
        raise ParamsError("These are no rankings of {cells} cells.", cells=cells)
    return ranked
