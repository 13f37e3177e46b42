"""Parameters of the perturbation methods: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import ParamsError
from engine.params import Params, param
from engine.perturbation.plan import PerturbationParams

DRAFT_BELOW: dict[str, float] = {"few": 16, "always": float("inf"), "never": 0}
"""By the value of ``SobolParams.draft``: with fewer finished designs the map is a draft."""


@dataclass(frozen=True)
class GridParams(Params):
    """Parameters of methods whose cells are those of a grid."""

    grid: int = param(
        8,
        "Grid",
        "The picture is cut into this many rows and columns of cells; each cell gets one value.",
        low=4,
        high=16,
        step=1,
        unit="cells",
    )


@dataclass(frozen=True)
class SobolParams(PerturbationParams, GridParams):
    """Parameters of the Sobol total indices."""

    designs: int = param(
        32,
        "Designs",
        "More designs, steadier map, more runs: each costs one run per cell and two more.",
        low=8,
        high=256,
        scale="double",
        extends=True,
    )
    replicates: int = param(
        8,
        "Replicates",
        "The designs are split into this many independently scrambled groups; their spread gives the band.",
        low=4,
        high=16,
        scale="double",
    )
    estimator: str = param(
        "jansen",
        "Estimator",
        "How the index is computed from the runs. Jansen's is never negative and the steadiest "
        "at small budgets.",
        choices={
            "jansen": "Jansen (1999)",
            "homma": "Homma-Saltelli (1996)",
            "janon": "Janon (2014)",
            "glen": "Glen-Isaacs (2012)",
            "saltelli": "Saltelli (2008)",
        },
        reading=True,
    )
    draft: str = param(
        "few",
        "Draft",
        "A draft draws each cell towards its neighbours. It ranks cells better than an estimator "
        "alone while designs are few.",
        choices={"few": "with fewer than 16 designs", "always": "always", "never": "never"},
        reading=True,
    )
    until: str = param(
        "end",
        "Until",
        "The pass may end before its last design, as soon as the map that is looked at is good "
        "enough. It says how many runs it took.",
        choices={
            "end": "after all designs",
            "draft": "draft: after 4 designs",
            "standard": "standard: two halves of the runs agree at 0.8",
            "fine": "fine: two halves of the runs agree at 0.9",
        },
        reading=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.designs < self.replicates:
            raise ParamsError(
                "{replicates} replicates need at least as many designs; received {designs}.",
                replicates=self.replicates,
                designs=self.designs,
            )
