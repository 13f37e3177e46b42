"""Scores of a hill of weights, for tests of readings of Sobol designs."""

import numpy as np

from engine.perturbation.designs.sobol_design import SobolDesign
from engine.perturbation.estimators.sobol_indices import pooled

GRID = 8
HILL = np.exp(-np.add.outer(np.arange(-2, 6) ** 2, np.arange(-4, 4) ** 2) / 8.0).ravel()
"""Weights of cells that matter around row 2, column 4."""


def rows_of(score, designs, seed=0):
    design = SobolDesign(GRID**2, designs, 4, seed)
    return design.finished(score(design.points(0, design.runs).astype(float)))


def indices_of(rows):
    return pooled(rows.a, rows.b, rows.c)
