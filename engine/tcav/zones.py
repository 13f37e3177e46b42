"""How the score of one target of an image changes with what a layer makes of it: zones and boundaries."""

import numpy as np

from engine.arrays import Floats
from engine.concepts.placing import zone_regions
from engine.errors import TargetError
from engine.gradients.run import dense_weights
from engine.model import LoadedModel
from engine.targets import SharedBorderTarget, Target
from engine.tcav.cells import cell_sums


def target_gradients(
    model: LoadedModel, image: Floats, target: Target, layers: tuple[str, ...], side: int
) -> tuple[Floats, ...]:
    """For each layer float32 (1, F): derivatives of a zone's or a boundary's score, see ``gradient_cells``.

    Args:
        model: a segmentation model.
        image: float32 (H, W, 3), at the size at which the model looks.
        target: with masks at the resolution of the model's output.
        layers: names of target layers.
        side: cells of the coarse grid on a side.

    Raises:
        TargetError: the target does not fit the model's output.
        ModelError: there is no such layer.
    """
    if not target.masks:
        raise TargetError("Concepts of an image are tested for its zones and the boundaries between them.")
    shape = (*target.masks[0].shape, len(model.facts.labels))
    found = model.layer_gradients(image[None], dense_weights([target], shape), layers)
    return tuple(gradient_cells(found[layer].gradient[0], target, side) for layer in layers)


def gradient_cells(gradient: Floats, target: Target, side: int) -> Floats:
    """float32 (1, F): what the score gains when a layer holds more of a direction.

    For a zone more of it anywhere, its surroundings included. For a shared boundary more of it in the first
    of the two zones: more of it on either side alike would leave a boundary where it is.

    Args:
        gradient: float32 (h, w, K), of the target's score.
        target: a zone, its boundary, or a shared boundary.
        side: cells of the coarse grid on a side.

    Example:
        >>> from engine.targets import ZoneTarget
        >>> left = ZoneTarget(0, np.array([[True, True, False, False]]))
        >>> both = SharedBorderTarget(left, ZoneTarget(1, ~left.mask))
        >>> gradient = np.array([[[0.0], [0.5], [-0.5], [0.0]]], np.float32)
        >>> gradient_cells(gradient, left, 1).tolist(), gradient_cells(gradient, both, 1).tolist()
        ([[0.0]], [[0.5]])
    """
    if isinstance(target, SharedBorderTarget):
        inside = zone_regions(target.zone_a.mask, gradient.shape[:2]) == 0
        gradient = gradient * inside[..., None]
    return cell_sums(np.asarray(gradient, np.float32)[None], side)
