"""A target of an earlier explanation among those of a new prediction."""

from collections.abc import Callable
from typing import Any

import numpy as np

from compute.work.predict import Prediction
from engine.errors import TargetError
from engine.phrase import later
from engine.target_sets import TargetIndex
from engine.targets import BorderTarget, ClassContrast, ClassTarget, SharedBorderTarget, Target, ZoneTarget

LEAST_OVERLAP = 0.5
"""Share of two zones that is common to both, from which they are taken for the same."""

GONE = later("{label} cannot be found again: the model now divides the image differently.")


def find_again(target: Target, prediction: Prediction) -> TargetIndex:
    """What stands for a target in ``prediction.targets``: for a zone that of its class where it lay.

    Raises:
        TargetError: there is no such class or zone any more.
    """
    find = _FINDERS.get(type(target))
    if find is None:
        raise TargetError("{kind} cannot be explained again.", kind=type(target).__name__)
    wanted = find(target, prediction)
    prediction.targets.wanted(wanted)
    return wanted


def _zone(target: ZoneTarget, prediction: Prediction) -> int:
    zones = prediction.zones
    if zones is None or zones.labels.shape != target.mask.shape:
        raise TargetError(GONE, label=target.label)
    under = np.bincount(zones.labels[target.mask], minlength=len(zones.zones))
    sizes = np.bincount(zones.labels.ravel(), minlength=len(zones.zones))
    of_class = [zone.class_index == target.class_index for zone in zones.zones]
    overlap = under / (sizes + target.mask.sum() - under) * of_class
    best = int(np.argmax(overlap))
    if overlap[best] < LEAST_OVERLAP:
        raise TargetError(GONE, label=target.label)
    return best


def _shared(target: SharedBorderTarget, prediction: Prediction) -> int:
    return prediction.targets.shared_border(
        _zone(target.zone_a, prediction), _zone(target.zone_b, prediction)
    )


_FINDERS: dict[type[Target], Callable[[Any, Prediction], TargetIndex]] = {
    ClassTarget: lambda target, _prediction: target.index,
    ClassContrast: lambda target, _prediction: (target.index, target.versus),
    ZoneTarget: _zone,
    BorderTarget: lambda target, prediction: prediction.targets.border(_zone(target.zone, prediction)),
    SharedBorderTarget: _shared,
}
