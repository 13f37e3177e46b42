"""Size of a benchmark: all that is promised, or as little as shows that it works."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Effort:
    """Numbers that decide how long it takes.

    Attributes:
        model: segmentation model of the races for zones.
        grid: rows and columns of cells.
        designs: of the Sobol races.
        rounds: laps of each contestant.
        masks: of RISE.
        samples: of LIME.
        filters: pictures of a sheet.
        designs_of_curves: of the scaling curves; the other points are multiples.
        points: of a scaling curve, at most.
    """

    model: str = "streets-segformer"
    grid: int = 8
    designs: int = 32
    rounds: int = 3
    masks: int = 1024
    samples: int = 1000
    filters: int = 64
    designs_of_curves: int = 8
    points: int = 4

    @classmethod
    def of(cls, options: argparse.Namespace) -> Effort:
        """What was asked for on the command line; what was not is as promised, or small."""
        asked = {
            name: getattr(options, name)
            for name in ("model", "grid", "designs", "rounds")
            if getattr(options, name) is not None
        }
        return replace(QUICK if options.quick else cls(), **asked)


QUICK = Effort(grid=4, designs=8, rounds=1, masks=256, samples=200, filters=8, points=2)
