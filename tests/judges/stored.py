"""What `python -m benchmarks.judges` has stored: networks, what was asked of them, and the peers' answers."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine import targets

FOLDER = Path(__file__).parent / "answers"
NETWORKS = ("vgg", "residual", "depthwise", "unet")


@dataclass(frozen=True, eq=False)
class Case:
    """A network, a picture, a target, and what peers say of them.

    Attributes:
        about: the steps of the network, the versions of the libraries, and for each answer its method, its
            parameters and its peer.
        arrays: all others by name.
    """

    about: dict[str, Any]
    arrays: dict[str, np.ndarray]

    @property
    def image(self) -> np.ndarray:
        """float32 (H, W, 3), RGB 0-255."""
        return self.arrays["picture"].astype(np.float32)

    @property
    def target(self) -> targets.Target:
        values = self.below("target")
        whole = {name: array if array.ndim else array.item() for name, array in values.items()}
        return getattr(targets, self.about["target"])(**whole)

    @property
    def answers(self) -> dict[str, np.ndarray]:
        """Maps by the name of their answer."""
        return self.below("answer")

    def below(self, folder: str) -> dict[str, np.ndarray]:
        """Arrays whose names begin with that of a folder, without it."""
        head = f"{folder}/"
        return {
            name.removeprefix(head): array for name, array in self.arrays.items() if name.startswith(head)
        }


@cache
def stored_case(network: str) -> Case:
    arrays = _arrays(network)
    return Case(json.loads(str(arrays.pop("about"))), arrays)


@cache
def stored_draws() -> dict[str, np.ndarray]:
    """Noise, masks and superpixels that all peers were given; `benchmarks/judges/draws.py` lists them."""
    return _arrays("draws")


def _arrays(name: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as content:
        return dict(content)
