"""A method as anybody would add it: one file with what it does, one row for the table."""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Indices
from engine.perturbation.designs.cells import GridCells
from engine.perturbation.methods.params import GridParams
from engine.perturbation.plan import (
    Estimate,
    PerturbationFunctions,
    PerturbationMethod,
    PerturbationParams,
)


@dataclass(frozen=True)
class LeaveOneOutParams(PerturbationParams, GridParams):
    """Parameters of the toy."""


@dataclass(frozen=True)
class LeaveOneOutPlan:
    """First the picture as it is, then without one cell after the other."""

    cells: GridCells

    @property
    def runs(self) -> int:
        return self.cells.count + 1

    @property
    def replicate(self) -> Indices:
        return np.zeros(self.runs, np.intp)

    def masks(self, start: int, stop: int) -> Floats:
        return np.concatenate([np.ones((1, self.cells.count)), 1 - np.eye(self.cells.count)])[
            start:stop
        ].astype(np.float32)


def plan(params: LeaveOneOutParams, image: Floats) -> LeaveOneOutPlan:
    return LeaveOneOutPlan(GridCells(params.grid, params.grid))


def estimate(plan: LeaveOneOutPlan, params: LeaveOneOutParams, scores: Floats) -> Estimate | None:
    known = ~np.isnan(scores)
    if not known[0]:
        return None
    return Estimate(
        plan.cells.paint(np.where(known, scores[0] - scores, 0)[1:]), None, None, None, int(known.sum())
    )


def functions() -> PerturbationFunctions[LeaveOneOutParams, LeaveOneOutPlan]:
    from tests import toy_method

    return toy_method


ROW = PerturbationMethod(
    key="leave-one-out",
    title="Leave one out",
    measures="What the score loses when one cell is hidden (signed).",
    paper="Nobody: Leave One Out",
    year=2000,
    url="https://example.org",
    signed=True,
    params=LeaveOneOutParams,
    functions=functions,
    runs=lambda params: params.grid**2 + 1,
    how_to_read=("One cell is hidden at a time.", "A positive cell is missed.", "A negative one is not."),
    caveats=("Cells that stand in for each other look unimportant.",),
)
