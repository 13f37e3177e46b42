"""Names of the layers that a gradient method reads: their own, or that of a group."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import ModelError
from engine.model import Tap

BEST, USUAL, ALL = "", "usual", "all"
"""In place of a layer's name: the best one, those that are worth looking at, every one."""


def choose_taps(taps: Sequence[Tap], layers: Sequence[str]) -> tuple[str, ...]:
    """Names of layers, each once, from input to output.

    Args:
        taps: of the model.
        layers: names, or ``BEST``, ``USUAL``, ``ALL``.

    Raises:
        ModelError: there is no such layer; the sentence names those that there are.

    Example:
        >>> taps = (Tap("early", 8), Tap("late", 64, best=True))
        >>> choose_taps(taps, [BEST]), choose_taps(taps, ["late", "early", "late"])
        (('late',), ('early', 'late'))
    """
    groups = {
        BEST: {tap.name for tap in taps if tap.best},
        USUAL: {tap.name for tap in taps if tap.usual or tap.best},
        ALL: {tap.name for tap in taps},
    }
    known = ", ".join(tap.name for tap in taps) or "none"
    for name in layers:
        if not groups.get(name, {name} & groups[ALL]):
            raise ModelError(
                "There is no layer {name!r} that can be looked at; there are: {known}.",
                name=name or "best",
                known=known,
            )
    chosen = set().union(*(groups.get(name, {name}) for name in layers))
    return tuple(tap.name for tap in taps if tap.name in chosen)
