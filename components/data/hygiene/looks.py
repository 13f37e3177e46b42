"""How the images of a data set look: measured once, whatever models are asked."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from components.data.choice import DataChoice
from components.data.measured import measure_order, measures_of
from compute.measure.looks import HASH, ImageLooks
from compute.measure.measure import POSITION
from engine.arrays import Hashes, LongInts, Reals

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class LooksTable:
    """Looks of the images that can be read.

    Attributes:
        places: int64 (N,), of their items.
        table: the columns of ``ImageLooks``.
    """

    places: LongInts
    table: "pa.Table"

    def numbers(self, column: str) -> Reals:
        """A column of numbers, float64 (N,)."""
        return np.asarray(self.table[column].to_numpy(), np.float64)

    @property
    def hashes(self) -> Hashes:
        """Perceptual hashes, uint64 (N,)."""
        return np.asarray(self.table[HASH].to_numpy(), np.uint64)


def looks_of(choice: DataChoice, everywhere: bool = False) -> LooksTable | None:
    """Looks of the images that are chosen, or of all parts; None while they are measured, and then the page
    shows how far.
    """
    asked = replace(choice, split=None) if everywhere else choice
    views = measures_of(asked, [measure_order(ImageLooks(choice.refs[0]), asked)])
    if views is None:
        return None
    table = views[0].table()
    seen = table.filter(table["error"].is_null())
    return LooksTable(np.asarray(seen[POSITION].to_numpy(), np.int64), seen)
