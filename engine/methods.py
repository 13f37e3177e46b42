"""THE table of explanation methods. Light: a method's code is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from engine.errors import ParamsError
from engine.model import ModelFacts, Task
from engine.params import Params
from engine.perturbation.params import SobolParams


@dataclass(frozen=True)
class Method:
    """One explanation method.

    Attributes:
        key: name in links, files and on the command line.
        title: name for people.
        measures: what a value is, in one sentence with its unit.
        paper, year, url: source.
        tasks: model tasks it works for.
        run_by: which pass it reads.
        signed: True if negative values mean "speaks against".
        params: type of its parameters.
        module: where its functions are.
        runs: forwards that it costs, before it starts.
        how_to_read: three sentences for the person who looks at the map.
        caveats: what the map does not say.
    """

    key: str
    title: str
    measures: str
    paper: str
    year: int
    url: str
    tasks: tuple[Task, ...]
    run_by: Literal["perturbation", "gradient"]
    signed: bool
    params: type[Params]
    module: str
    runs: Callable[[Any], int]
    how_to_read: tuple[str, ...]
    caveats: tuple[str, ...]

    def why_not(self, model: ModelFacts) -> str | None:
        """The reason why the method does not fit a model, or None if it does."""
        if model.task in self.tasks:
            return None
        return f"{self.title} explains {' and '.join(self.tasks)}; {model.title} does {model.task}."

    def load(self) -> Any:
        """The module with the method's functions."""
        return import_module(self.module)


METHODS: dict[str, Method] = {
    method.key: method
    for method in (
        Method(
            key="sobol",
            title="Sobol total indices",
            measures="Total Sobol index of each cell: share of the score's variance in which it takes part (no unit, from 0, unsigned).",
            paper="Fel et al.: Look at the Variance! Efficient Black-box Explanations with Sobol-based Sensitivity Analysis",
            year=2021,
            url="https://arxiv.org/abs/2111.04138",
            tasks=("segmentation", "classification"),
            run_by="perturbation",
            signed=False,
            params=SobolParams,
            module="engine.perturbation.sobol",
            runs=lambda params: params.designs * (params.grid**2 + 2),
            how_to_read=(
                "The cells of the picture are faded towards the fill in thousands of random mixtures while the score is watched.",
                "A bright cell takes part in much of the movement of that score; a dark one could be hidden without being noticed.",
                "Compare cells with each other and with the band: two cells whose bands overlap are not surely different.",
            ),
            caveats=(
                "The map has no sign: it says that a cell matters, not whether it speaks for or against.",
                "Cells that act together are counted each time, so the values may sum to more than 1; they are no percentages.",
                "Faded pictures are unlike the ones the model was trained on; another fill can give another map.",
            ),
        ),
    )
}


def get_method(key: str) -> Method:
    """The method of a key.

    Raises:
        ParamsError: there is none.
    """
    if key not in METHODS:
        raise ParamsError("There is no method {key!r}; there are {known}.", key=key, known=", ".join(METHODS))
    return METHODS[key]
