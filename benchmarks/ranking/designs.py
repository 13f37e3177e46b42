"""Designs that race for the best ranking of cells.

Each says what is drawn at A and at B, row by row, or gives masks without rows.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import qmc

from engine.arrays import AnyFloats, Floats
from engine.perturbation.designs.sobol_design import SobolDesign
from engine.perturbation.methods.hsic import HsicDesign

GRID = 8
CELLS = GRID**2
ROWS = 32
PER_ROW = CELLS + 2
PART = ROWS * PER_ROW
"""Runs of a candidate, and of each part of the reference: 2,112."""

PARTS = 8
REFERENCE_SEED = 1000
RADIAL_SHIFT = 4


def unscrambled(seed: int) -> Floats:
    """float32 (2112, 64): Sobol's sequence as Xplique draws it; there is only one."""
    return _runs(qmc.Sobol(2 * CELLS, scramble=False).random(ROWS).reshape(ROWS, 2, CELLS))


def scrambled(seed: int) -> Floats:
    """float32 (2112, 64): Vitrine's, 8 scrambled sequences side by side."""
    return SobolDesign(CELLS, ROWS, 8, seed).points(0, PART)


def latin(seed: int) -> Floats:
    """float32 (2112, 64): Latin hypercubes of 4 rows, so that a quarter of the runs is no worse than it has
    to be.
    """
    rng = np.random.default_rng(seed)
    return _runs(
        np.concatenate([qmc.LatinHypercube(2 * CELLS, rng=rng).random(4) for _ in range(ROWS // 4)]).reshape(
            ROWS, 2, CELLS
        )
    )


def radial(seed: int) -> Floats:
    """float32 (2112, 64): B is A of 4 rows later (Campolongo, Saltelli and Cariboni 2011,
    https://doi.org/10.1016/j.cpc.2010.12.039).
    """
    points = qmc.Sobol(CELLS, scramble=True, rng=np.random.default_rng(seed)).random_base2(6)[
        : ROWS + RADIAL_SHIFT
    ]
    return _runs(np.stack([points[:ROWS], points[RADIAL_SHIFT:]], axis=1))


def half_step(seed: int) -> Floats:
    """float32 (2112, 64): B is A moved by a half in every cell, around the end, so that all steps are equally
    long.
    """
    a = SobolDesign(CELLS, ROWS, 8, seed).points(0, PART)[::PER_ROW]
    return _runs(np.stack([a, (a + 0.5) % 1], axis=1))


def faded(seed: int) -> Floats:
    """float32 (2112, 64): Latin hypercubes without rows, for HSIC and for surrogates."""
    return HsicDesign(GRID, PART, "latin hypercube", seed).masks(0, PART)


def binary(seed: int) -> Floats:
    """float32 (2112, 64): cells shown wholly or not at all, for HSIC."""
    return HsicDesign(GRID, PART, "binary", seed).masks(0, PART)


CANDIDATES: dict[str, Callable[[int], Floats]] = {
    "unscrambled": unscrambled,
    "scrambled": scrambled,
    "latin": latin,
    "radial": radial,
    "half-step": half_step,
    "faded": faded,
    "binary": binary,
}


def masks_of(name: str) -> Floats:
    """float32 (2112, 64): the masks of "reference-3" (part 3 of 8) or "radial-1" (a candidate
    with its seed).
    """
    kind, number = name.rsplit("-", 1)
    if kind != "reference":
        return CANDIDATES[kind](int(number))
    return SobolDesign(CELLS, PARTS * ROWS, PARTS, REFERENCE_SEED).points(
        int(number) * PART, (int(number) + 1) * PART
    )


def _runs(ab: AnyFloats) -> Floats:
    """float32 (n (d + 2), d): A, B and the C_i of each row, from (n, 2, d)."""
    cells = ab.shape[-1]
    points = np.repeat(ab[:, :1], cells + 2, axis=1)
    points[:, 1] = ab[:, 1]
    swapped = np.arange(cells)
    points[:, 2 + swapped, swapped] = ab[:, 1]
    return points.reshape(-1, cells).astype(np.float32)
