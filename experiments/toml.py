"""Reader and writer of ``run.toml``; what was written is read back equal."""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from engine.errors import ExperimentError
from experiments.record import Experiment, ExperimentFigure, InferenceTime

FORMAT = 1
_DEEPEST = 64
"""Points in a line; tomllib takes minutes for a key of thousands of parts."""


def experiment_text(experiment: Experiment) -> str:
    """The text of ``run.toml``."""
    top: dict[str, Any] = {"format": FORMAT}
    tables: dict[str, Mapping[str, Any]] = {}
    for entry in fields(experiment):
        value = getattr(experiment, entry.name)
        if isinstance(value, Mapping):
            tables[entry.name] = value
        elif isinstance(value, InferenceTime):
            tables[entry.name] = asdict(value)
        elif value is not None:
            top[entry.name] = value
    figures = {
        f"figures.{json.dumps(name)}": asdict(figure) for name, figure in tables.pop("figures").items()
    }
    return _lines(top) + "".join(
        f"\n[{name}]\n{_lines(table)}" for name, table in (*tables.items(), *figures.items())
    )


def experiment_of(text: str) -> Experiment:
    """The experiment that a text says.

    Raises:
        ExperimentError: it is no TOML, or an entry is missing, unknown, or of the wrong kind.
    """
    try:
        if any(line.partition("=")[0].count(".") > _DEEPEST for line in text.splitlines()):
            raise ValueError("a key has too many parts")
        said = tomllib.loads(text)
        if said.pop("format", FORMAT) != FORMAT:
            raise ValueError("another format")
        return _built(said)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ExperimentError("It cannot be read: {reason}.", reason=str(error)[:200]) from error


def _built(said: dict[str, Any]) -> Experiment:
    figures = {name: ExperimentFigure(**_numbers(table)) for name, table in said.pop("figures", {}).items()}
    speed = said.pop("speed", None)
    return Experiment(**said, figures=figures, speed=InferenceTime(**_numbers(speed)) if speed else None)


def _numbers(table: Mapping[str, Any]) -> dict[str, Any]:
    """The same, its whole numbers as such where a share is meant."""
    wrong = [name for name, value in table.items() if not isinstance(value, _KINDS.get(name, ()))]
    if wrong:
        raise ValueError(f"{wrong[0]} is not what it must be")
    return dict(table)


_NUMBER = (int, float)
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("value", "low", "high", "one_ms", "eight_ms"), _NUMBER),
    "part": str,
    "count": int,
    "chosen": bool,
    "how": str,
}


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {_written(value)}\n" for key, value in table.items())


def _written(value: Any) -> str:
    """A value in TOML: its strings are those of JSON, and so are numbers but for those that are none."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value, ensure_ascii=True) if isinstance(value, str) else json.dumps(value)


def experiment_facts(experiment: Experiment) -> dict[str, Any]:
    """The same as plain values, for JSON."""
    return tomllib.loads(experiment_text(experiment))
