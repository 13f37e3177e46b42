"""THE table of explanation methods. Light: what a method needs is imported when it runs."""

from typing import TypeVar, overload

from engine.errors import ParamsError
from engine.gradients.table import ROWS as GRADIENT
from engine.method import Method
from engine.perturbation.methods.table import ROWS as PERTURBATION
from engine.summed.table import ROWS as SUMMED
from engine.trust.table import ROWS as GRADING

__all__ = ["METHODS", "Method", "get_method"]

M = TypeVar("M", bound=Method)

METHODS: dict[str, Method] = {method.key: method for method in (*PERTURBATION, *GRADIENT, *SUMMED)}

_GRADING: dict[str, Method] = {row.key: row for row in GRADING}
"""Passes whose runs grade maps: work can be asked for them, and nobody chooses them."""


@overload
def get_method(key: str) -> Method: ...
@overload
def get_method(key: str, kind: type[M]) -> M: ...
def get_method(key: str, kind: type[Method] = Method) -> Method:
    """The method of a key.

    Args:
        key: of the table.
        kind: what it must be to be used, such as a ``SummedMethod``.

    Raises:
        ParamsError: there is none.
        TypeError: it is read off another pass.

    Example:
        >>> method = get_method("gradcam")
        >>> method.title, method.year, method.work
        ('Grad-CAM', 2017, 'gradient')
    """
    method = METHODS.get(key) or _GRADING.get(key)
    if method is None:
        raise ParamsError("There is no method {key!r}; there are {known}.", key=key, known=", ".join(METHODS))
    if not isinstance(method, kind):
        raise TypeError(f"{key} is a {type(method).__name__}, not a {kind.__name__}")
    return method
