"""What a segmenter answered on a data set, as counts for each image that has a mask."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from components.data.measured import Measured
from compute.measure.masks import borders_of, matrices_of
from compute.measure.measure import POSITION
from engine.arrays import AnyInts, LongInts, Reals
from engine.evaluation.boundaries import RATIOS, BoundaryCounts
from engine.evaluation.comparing import pair_images
from engine.evaluation.overlaps import OverlapCounts, iou_of, overlap_counts, overlap_counts_of_boundaries
from engine.evaluation.resampling import mean_of_known


@dataclass(frozen=True, eq=False)
class MaskRows:
    """Counts of the N images with a mask.

    Attributes:
        names: the C classes of the model.
        positions: int64 (N,), places of their items.
        matrices: int64 (N, C, C), rows = truth.
        borders: of each image; empty where the model has too many classes for them.
    """

    names: tuple[str, ...]
    positions: LongInts
    matrices: LongInts
    borders: Sequence[BoundaryCounts]

    def __len__(self) -> int:
        return len(self.positions)

    @cached_property
    def overlaps(self) -> OverlapCounts:
        """Pixels of whole zones."""
        return overlap_counts(self.matrices)

    @cached_property
    def boundaries(self) -> dict[float, OverlapCounts]:
        """Pixels of boundaries, by their width as a share of the diagonal; nothing where there are none."""
        if not self.borders:
            return {}
        shares = ("intersection", "union", "truth")
        stacked = [np.stack([getattr(one, name) for one in self.borders]) for name in shares]
        return {
            ratio: overlap_counts_of_boundaries(*(part[:, place] for part in stacked))
            for place, ratio in enumerate(RATIOS)
        }

    @cached_property
    def bands(self) -> dict[float, tuple[LongInts, LongInts]]:
        """Pixels near true borders that are right, and all of them, int64 (N, C) each, by width."""
        if not self.borders:
            return {}
        right, near = (
            np.stack([getattr(one, name) for one in self.borders]) for name in ("band_right", "band")
        )
        return {ratio: (right[:, place], near[:, place]) for place, ratio in enumerate(RATIOS)}

    @cached_property
    def image_ious(self) -> Reals:
        """float64 (N,): of each image the mean IoU over the classes that its mask has; nan without any."""
        return mean_of_known(iou_of(self.overlaps.amounts))[:, 0]

    def of_images(self, rows: AnyInts) -> "MaskRows":
        """The counts of some images."""
        borders = [self.borders[row] for row in rows.tolist()] if self.borders else []
        return MaskRows(self.names, self.positions[rows], self.matrices[rows], borders)


def mask_rows(found: Measured) -> MaskRows:
    """The counts of a model."""
    names = found.facts.labels
    counted = found.table.filter(found.table["cells"].is_valid())
    positions = np.asarray(counted[POSITION].to_numpy(), np.int64)
    return MaskRows(names, positions, matrices_of(counted, len(names)), borders_of(counted, len(names)))


def paired_rows(first: MaskRows, second: MaskRows) -> tuple[MaskRows, MaskRows] | None:
    """The images that both models answered; None where their classes differ, or they share no image."""
    if first.names != second.names:
        return None
    pairs = pair_images(*([str(place) for place in one.positions.tolist()] for one in (first, second)))
    if not len(pairs.first):
        return None
    return first.of_images(pairs.first), second.of_images(pairs.second)
