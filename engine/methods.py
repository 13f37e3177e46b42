"""THE table of explanation methods. Light: a method's code is imported when it runs."""

from __future__ import annotations

from engine.errors import ParamsError
from engine.gradients.table import ROWS as GRADIENT
from engine.method import Method
from engine.perturbation.methods.table import ROWS as PERTURBATION
from engine.summed.table import ROWS as SUMMED

__all__ = ["METHODS", "Method", "get_method"]

METHODS: dict[str, Method] = {method.key: method for method in (*PERTURBATION, *GRADIENT, *SUMMED)}


def get_method(key: str) -> Method:
    """The method of a key.

    Raises:
        ParamsError: there is none.
    """
    if key not in METHODS:
        raise ParamsError("There is no method {key!r}; there are {known}.", key=key, known=", ".join(METHODS))
    return METHODS[key]
