"""Parameters of layouts: light, so that forms and the command line can be made from them."""

from dataclasses import dataclass

from engine.params import Params, param

NEIGHBOURS_HELP = (
    "How many nearest images attract each image. Few show small groups, many how groups lie to each other."
)


@dataclass(frozen=True)
class PcaParams(Params):
    """PCA has no parameters."""


@dataclass(frozen=True)
class PacmapParams(Params):
    """Parameters of PaCMAP."""

    neighbours: int = param(10, "Neighbours", NEIGHBOURS_HELP, low=2, high=100, step=1)
    iterations: int = param(
        450,
        "Iterations",
        "Steps of the layout. The first 44 % arrange it as a whole, the others its details.",
        low=100,
        high=2000,
        step=50,
    )


@dataclass(frozen=True)
class TsneParams(Params):
    """Parameters of t-SNE."""

    perplexity: float = param(
        30.0,
        "Perplexity",
        "About how many images count as near each image. Groups smaller than that may be torn or merged.",
        low=5,
        high=100,
        step=5,
    )
    iterations: int = param(
        500,
        "Iterations",
        "Steps of the layout after the 250 that form its groups.",
        low=250,
        high=2000,
        step=250,
    )


@dataclass(frozen=True)
class UmapParams(Params):
    """Parameters of UMAP."""

    neighbours: int = param(15, "Neighbours", NEIGHBOURS_HELP, low=2, high=100, step=1)
    distance: float = param(
        0.1,
        "Least distance",
        "How close points may come. Small values draw tight groups, which look surer than they are.",
        low=0.0,
        high=0.99,
        step=0.05,
    )
