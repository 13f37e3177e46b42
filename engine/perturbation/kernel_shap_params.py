"""Parameters of Kernel SHAP: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.lime_params import SuperpixelParams, fill_param, shown_param, sign_param
from engine.perturbation.plan import PerturbationParams


@dataclass(frozen=True)
class KernelShapParams(PerturbationParams, SuperpixelParams):
    """Parameters of Kernel SHAP."""

    fill: str = fill_param()
    samples: int = param(
        400, "Coalitions per seed", "Pictures with random superpixels hidden; at least 10 per superpixel.", low=50, high=2000, step=50
    )
    seeds: int = param(
        3, "Seeds", "Coalitions are drawn with so many seeds, from the seed above on, to see what stays.", low=1, high=10, step=1
    )
    shown: int = shown_param()
    sign: str = sign_param()
