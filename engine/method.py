"""The word "method": what the rows of all passes have in the table of explanation methods."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal

from engine.model import ModelFacts, Task
from engine.params import Params
from engine.phrase import Phrase, later

Family = Literal["pixels", "layer", "hidden"]
"""What a map is about: gradients of single pixels, channels of a layer, or parts that are hidden."""

ANOTHER_TASK = later("{method} explains {tasks}; {model} does {task}.")
LACKING = {
    "relu": later(
        "{model} has no ReLU, the only place where {method} differs from a gradient: the map would "
        "just be the plain gradient."
    ),
    "layer": later("{method} reads a layer, and {model} has none that can be inspected."),
}
FORWARDS_ONLY = "forwards only"
"""Trait of a model that answers and cannot be derived."""
UNDERIVED = later("{method} needs gradients, and {model} gives none: it returns outputs only.")
"""Why a method does not fit a model without a trait."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """An explanation method; each kind of work has a class of its own, which says what is read off it.

    Attributes:
        key: name in links, files and on the command line.
        title: name for people.
        measures: what a value is, in one sentence with its unit.
        paper, year, url: source.
        tasks: model tasks it works for.
        work: name of the kind of work that its maps are read from.
        family: what its map is about.
        gradients: whether it needs gradients.
        signed: True if negative values mean "speaks against".
        params: type of its parameters.
        runs: forwards that it costs, before it starts.
        fewer: whether an image may need fewer runs, as its plan then tells.
        how_to_read: three sentences for the person who looks at the map.
        caveats: what the map does not say.
        needs: traits that a model must have: those of ``engine.model.LoadedModel.traits``, and "layer" if it
            has target layers.
        agreement: what the stability of a map is, as a title; "" for a method that does not tell it.
        lowest_with: name and value of the parameter with which the lowest values of a map are the strong
            ones, or None.
    """

    key: str
    title: str
    measures: str
    paper: str
    year: int
    url: str
    work: str
    family: Family
    gradients: bool = True
    signed: bool
    params: type[Params]
    runs: Callable[[Any], int]
    how_to_read: tuple[str, ...]
    caveats: tuple[str, ...]
    fewer: bool = False
    tasks: tuple[Task, ...] = ("segmentation", "classification")
    needs: tuple[str, ...] = ()
    agreement: str = ""
    lowest_with: tuple[str, str] | None = None

    def lowest_first(self, params: Mapping[str, Any]) -> bool:
        """Whether the lowest values of a map made with these parameters are the strong ones."""
        return self.lowest_with is not None and params.get(self.lowest_with[0]) == self.lowest_with[1]

    def why_not(self, model: ModelFacts, traits: Set[str] | None = None) -> str | None:
        """The reason why the method does not fit a model, or None if it does.

        Args:
            model: what is known of it without running it.
            traits: what the network has, or None as long as nobody has looked.
        """
        if model.task not in self.tasks:
            tasks, task = " and ".join(self.tasks), Phrase(model.task)
            return Phrase(
                ANOTHER_TASK,
                method=Phrase(self.title),
                tasks=Phrase(tasks),
                model=Phrase(model.title),
                task=task,
            )
        if self.derives and FORWARDS_ONLY in (traits or ()):
            return Phrase(UNDERIVED, model=Phrase(model.title), method=Phrase(self.title))
        lacking = [need for need in self.needs if traits is not None and need not in traits]
        return (
            Phrase(LACKING[lacking[0]], model=Phrase(model.title), method=Phrase(self.title))
            if lacking
            else None
        )

    @property
    def derives(self) -> bool:
        """Whether it needs gradients; what looks into a layer says so itself."""
        return self.gradients and "layer" not in self.needs
