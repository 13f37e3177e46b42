"""What is asked of each network: a picture, and a target that is linear in the output."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.judges.question import Reals, Space, tensor_of
from benchmarks.judges.shapes import draw_scenes

SCENES, SURE, ZONE = 64, (0.5, 0.9), 0.05
"""Pictures to choose from; probability of the best class of the chosen one; least share of zones in it."""


class Target(NamedTuple):
    """A target as Vitrine makes it.

    Attributes:
        kind: name of the class in ``engine.targets``.
        values: its attributes.
        weights: (C,) or (h, w, C) on the output.
    """

    kind: str
    values: Mapping[str, Any]
    weights: Reals


class Task(NamedTuple):
    """What is asked of a network.

    Attributes:
        target: from probabilities of the picture, (C,) or (h, w, C).
        space: what methods that hide parts of the picture look at.
    """

    target: Callable[[Reals], Target]
    space: Space


def choose_picture(network: Any, seed: int) -> tuple[npt.NDArray[np.uint8], Reals]:
    """The first picture (H, W, 3) of which the network is sure, but not quite, and its probabilities.

    Of a segmentation the one with a zone besides the background.
    """
    pictures = draw_scenes(seed, SCENES).pictures
    outputs = torch.softmax(network(tensor_of(pictures.astype(np.float64))), dim=1).numpy()
    probabilities = np.moveaxis(outputs, 1, -1)
    fits = [_is_telling(one) for one in probabilities]
    chosen = fits.index(True)
    return pictures[chosen], probabilities[chosen]


def _is_telling(probabilities: Reals) -> bool:
    if probabilities.ndim == 3:
        return bool((probabilities.argmax(axis=-1) > 0).mean() > ZONE)
    return bool(SURE[0] < probabilities.max() < SURE[1])


def _best(probabilities: Reals) -> Target:
    index = int(probabilities.argmax())
    return Target("ClassTarget", {"index": index}, np.eye(len(probabilities))[index])


def _second(probabilities: Reals) -> Target:
    index = int(probabilities.argsort()[-2])
    return Target("ClassTarget", {"index": index}, np.eye(len(probabilities))[index])


def _best_rather_than_second(probabilities: Reals) -> Target:
    best, second = _best(probabilities), _second(probabilities)
    values = {"index": best.values["index"], "versus": second.values["index"]}
    return Target("ClassContrast", values, best.weights - second.weights)


def _zone(probabilities: Reals) -> Target:
    """All pixels of the most frequent class besides the background."""
    answer = probabilities.argmax(axis=-1)
    index = int(np.bincount(answer[answer > 0]).argmax())
    mask = answer == index
    weights = np.zeros(probabilities.shape)
    weights[mask, index] = 1 / mask.sum()
    return Target("ZoneTarget", {"class_index": index, "mask": mask}, weights)


TASKS: Mapping[str, Task] = {
    "vgg": Task(_best, "probability"),
    "residual": Task(_best_rather_than_second, "logit"),
    "depthwise": Task(_second, "probability"),
    "unet": Task(_zone, "probability"),
}
"""By network."""
