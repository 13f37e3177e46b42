"""Names of the layers that a gradient method reads: their own, or that of a group."""

from collections.abc import Sequence

from engine.errors import ModelError
from engine.model import TargetLayer

BEST, USUAL, ALL = "", "usual", "all"
"""In place of a layer's name: the best one, those that are worth looking at, every one."""


def choose_target_layers(target_layers: Sequence[TargetLayer], layers: Sequence[str]) -> tuple[str, ...]:
    """Names of layers, each once, from input to output.

    Args:
        target_layers: of the model.
        layers: names, or ``BEST``, ``USUAL``, ``ALL``.

    Raises:
        ModelError: there is no such layer; the sentence names those that there are.

    Example:
        >>> known = (TargetLayer("early", 8), TargetLayer("late", 64, best=True))
        >>> choose_target_layers(known, [BEST]), choose_target_layers(known, ["late", "early", "late"])
        (('late',), ('early', 'late'))
    """
    groups = {
        BEST: {target_layer.name for target_layer in target_layers if target_layer.best},
        USUAL: {
            target_layer.name for target_layer in target_layers if target_layer.usual or target_layer.best
        },
        ALL: {target_layer.name for target_layer in target_layers},
    }
    known = ", ".join(target_layer.name for target_layer in target_layers) or "none"
    for name in layers:
        if not groups.get(name, {name} & groups[ALL]):
            raise ModelError(
                "There is no layer {name!r} that can be inspected; there are: {known}.",
                name=name or "best",
                known=known,
            )
    chosen = set().union(*(groups.get(name, {name}) for name in layers))
    return tuple(target_layer.name for target_layer in target_layers if target_layer.name in chosen)
