"""What methods leave to chance, drawn once and stored, so that both sides see the same noise and masks."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from SALib.sample import sobol

from benchmarks.judges.shapes import SIZE_HW

GRID, NATIVE = 4, 32
"""Rows and columns of cells, and of the places on which RISE keeps its masks."""

NOISES, DESIGNS, RISES, HSICS, LIMES = 8, 16, 256, 192, (2, 100)
"""Noisy pictures, rows of the Sobol design, masks of RISE and of HSIC, seeds and samples of LIME."""


def draw(seed: int) -> dict[str, npt.NDArray[Any]]:
    """All draws by name.

    - noise: float16 (runs, H, W, 3), standard normal.
    - sobol: float32 (rows, 2, cells), the points A and B of each row, by SALib.
    - rise: uint8 (runs, NATIVE^2), soft masks in steps of 1/255.
    - hsic, hsic_faded: uint8 and float32 (runs, cells).
    - pieces, few_pieces: uint8 (H, W), superpixels: the nearest of some places.
    - lime: uint8 (seeds, samples, pieces), the first of each seed shows all.
    """
    rng, cells = np.random.default_rng(seed), GRID**2
    pieces, few_pieces = _pieces(rng, 12), _pieces(rng, 6)
    lime = rng.integers(0, 2, (*LIMES, pieces.max() + 1))
    lime[:, 0] = 1
    return {
        "noise": rng.normal(size=(NOISES, *SIZE_HW, 3)).astype(np.float16),
        "sobol": _sobol(seed, cells),
        "rise": _soft_masks(rng),
        "hsic": rng.integers(0, 2, (HSICS, cells)).astype(np.uint8),
        "hsic_faded": rng.random((HSICS, cells)).astype(np.float32),
        "pieces": pieces,
        "few_pieces": few_pieces,
        "lime": lime.astype(np.uint8),
    }


def _pieces(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint8]:
    rows, columns = np.mgrid[: SIZE_HW[0], : SIZE_HW[1]]
    seeds = rng.uniform(0, SIZE_HW, (count, 2))
    far = np.hypot(rows[..., None] - seeds[:, 0], columns[..., None] - seeds[:, 1])
    return np.unique(far.argmin(axis=-1), return_inverse=True)[1].reshape(SIZE_HW).astype(np.uint8)


def _sobol(seed: int, cells: int) -> npt.NDArray[np.float32]:
    """The first and the last run of each row of SALib's design are A and B."""
    problem = {"num_vars": cells, "bounds": [[0.0, 1.0]] * cells}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = sobol.sample(problem, DESIGNS, calc_second_order=False, seed=seed)
    rows = runs.reshape(DESIGNS, cells + 2, cells)
    return rows[:, [0, -1]].astype(np.float32)


def _soft_masks(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Sums of waves by chance, squeezed to 0-1: any soft masks do, what is made of them is judged."""
    place = np.arange(NATIVE) / NATIVE
    turns, phases = rng.uniform(-4, 4, (2, RISES, 5, 1, 1)), rng.uniform(0, 2 * np.pi, (RISES, 5, 1, 1))
    waves = np.sin(2 * np.pi * (turns[0] * place[:, None] + turns[1] * place) + phases).sum(axis=1)
    return (255 / (1 + np.exp(-2 * waves))).round().astype(np.uint8).reshape(RISES, -1)
