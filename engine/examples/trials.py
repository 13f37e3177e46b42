"""What a model answers while some cells are hidden, and whether that is another answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import AnyFloats, Bools, Floats
from engine.errors import TargetError
from engine.targets import ClassContrast, ClassTarget, Target, ZoneTarget

HALF = 0.5
"""A zone has lost its class when less than this share of its pixels keeps it."""

Hidden = frozenset[int]
"""Numbers of the cells that are hidden."""


@dataclass(frozen=True)
class CellTrial:
    """The model's answer to an image with some cells hidden.

    Attributes:
        changed: whether it is another answer.
        margin: probability of the class that is explained less that of its best rival, -1 to 1; of a zone the
            mean over its pixels.
        kept: share of the zone's pixels that keep its class, 0-1; of a class 1 or 0.
        answer: index of the class that wins now; of a zone that lost its class, where another one wins.
        probability: of that class, 0-1; of a zone the mean over the pixels where it wins.
    """

    changed: bool
    margin: float
    kept: float
    answer: int
    probability: float


Judge = Callable[[Floats], CellTrial]
"""Reads a trial off one output of the model, probabilities (C,) or (h, w, C)."""


def judge_of(target: Target) -> Judge:
    """What tells whether the answer about a target has changed.

    A class: another one wins. "One rather than another": the other is at least as probable. A zone: fewer
    than half of its pixels keep its class.

    Raises:
        TargetError: the target has no class that could change.

    Example:
        >>> judge = judge_of(ClassTarget(1))
        >>> judge(np.array([0.2, 0.7, 0.1])).changed, judge(np.array([0.6, 0.3, 0.1])).answer
        (False, 0)
    """
    judges: dict[type[Target], Callable[..., Judge]] = {
        ClassTarget: lambda one: lambda output: class_trial(output, one.index, None),
        ClassContrast: lambda one: lambda output: class_trial(output, one.index, one.versus),
        ZoneTarget: lambda one: lambda output: zone_trial(output, one.class_index, one.mask),
    }
    made = judges.get(type(target))
    if made is None:
        raise TargetError("A boundary has no class that could change. Please ask about a zone or a class.")
    return made(target)


def class_trial(output: AnyFloats, index: int, versus: int | None = None) -> CellTrial:
    """Of a classifier's probabilities (C,).

    Args:
        output: probabilities of one image.
        index: class that is explained.
        versus: the rival; all others where it is None.
    """
    winner, own = int(np.argmax(output)), float(output[index])
    rival = float(np.delete(output, index).max()) if versus is None else float(output[versus])
    changed = winner != index if versus is None else rival >= own
    return CellTrial(changed, own - rival, float(not changed), winner, float(output[winner]))


def zone_trial(output: AnyFloats, index: int, mask: Bools) -> CellTrial:
    """Of a segmenter's probabilities (h, w, C), about a zone (h, w) of a class.

    Example:
        >>> output = np.array([[[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]])
        >>> trial = zone_trial(output, 0, np.ones((1, 3), bool))
        >>> trial.changed, round(trial.kept, 2), trial.answer
        (True, 0.33, 1)
    """
    pixels = output[mask]
    winners = np.argmax(pixels, axis=-1)
    kept = float((winners == index).mean())
    rivals = np.delete(pixels, index, axis=-1).max(axis=-1)
    changed = kept < HALF
    most = int(np.bincount(winners[winners != index]).argmax()) if changed else index
    margin = float((pixels[:, index] - rivals).mean())
    return CellTrial(changed, margin, kept, most, float(pixels[winners == most, most].mean()))


def masks_of(hidden: Sequence[Hidden], cells: int) -> Floats:
    """float32 (N, cells): 0 for each hidden cell, 1 for the others.

    Example:
        >>> masks_of([frozenset({1})], 3).tolist()
        [[1.0, 0.0, 1.0]]
    """
    masks = np.ones((len(hidden), cells), np.float32)
    for row, one in zip(masks, hidden, strict=True):
        row[list(one)] = 0
    return masks
