"""Parameters of Kernel SHAP: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.designs.superpixel_params import PieceParams, ShownParams


@dataclass(frozen=True)
class KernelShapParams(ShownParams, PieceParams):
    """Parameters of Kernel SHAP; those of the last base stand first in the form."""

    samples: int = param(
        400,
        "Coalitions per seed",
        "Pictures with random superpixels hidden; at least 10 per superpixel.",
        low=50,
        high=2000,
        step=50,
    )
