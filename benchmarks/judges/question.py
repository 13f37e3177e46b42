"""The question that all peers are asked about one network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

Reals = npt.NDArray[np.float64]
Space = Literal["logit", "probability"]


@dataclass(frozen=True, eq=False)
class Question:
    """Why a network scores a picture as it does.

    Attributes:
        network: from pictures (N, 3, H, W), RGB 0-255, to logits (N, C) or (N, C, h, w), in double precision.
        picture: (H, W, 3), RGB 0-255.
        weights: (C,) or (h, w, C): the score is the sum of these times the output.
        layer: the one for class activation maps.
        draws: what is left to chance, by name; see ``benchmarks.judges.draws``.
    """

    network: Any
    picture: Reals
    weights: Reals
    layer: str
    draws: Mapping[str, npt.NDArray[Any]]

    @property
    def tensor(self) -> Any:
        """The picture (1, 3, H, W)."""
        return tensor_of(self.picture[None])

    def scorer(self, space: Space) -> Any:
        """A module from pictures (N, 3, H, W) to scores (N,), in which hooks find all layers."""
        module = nn.ModuleDict({"network": self.network})
        module.forward = lambda pictures: self.weigh(self.network(pictures), space)
        return module

    def weigh(self, logits: Any, space: Space) -> Any:
        """Scores (N,) of logits (N, C, ...)."""
        outputs = logits if space == "logit" else torch.softmax(logits, dim=1)
        weights = torch.from_numpy(np.moveaxis(self.weights, -1, 0).copy())
        return (outputs * weights).flatten(1).sum(dim=1)

    def scores(self, pictures: Reals, space: Space) -> Reals:
        """(N,): scores of pictures (N, H, W, 3)."""
        score = self.scorer(space)
        with torch.no_grad():
            parts = [score(tensor_of(pictures[start : start + 64])) for start in range(0, len(pictures), 64)]
        return np.asarray(torch.cat(parts).numpy())


def tensor_of(pictures: Reals) -> Any:
    """(N, 3, H, W) of pictures (N, H, W, 3)."""
    return torch.from_numpy(np.moveaxis(pictures, -1, 1).copy())


def array_of(tensor: Any) -> Reals:
    """(H, W, 3) of a tensor (1, 3, H, W)."""
    return np.moveaxis(tensor.detach().numpy()[0], 0, -1)


def _cell_mean(picture: Reals, cells: Any) -> Reals:
    means = [picture[cells == cell].mean(axis=0) for cell in range(cells.max() + 1)]
    return np.stack(means)[cells]


FILLS: Mapping[str, Callable[[Reals, Any], Reals]] = {
    "black": lambda picture, cells: np.zeros_like(picture),
    "mean": lambda picture, cells: np.broadcast_to(picture.mean(axis=(0, 1)), picture.shape).copy(),
    "cell mean": _cell_mean,
}
"""What is hidden shows this, (H, W, 3), from the picture and the cell (H, W) of each pixel."""
