"""Parameters of the gradient methods: light, so that forms and the command line can be made from them."""

from dataclasses import dataclass
from typing import Literal

from engine.params import Params, param

Direction = Literal["for", "against"]
DIRECTIONS: tuple[Direction, ...] = ("for", "against")


@dataclass(frozen=True)
class CamParams(Params):
    """Parameters of a class activation map."""

    layer: str = param(
        "",
        "Layer",
        "Layer whose activation is used; empty for the one that suits the model best.",
        elsewhere=True,
    )
    direction: str = param(
        "for",
        "Evidence",
        "What raises the score or, with the gradient reversed, what lowers it.",
        choices={"for": "for the target", "against": "against the target"},
        reading=True,
    )
