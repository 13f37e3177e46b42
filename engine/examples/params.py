"""Parameters of the search for a counterfactual: light, so that forms can be made from them."""

from dataclasses import dataclass

from engine.errors import ParamsError
from engine.params import Params, param
from engine.perturbation.plan import FILL_CHOICES

UNLIKE = "unlike"
"""The fill that is another image."""


@dataclass(frozen=True)
class CounterfactualParams(Params):
    """How cells are hidden, and how long is searched."""

    fill: str = param(
        "mean",
        "Fill",
        "What replaces a hidden cell.",
        choices={**FILL_CHOICES, UNLIKE: "nearest unlike image"},
    )
    runs: int = param(
        1500,
        "Model evaluations at most",
        "The search ends after so many. With more, all smaller sets can be tried, which is a proof.",
        low=100,
        high=20_000,
        step=100,
    )
    seed: int = param(
        0, "Seed", "For the noise in hidden cells.", low=0, high=9999, step=1, only_with=("fill", "noise")
    )

    def refuse_without_image(self, has_image: bool) -> None:
        """Lets only a fill pass that is there.

        Raises:
            ParamsError: the fill is another image, and there is none.
        """
        if self.fill == UNLIKE and not has_image:
            raise ParamsError(
                "This fill needs another image. Select one under “Nearest images”, or another fill."
            )
