"""Settings of a search for a classifier on a pre-trained backbone."""

from dataclasses import dataclass
from pathlib import Path

from engine.errors import VitrineError


class TuneError(VitrineError):
    """A search that cannot be made, in words."""


@dataclass(frozen=True)
class TuneSettings:
    """One search.

    Attributes:
        data: a folder of one folder per class.
        out: folder for the model, its labels, the report, the plots and the logs.
        backbone: a key of `training.tune.backbones.BACKBONES`.
        weights: `imagenet`, downloaded by Keras on first use, or `none`: random, and then the backbone is
            learnt too.
        size: side in px of the pictures as the network sees them.
        batch: pictures per step.
        epochs: most passes over the pictures, for the best trials and for the final training.
        factor: Hyperband keeps one of this many trials in each round.
        patience: passes without a better validation loss after which a training stops.
        validation: share of the pictures of each class that is not learnt, 0-1.
        seed: for the split, the search and the weights.
    """

    data: Path
    out: Path
    backbone: str = "MobileNetV2"
    weights: str = "imagenet"
    size: int = 160
    batch: int = 32
    epochs: int = 20
    factor: int = 3
    patience: int = 4
    validation: float = 0.2
    seed: int = 7

    def __post_init__(self) -> None:
        if self.weights not in ("imagenet", "none"):
            raise TuneError(f"Weights are {self.weights!r}; write imagenet or none.")
        if not 0 < self.validation < 1:
            raise TuneError(
                f"The share for validation is {self.validation}; write a number between 0 and 1, such as 0.2."
            )
        if min(self.size, self.batch, self.epochs, self.patience) < 1 or self.factor < 2:
            raise TuneError("Size, batch, epochs and patience must be at least 1, and factor at least 2.")
