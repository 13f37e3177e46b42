"""Which rows a table of transfer has: those that are asked for, or those of note 004."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from compute.transfer.grids import Pooling, Representation
from engine.errors import TransferError
from engine.transfer.preparing import PreparationParams
from engine.transfer.table import CLASSIFIERS, TransferSetting

NOTE = "note-004"
SHARE = 0.95
"""Of the variance, in the grid of the note."""


@dataclass(frozen=True)
class GridRows:
    """Rows that share their features.

    Attributes:
        what: the features.
        settings: one for each row.
    """

    what: Representation
    settings: tuple[TransferSetting, ...]


def note_grid(layers: Sequence[str]) -> tuple[GridRows, ...]:
    """The table of a student's note on VGG16, for any network: kernels and C on the last pooling, then two
    depths with places, as they are, after a maximum of four, and with PCA.

    Args:
        layers: names of the target layers, the last one last.

    Raises:
        TransferError: there are fewer than two.
    """
    if len(layers) < 2:
        raise TransferError("The grid needs two target layers; this model has {count}.", count=len(layers))
    before, last = layers[-2:]
    tuned = tuple(TransferSetting(key) for key in CLASSIFIERS)
    components = tuple(_with_pca(key) for key in ("linear", "rbf"))
    linear = TransferSetting("linear")
    return (
        GridRows(Representation(last), (TransferSetting("linear", strength=1.0), *tuned, *components)),
        GridRows(Representation(last, "max"), (linear, _with_pca("linear"), _with_pca("rbf"))),
        GridRows(Representation(before, "max"), (linear, _with_pca("linear"))),
        GridRows(Representation(before, "flat"), (linear,)),
    )


def _with_pca(key: str) -> TransferSetting:
    return TransferSetting(key, PreparationParams(pca=SHARE))


@dataclass(frozen=True)
class GridWords:
    """Rows as they were typed.

    Attributes:
        classifiers: keys of ``CLASSIFIERS``; all where none is named.
        shares: of the variance that PCA keeps; 0: no PCA.
        strength: C; None: chosen by cross-validation.
        pooling: what is made of the places of a layer.
        standardise: each feature has mean 0 and standard deviation 1.
    """

    classifiers: tuple[str, ...] = ()
    shares: tuple[float, ...] = (0.0,)
    strength: float | None = None
    pooling: str = "mean"
    standardise: bool = False

    def rows(self, layers: Sequence[str]) -> tuple[GridRows, ...]:
        """The rows for some layers.

        Raises:
            TransferError: a word does not fit.
        """
        if self.pooling not in get_args(Pooling):
            known = ", ".join(get_args(Pooling))
            raise TransferError(
                "Pooling is one of {known}; received {word!r}.", known=known, word=self.pooling
            )
        settings = tuple(
            TransferSetting(key, PreparationParams(True, self.standardise, share or None), self.strength)
            for share in self.shares
            for key in self.classifiers or CLASSIFIERS
        )
        return tuple(GridRows(Representation(layer, self.pooling), settings) for layer in layers)  # type: ignore[arg-type]
