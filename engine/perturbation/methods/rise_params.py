"""Parameters of RISE: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.methods.params import GridParams
from engine.perturbation.plan import PerturbationParams


@dataclass(frozen=True)
class RiseParams(PerturbationParams, GridParams):
    """Parameters of RISE."""

    grid: int = param(
        8,
        "Grid of the masks",
        "Each mask begins as this many rows and columns of cells, shown or hidden at random, and "
        "is smoothed and shifted.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )
    masks: int = param(
        2048, "Masks", "More masks, steadier map; each costs one run.", low=256, high=4096, scale="double"
    )
    kept: float = param(
        0.5, "Share shown", "How much of the picture a mask shows on average.", low=0.1, high=0.9, step=0.1
    )
