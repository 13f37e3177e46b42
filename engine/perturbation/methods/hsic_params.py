"""Parameters of HSIC: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.methods.params import GridParams
from engine.perturbation.plan import PerturbationParams


@dataclass(frozen=True)
class HsicParams(PerturbationParams, GridParams):
    """Parameters of HSIC."""

    masks: int = param(
        768, "Masks", "More masks, steadier map; each costs one run.", low=192, high=1536, scale="double"
    )
    design: str = param(
        "binary",
        "Masks show cells",
        "Wholly or not at all, as in the paper's experiments, or faded to any degree (Latin hypercube).",
        choices={"binary": "wholly or not at all", "latin hypercube": "to any degree"},
    )
    width: str = param(
        "distance",
        "Width of the score's kernel",
        "The median distance between scores holds on any scale; Xplique takes the median score, "
        "which says nothing for logits near 0.",
        choices={"distance": "median distance of scores", "score": "median score, as in Xplique"},
        reading=True,
    )
