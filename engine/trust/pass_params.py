"""Parameters of the passes that grade maps: light, so that the table of methods can have them."""

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.methods.params import GridParams
from engine.perturbation.plan import PerturbationParams


@dataclass(frozen=True)
class CommonParams(PerturbationParams, GridParams):
    """Of the runs that all maps of an image share."""


@dataclass(frozen=True)
class OwnParams(PerturbationParams, GridParams):
    """Of the curves of one map.

    Attributes:
        rankings: of the cells, as ``engine.trust.rankings.rankings_text`` writes them.
        mask: how far each cell is shown through the map, as ``engine.trust.passes.mask_text`` writes it.
    """

    rankings: str = param("", "Rankings", "The order in which cells are hidden.")
    mask: str = param("", "Mask", "How far each cell is shown.")

    @property
    def orders(self) -> int:
        """How many rankings there are."""
        return len(self.rankings.split())
