"""What is known of one training: its data, seeds, settings, costs and figures."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal, get_args

from engine.errors import ExperimentError

ExperimentKind = Literal["segment", "classify", "transfer", "tune"]
ExperimentState = Literal["waiting", "running", "paused", "finished", "stopped", "failed"]
Plain = str | int | float | bool
KINDS: tuple[ExperimentKind, ...] = get_args(ExperimentKind)
STATES: tuple[ExperimentState, ...] = get_args(ExperimentState)

LONGEST_TEXT, MOST_ENTRIES = 600, 200
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_WORD = re.compile(r"\w[\w .:/+-]{0,79}")


@dataclass(frozen=True)
class ExperimentFigure:
    """A figure with its interval.

    Attributes:
        value: in the unit of its name; accuracy, miou and dice are shares, 0-1.
        low: lower end of 95 %; nan where none is known.
        high: upper end.
        part: of the data set on which it was taken: "test", "validation".
        count: images of that part; 0 where it is not known.
        chosen: whether the run was chosen by this very figure, so that it flatters.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    part: str = "test"
    count: int = 0
    chosen: bool = False

    @property
    def has_interval(self) -> bool:
        """Whether both ends are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)


@dataclass(frozen=True)
class InferenceTime:
    """How long a model takes for an image, in milliseconds.

    Attributes:
        one_ms: of an image that is asked alone; nan where it was not measured.
        eight_ms: of an image among eight.
        how: how it was measured, in a sentence.
    """

    one_ms: float
    eight_ms: float = math.nan
    how: str = ""


@dataclass(frozen=True)
class Experiment:
    """One training, as far as it has come.

    Attributes:
        key: name of its folder: small letters, digits and dashes.
        kind: what was trained, and how.
        name: for people.
        data: name of the data set.
        data_digest: of its items; empty where it is not known.
        splits: part of the data set -> digest of its items.
        seed: of split, weights and order.
        settings: name -> value: network, loss, learning rate and whatever else was chosen.
        epochs: passes over the training part so far.
        epochs_planned: at most so many; 0 where time ends it.
        seconds: of training so far, on the clock.
        processor_seconds: the same, over all cores; 0 where it was not measured.
        figures: name -> figure: accuracy, miou, dice.
        speed: of the model; None where it was not measured.
        parameters: weights of the model.
        nbytes: of its file.
        state: how far it is.
        reason: a sentence on why it failed, or on what else people should know.
        model: key in the catalogue, or path of a file in its folder; empty where there is none.
        parent: key of the search that it is a trial of.
        started: when, in UTC, as ISO 8601.

    Raises:
        ExperimentError: an entry has a value that it cannot have.
    """

    key: str
    kind: ExperimentKind
    name: str
    data: str = ""
    data_digest: str = ""
    splits: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    settings: Mapping[str, Plain] = field(default_factory=dict)
    epochs: int = 0
    epochs_planned: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    figures: Mapping[str, ExperimentFigure] = field(default_factory=dict)
    speed: InferenceTime | None = None
    parameters: int = 0
    nbytes: int = 0
    state: ExperimentState = "waiting"
    reason: str = ""
    model: str = ""
    parent: str = ""
    started: str = ""

    def __post_init__(self) -> None:
        for entry in fields(self):
            _check(entry.name, getattr(self, entry.name))
        for name in _TABLES:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self.state in ("finished", "stopped", "failed")

    @property
    def main(self) -> tuple[str, ExperimentFigure] | None:
        """The figure that ranks it: the first of the test part, or else the first there is."""
        of_test = [item for item in self.figures.items() if item[1].part == "test"]
        return next(iter([*of_test, *self.figures.items()]), None)


_TABLES = ("splits", "settings", "figures")


def checked_run_key(key: str) -> str:
    """The key as it is.

    Raises:
        ExperimentError: it cannot be the name of a folder.
    """
    if not _KEY.fullmatch(key):
        raise ExperimentError(
            "{key!r} cannot name an experiment. Write up to 80 small letters, digits and dashes.",
            key=key[:80],
        )
    return key


def _check(name: str, value: object) -> None:
    if name == "key":
        checked_run_key(str(value))
    elif not _allowed(name, value):
        raise ExperimentError("{name} of an experiment cannot be {value}.", name=name, value=repr(value)[:60])


def _allowed(name: str, value: object) -> bool:
    if name in _TABLES:
        return isinstance(value, Mapping) and _is_table(name, value)
    if name == "speed":
        return value is None or isinstance(value, InferenceTime)
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name in _NUMBERS:
        kinds = _NUMBERS[name]
        return (
            isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
        )
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


_NUMBERS: Mapping[str, tuple[type[int] | type[float], ...]] = {
    **dict.fromkeys(("seed", "epochs", "epochs_planned", "parameters", "nbytes"), (int,)),
    **dict.fromkeys(("seconds", "processor_seconds"), (int, float)),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"kind": KINDS, "state": STATES}
_KINDS_OF_VALUES: Mapping[str, type | tuple[type, ...]] = {
    "splits": str,
    "settings": (str, int, float, bool),
    "figures": ExperimentFigure,
}


def _is_table(name: str, table: Mapping[object, object]) -> bool:
    kinds = _KINDS_OF_VALUES[name]
    return len(table) <= MOST_ENTRIES and all(
        isinstance(key, str) and _WORD.fullmatch(key) and isinstance(value, kinds)
        for key, value in table.items()
    )
