"""Settings of a search for a classifier on a pre-trained backbone."""

import math
from dataclasses import dataclass
from pathlib import Path

from engine.errors import VitrineError

SEARCHES = ("hyperband", "bayesian", "random", "none")
"""Of Keras Tuner; `none`: one training with the head as it is."""


class TuneError(VitrineError):
    """A search that cannot be made, in words."""


@dataclass(frozen=True)
class TuneSettings:
    """One search.

    Attributes:
        data: a folder of one folder per class, or a list of images in JSON (`pictures.read_list`).
        out: folder for the model, its labels, its row, its trials and the logs.
        backbone: a key of `training.backbones.BACKBONES`.
        weights: `imagenet`, downloaded by Keras on first use, or `none`: random, and then the backbone is
            learnt too.
        size: side in px of the pictures as the network sees them.
        batch: pictures per step.
        epochs: most passes over the pictures, for the best trials and for the final training.
        factor: Hyperband keeps one of this many trials in each round.
        patience: passes without a better validation loss after which a training stops.
        validation: share of the pictures of each class that is not learnt, 0-1.
        test: share of each class that is asked about once, at the end; 0: none.
        search: a key of `SEARCHES`.
        trials: of a Bayesian or random search.
        classes: folders to take; all where none is named.
        most: pictures of each class, chosen by a hash of their names; 0: all.
        seed: for the split, the search and the weights.
        named: what the data are called; that of their folder where it is empty.
    """

    data: Path
    out: Path
    backbone: str = "efficientnet-lite0"
    weights: str = "imagenet"
    size: int = 160
    batch: int = 32
    epochs: int = 20
    factor: int = 3
    patience: int = 4
    validation: float = 0.2
    test: float = 0.2
    search: str = "hyperband"
    trials: int = 10
    classes: tuple[str, ...] = ()
    most: int = 0
    seed: int = 7
    named: str = ""

    def __post_init__(self) -> None:
        if self.weights not in ("imagenet", "none"):
            raise TuneError(f"Weights are {self.weights!r}; write imagenet or none.")
        if not 0 < self.validation < 1:
            raise TuneError(
                f"The share for validation is {self.validation}; write a number between 0 and 1, such as 0.2."
            )
        if not 0 <= self.test < 1 or self.test + self.validation >= 1:
            raise TuneError("The shares for validation and test must leave something to learn from.")
        if self.search not in SEARCHES:
            raise TuneError(f"The search is {self.search!r}; write one of {', '.join(SEARCHES)}.")
        if min(self.size, self.batch, self.epochs, self.patience, self.trials) < 1 or self.factor < 2:
            raise TuneError(
                "Size, batch, epochs, patience and trials must be at least 1, and factor at least 2."
            )

    @property
    def key(self) -> str:
        """What the run is called: the name of its folder in small letters, digits and dashes."""
        name = self.out.name.lower()
        kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
        return kept.strip("-")[:80] or "run"

    @property
    def most_epochs(self) -> int:
        """Passes over the images to learn from that the search and the final training take at most."""
        trials = {"none": 0, "hyperband": _brackets(self.epochs, self.factor)}
        return trials.get(self.search, self.trials * self.epochs) + self.epochs


def _brackets(epochs: int, factor: int) -> int:
    """Passes of all brackets of Hyperband, each of about as many."""
    brackets = 1 + int(math.log(epochs, factor) + 1e-9)
    return brackets * brackets * epochs
