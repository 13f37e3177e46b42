"""Parameters of occlusion: light, so that forms and the command line can be made from them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import param
from engine.perturbation.plan import PerturbationParams


@dataclass(frozen=True)
class OcclusionParams(PerturbationParams):
    """Parameters of occlusion."""

    seed: int = param(
        0,
        "Seed",
        "Of the noise in the patch; nothing else is left to chance.",
        low=0,
        high=9999,
        step=1,
        only_with=("fill", "noise"),
    )
    positions: int = param(
        16,
        "Positions",
        "The patch stops at this many places in each direction; each place gets one value and costs one run.",
        low=4,
        high=32,
        step=1,
    )
    patch: float = param(
        2.0,
        "Patch size",
        "Side of the patch in steps from one place to the next: at 1 patches touch, above it they overlap.",
        low=1.0,
        high=8.0,
        step=0.5,
        unit="steps",
    )
    display: str = param(
        "drop",
        "Shown",
        "How far the score falls when a place is hidden, or the score that is left, as in the "
        "classic figure.",
        choices={"drop": "drop of the score", "score": "score that is left"},
        reading=True,
    )
