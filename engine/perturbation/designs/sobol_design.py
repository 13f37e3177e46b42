"""Replicated, scrambled Sobol designs for total indices (Saltelli et al. 2010).

A design of one row needs d + 2 runs: one point A, one point B, and for each dimension i the point C_i, which
is A with coordinate i taken from B. The rows of several independently scrambled Sobol sequences (Owen 1998,
https://doi.org/10.1006/jcom.1998.0487) are interleaved, so that every prefix of the runs holds about the same
share of every replicate: there is a map early, and its spread is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import qmc

from engine.arrays import AnyFloats, Bools, Floats, Indices, Reals
from engine.perturbation.designs.cells import GridCells


@dataclass(frozen=True, eq=False)
class Rows:
    """Finished rows of a design.

    Attributes:
        a, b: float64 (n,), scores at A and at B.
        c: float64 (n, d), scores at C_i.
        replicate: (n,), replicate of each row.
        steps: float64 (n, d), how far each input is moved from A to C_i, 0-1.
    """

    a: Reals
    b: Reals
    c: Reals
    replicate: Indices
    steps: Reals

    def __len__(self) -> int:
        return len(self.a)

    def only(self, kept: Bools) -> Rows:
        """Some of the rows."""
        return Rows(self.a[kept], self.b[kept], self.c[kept], self.replicate[kept], self.steps[kept])


@dataclass(frozen=True)
class SobolDesign:
    """Rows of a replicated design.

    Attributes:
        dimensions: number of inputs, d.
        designs: number of rows, n.
        replicates: number of independently scrambled sequences, R; row k belongs to replicate k mod R.
        seed: of the scrambling.

    Example:
        >>> design = SobolDesign(dimensions=2, designs=4, replicates=2, seed=0)
        >>> design.runs_per_row, design.runs
        (4, 16)
        >>> a, b, c_1, c_2 = design.points(0, 4)  # of the first row
        >>> np.array_equal(c_1, [b[0], a[1]]), np.array_equal(c_2, [a[0], b[1]])
        (True, True)
    """

    dimensions: int
    designs: int
    replicates: int
    seed: int

    @property
    def runs_per_row(self) -> int:
        """Runs of one row: A, B and one C per dimension."""
        return self.dimensions + 2

    @property
    def runs(self) -> int:
        """Runs of the whole design, n (d + 2)."""
        return self.designs * self.runs_per_row

    @cached_property
    def ends(self) -> Floats:
        """float32 (n, 2, d): the points A and B of each row."""
        rows = -(-self.designs // self.replicates)
        bits = max(rows - 1, 0).bit_length()
        seeds = np.random.SeedSequence(self.seed).spawn(self.replicates)
        points = [
            qmc.Sobol(2 * self.dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(bits)[
                :rows
            ]
            for seed in seeds
        ]
        interleaved = np.stack(points, axis=1).reshape(-1, 2, self.dimensions)
        return interleaved[: self.designs].astype(np.float32)

    def points(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, d) in [0, 1]: the points of some runs, row by row, each A, B,
        C_1 ... C_d.
        """
        index = np.arange(start, min(stop, self.runs))
        row, place = np.divmod(index, self.runs_per_row)
        points = self.ends[row, (place == 1).astype(int)]
        is_c = place >= 2
        swapped = place[is_c] - 2
        points[np.flatnonzero(is_c), swapped] = self.ends[row[is_c], 1, swapped]
        return points

    def finished(self, scores: AnyFloats) -> Rows:
        """The rows of which no run is missing.

        Args:
            scores: (n (d + 2),), NaN where a run is missing.

        Example:
            >>> design = SobolDesign(dimensions=1, designs=2, replicates=2, seed=0)
            >>> rows = design.finished(np.array([5, 6, 7, 8, 9, np.nan]))
            >>> rows.a.tolist(), rows.c.tolist()
            ([5.0], [[7.0]])
        """
        table = np.asarray(scores, np.float64).reshape(self.designs, self.runs_per_row)
        done = np.flatnonzero(np.isfinite(table).all(axis=1))
        steps = np.abs(np.subtract(*self.ends[done].swapaxes(0, 1), dtype=np.float64))
        return Rows(table[done, 0], table[done, 1], table[done, 2:], done % self.replicates, steps)


@dataclass(frozen=True)
class GridDesign:
    """A Sobol design whose dimensions are the cells of a square grid."""

    design: SobolDesign
    grid: int

    @property
    def runs(self) -> int:
        """Runs of the whole design."""
        return self.design.runs

    @property
    def cells(self) -> GridCells:
        """The cells of the grid."""
        return GridCells(self.grid, self.grid)

    @property
    def replicate(self) -> Indices:
        """(runs,): that of the row of each run."""
        rows = np.arange(self.design.designs) % self.design.replicates
        return np.repeat(rows, self.design.runs_per_row)

    def masks(self, start: int, stop: int) -> Floats:
        """float32 (stop - start, grid * grid)."""
        return self.design.points(start, stop)
