"""Parameters of methods: frozen dataclasses whose fields say how a form shows and checks them."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, TypeVar

from engine.errors import ParamsError
from engine.phrase import Phrase, later

P = TypeVar("P", bound="Params")


@dataclass(frozen=True)
class ParamInfo:
    """How one parameter is shown and checked.

    Attributes:
        name: field name.
        title: label in the form.
        help: one or two sentences.
        default: value when nothing is chosen; its type is the parameter's type.
        low, high, step: range of a number, in ``unit``.
        choices: value to label, for a parameter with named values.
        unit: of the number, or "".
        scale: "linear", or "double" where each step doubles.
        reading: True if it only changes how the runs are read, not the runs.
        extends: True if a larger value keeps the runs of a smaller one and adds others after them.
        elsewhere: True if a page chooses it elsewhere than in the form, such as the layer.
        only_with: name of another parameter, and its values without which it says nothing.
        open: True if it may also have a value that is not among the choices; its class checks that.
        before: value that explanations were made with before there was this parameter, if not the default.
        former: a choice that is not offered any more, in links and bundles, to the one that is taken for it.
    """

    name: str
    title: str
    help: str
    default: Any
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: Mapping[str, str] | None = None
    unit: str = ""
    scale: str = "linear"
    reading: bool = False
    extends: bool = False
    elsewhere: bool = False
    only_with: tuple[str, ...] | None = None
    open: bool = False
    before: Any = None
    former: Mapping[Any, Any] = field(default_factory=dict)

    def options(self) -> tuple[Any, ...]:
        """All values of a choice or of a doubling scale."""
        if self.choices is not None:
            return tuple(self.choices)
        options, value = [], self.low or 1
        while value <= (self.high or value):
            options.append(type(self.default)(value))
            value *= 2
        return tuple(options)

    def check(self, value: Any) -> Any:
        """The value in the parameter's own type.

        Raises:
            ParamsError: wrong type, outside the range, or not among the choices.
        """
        kind, title = type(self.default), Phrase(self.title)
        try:
            converted = self.former.get(value, kind(value))
        except (TypeError, ValueError) as error:
            raise ParamsError(
                "{title} must be a {kind}; received {value!r}.", title=title, kind=kind.__name__, value=value
            ) from error
        if self.choices is not None and not self.open and converted not in self.choices:
            choices = ", ".join(self.choices)
            raise ParamsError(
                "{title} must be one of {choices}; received {value!r}.",
                title=title,
                choices=choices,
                value=value,
            )
        if self.low is not None and self.high is not None and not self.low <= converted <= self.high:
            text = later("{title} must lie between {low} and {high}; received {value}.")
            raise ParamsError(text, title=title, low=self.low, high=self.high, value=value)
        if self.scale == "double" and converted not in self.options():
            raise ParamsError(
                "{title} must be one of {choices}; received {value}.",
                title=title,
                choices=self.options(),
                value=value,
            )
        return converted


def param(default: Any, title: str, help: str, **info: Any) -> Any:
    """A dataclass field with its ``ParamInfo`` in the metadata."""
    return field(default=default, metadata={"title": title, "help": help, **info})


@dataclass(frozen=True)
class Params:
    """Base of all parameters; values are checked and converted when made."""

    def __post_init__(self) -> None:
        for info in describe_params(type(self)):
            object.__setattr__(self, info.name, info.check(getattr(self, info.name)))

    def as_dict(self) -> dict[str, Any]:
        """Values by name, ready for JSON."""
        return asdict(self)

    def spoken(self) -> dict[str, Any]:
        """Values by name without those that say nothing beside the others."""
        values = self.as_dict()
        silent = {
            info.name
            for info in describe_params(type(self))
            if info.only_with and values[info.only_with[0]] not in info.only_with[1:]
        }
        return {name: value for name, value in values.items() if name not in silent}


def describe_params(kind: type[Params]) -> tuple[ParamInfo, ...]:
    """The parameters of a type, in order."""
    if kind not in _DESCRIBED:
        _DESCRIBED[kind] = tuple(
            ParamInfo(name=item.name, default=item.default, **item.metadata)
            for item in fields(kind)
            if item.default is not MISSING
        )
    return _DESCRIBED[kind]


_DESCRIBED: dict[object, tuple[ParamInfo, ...]] = {}
"""By type: pages ask often."""


def from_texts(kind: type[P], texts: Mapping[str, Any]) -> P:
    """Parameters from texts such as ``{"grid": "8"}``; what is missing keeps its default.

    Raises:
        ParamsError: unknown name or bad value.

    Example:
        >>> from engine.gradients.params import CamParams
        >>> from_texts(CamParams, {"direction": "against"})
        CamParams(layer='', direction='against')
    """
    known = {info.name for info in describe_params(kind)}
    for name in texts:
        if name not in known:
            raise ParamsError(
                "There is no parameter {name!r}; there are {known}.",
                name=name,
                known=", ".join(sorted(known)),
            )
    return kind(**texts)


def as_recorded(kind: type[P], texts: Mapping[str, Any]) -> P:
    """The parameters that an explanation was made with, as it has them: those that did not exist yet have the
    value that was meant.

    Raises:
        ParamsError: unknown name or bad value.
    """
    meant = {info.name: info.before for info in describe_params(kind) if info.before is not None}
    return from_texts(kind, meant | dict(texts))
