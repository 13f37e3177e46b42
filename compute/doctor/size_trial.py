"""Trial of a size: a model that takes any is tried at the size at which it is going to look at pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from compute.doctor.examined_model import ExaminedModel
from compute.worker.workbench import measure_speed
from engine.arrays import Floats
from engine.errors import ModelError
from engine.model import INPUT, LoadedModel, Task
from model_store.base.entries import FixedSize
from model_store.base.folders import reason_of
from model_store.loading.in_memory import model_in_memory
from model_store.loading.inspection import Inspection

SizeHW = tuple[int, int]

SIDES: Mapping[Task, int] = {"classification": 224, "segmentation": 512}
"""Side in pixels of the trial picture where a model takes any."""
LARGEST_SIDE = 2048


@dataclass(frozen=True)
class SizeTrial:
    """What a model does at a size.

    Attributes:
        size_hw: height and width of its pictures in pixels.
        seconds: of one of them on this machine, on TensorFlow unless it only answers.
    """

    size_hw: SizeHW
    seconds: float


def trial_size(inspection: Inspection, wanted_hw: SizeHW | None = None) -> SizeHW:
    """The size that a network takes; where it takes any, the wanted or the usual one.

    Raises:
        ModelError: it is too large to explain anything.
    """
    usual = SIDES[inspection.task]
    pairs = zip(inspection.size_hw, wanted_hw or (usual, usual), strict=True)
    height, width = (fixed or other for fixed, other in pairs)
    if max(height, width) > LARGEST_SIDE:
        raise ModelError(
            "The model works on {height} x {width} pixels; at most 2048 on a side can be explained.",
            height=height,
            width=width,
        )
    return height, width


def largest_trial(tried: ExaminedModel, wanted_hw: SizeHW | None, gradients: bool) -> SizeTrial:
    """The trial at the wanted size if it has more pixels than the usual one, else at that.

    Args:
        tried: the model at the usual size.
        wanted_hw: of the largest pictures that it is to look at.
        gradients: whether it has any; they take the most memory of all that is done with a model.

    Raises:
        ModelError: it does not run at that size.
    """
    size_hw = trial_size(tried.inspection, wanted_hw)
    if prod(size_hw) <= prod(tried.size_hw):
        return _timed(tried.model, tried.size_hw)
    try:
        model = model_in_memory(tried.model.facts, FixedSize(*size_hw), tried.tried.network)
        if gradients:
            input_gradient(model, size_hw)
        return _timed(model, size_hw)
    except MemoryError:
        raise
    except Exception as error:  # TensorFlow raises many kinds where sizes do not fit each other
        raise ModelError(
            "The model does not run on images of {height} x {width} pixels: {reason}. Please "
            "select another size.",
            height=size_hw[0],
            width=size_hw[1],
            reason=reason_of(error),
        ) from error


def input_gradient(model: LoadedModel, size_hw: SizeHW) -> Floats:
    """The gradient of a score by a picture of noise."""
    noise = np.random.default_rng(1).uniform(0, 1, (1, *size_hw, 3)).astype(np.float32)
    weights = np.zeros(model.score_batch(noise, "logit").shape, np.float32)
    weights[..., 0], weights[..., 1] = 1, -1
    return model.layer_gradients(noise, weights, (INPUT,))[INPUT].gradient


def _timed(model: LoadedModel, size_hw: SizeHW) -> SizeTrial:
    return SizeTrial(size_hw, measure_speed(model, np.full((*size_hw, 3), 0.5, np.float32)))
