"""Superpixels on a picture: those that are shown, those that may be chance, and their borders."""

import numpy as np

from engine.arrays import AnyInts, Bools, Floats, Ints, Pixels
from engine.explanation import Explanation, Parts
from engine.visualise.inks import ink
from engine.visualise.render import Scale

EDGE, FAINT_EDGE, HATCH = (250, 250, 250, 140), (250, 250, 250, 44), (250, 250, 250, 190)
"""Red, green, blue and opacity of the borders of parts that are shown, of other borders, and of hatching."""

NAMED = 24
"""Parts that a chart names, and whose number stands on the picture."""

HATCH_PX = 5
"""Pixels from one line of the hatching to the next."""


def survives(parts: Parts) -> Bools:
    """Parts that surely have a weight, bool (P,); none where nobody has tested that."""
    return np.zeros(parts.weights.shape, bool) if parts.sure is None else parts.sure


def shown(parts: Parts, number: int, sign: str = "both") -> Bools:
    """The parts with the greatest weights, bool (P,); those without a weight are never shown.

    Args:
        parts: superpixels and their weights.
        number: at most so many.
        sign: "positive" for parts that speak for the target, "negative" for those against it, or "both".
    """
    size = {"both": np.abs(parts.weights), "positive": parts.weights, "negative": -parts.weights}[sign]
    greatest = np.argsort(-size, kind="stable")[:number]
    chosen = np.zeros(len(size), bool)
    chosen[greatest] = size[greatest] > 0
    return chosen


def hatched(parts: Parts, chosen: Bools) -> Bools:
    """Parts that are shown, and of which nobody knows that they are no chance, bool (P,)."""
    return chosen & ~survives(parts)


def chosen_parts(explanation: Explanation) -> Bools:
    """The superpixels that the parameters of a map ask for, bool (P,)."""
    assert explanation.parts is not None
    params = explanation.params
    return shown(explanation.parts, int(params["shown"]), str(params["sign"]))


def strongest(parts: Parts) -> AnyInts:
    """Indices of the parts with the greatest weights, the greatest first: those that a chart names."""
    return np.argsort(-np.abs(parts.weights), kind="stable")[:NAMED]


def anchors(labels: Ints) -> Floats:
    """Where the name of each part can stand: the pixel of the part that is nearest to its middle.

    Args:
        labels: int (H, W), parts 0 to P - 1.

    Returns:
        float32 (P, 2): row and column of that pixel's middle, as shares of height and width.
    """
    flat, shape = labels.ravel(), labels.shape
    places = (np.indices(shape).reshape(2, -1).T + 0.5) / shape
    counts = np.maximum(np.bincount(flat), 1)
    middles = np.stack([np.bincount(flat, places[:, axis]) / counts for axis in range(2)], axis=1)
    far = np.square((places - middles[flat]) * shape).sum(axis=1)
    order = np.lexsort((far, flat))
    first = np.searchsorted(flat[order], np.arange(len(counts)))
    return places[order[np.minimum(first, len(order) - 1)]].astype(np.float32)


def part_inks(parts: Parts, chosen: Bools, scale: Scale, flat: bool = False) -> Pixels:
    """uint8 (H, W, 4): the chosen parts in the colours and opacities of their weights, hatched where they may
    be chance, and the borders of all, at the size of the labels.
    """
    labels, transparent = parts.labels, np.zeros(4, np.uint8)
    inks = np.where(chosen[:, None], ink(parts.weights, scale, flat), transparent)[labels]
    diagonals = np.add.outer(*(np.arange(side) for side in labels.shape))
    inks[hatched(parts, chosen)[labels] & (diagonals % HATCH_PX == 0)] = HATCH
    for borders, colour in zip(_borders(labels, chosen[labels]), (FAINT_EDGE, EDGE), strict=True):
        inks[borders] = colour
    return inks


def _borders(labels: Ints, seen: Bools) -> tuple[Bools, Bools]:
    """Pixels of another part than their neighbour on the right or below, bool (H, W): all, and those where
    one of the two is shown.
    """
    borders, beside_seen = np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        apart = labels[here] != labels[there]
        borders[here] |= apart
        beside_seen[here] |= apart & (seen[here] | seen[there])
    return borders, beside_seen
