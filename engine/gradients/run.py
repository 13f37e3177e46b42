"""The gradient pass: one forward and one backward of each target answer for every layer and every method."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.errors import ModelError
from engine.gradients.params import DIRECTIONS, Direction
from engine.gradients.table import ROWS
from engine.model import LayerGradients, LoadedModel
from engine.targets import Target

TARGETS_AT_ONCE = 2
KEYS: tuple[str, ...] = tuple(method.key for method in ROWS)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What layers say about N targets, before the ReLU.

    Attributes:
        layers: for each target layer float32 (N, methods, 2, h, w): methods in the order of ``KEYS``, then
            for and against.
    """

    layers: Mapping[str, Floats]

    def of(self, place: int, target_layer: str, method: str, direction: Direction) -> Floats:
        """float32 (h, w): evidence of one target at one layer."""
        return self.layers[target_layer][place, KEYS.index(method), DIRECTIONS.index(direction)]


def dense_weights(targets: Sequence[Target], shape: tuple[int, ...]) -> Floats:
    """float32 (N, *shape): each target as weights on every number of one output of this shape.

    Raises:
        TargetError: a target does not fit this output.

    Example:
        >>> from engine.targets import ClassContrast, ClassTarget
        >>> dense_weights([ClassTarget(1), ClassContrast(2, 0)], (3,)).tolist()
        [[0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]]
    """
    weights = np.zeros((len(targets), int(np.prod(shape))), np.float32)
    for row, target in zip(weights, targets, strict=True):
        np.add.at(row, *target.entries(shape))
    return weights.reshape(len(targets), *shape)


def run_gradients(
    model: LoadedModel, image: Floats, weights: Floats, target_layers: Sequence[str]
) -> Evidence:
    """Run the pass: activations and gradients are read at once and never kept.

    Args:
        model: the model.
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.
        weights: float32 (N, *output) of N targets on the logits; see ``dense_weights``.
        target_layers: names of layers.

    Raises:
        ModelError: there is no such layer, or a gradient is not a number.
    """
    parts: dict[str, list[Floats]] = {target_layer: [] for target_layer in target_layers}
    for start in range(0, len(weights), TARGETS_AT_ONCE):
        some = weights[start : start + TARGETS_AT_ONCE]
        seen = model.layer_gradients(np.repeat(image[None], len(some), axis=0), some, target_layers)
        for target_layer in target_layers:
            parts[target_layer].extend(_read_layer(target_layer, seen.pop(target_layer)))
    return Evidence({target_layer: np.stack(found) for target_layer, found in parts.items()})


def _read_layer(target_layer: str, seen: LayerGradients) -> Iterator[Floats]:
    """For each picture float32 (methods, 2, h, w)."""
    for activation, gradient in zip(seen.activation, seen.gradient, strict=True):
        found = np.array(
            [[method.evidence(activation, signed) for signed in (gradient, -gradient)] for method in ROWS],
            np.float32,
        )
        if not np.isfinite(found).all():
            raise ModelError(
                "The gradient at the layer {layer} is not a number: this model cannot be explained there.",
                layer=target_layer,
            )
        yield found
