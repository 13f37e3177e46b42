"""Parts of a configuration that every training has, and TOML tables read into frozen dataclasses."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.errors import VitrineError


class ConfigError(VitrineError):
    """A configuration that cannot be used; the message says which entry and what to write."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast the network learns.

    Attributes:
        batch: crops per step.
        iterations: number of steps, in whole epochs; 0: as many as fit in `minutes`.
        minutes: of processor time of the whole run, over all resumptions, when `iterations` is 0.
        epoch: steps after which the run is backed up; one that is ended before goes on from there.
        learning_rate: peak rate.
        warmup: steps over which the rate rises from 0.
        decay: last share of the run over which the rate falls to 0.
        weight_decay: decoupled decay of kernels.
        clip: largest global norm of the gradient.
        ema: decay of the moving average that is saved.
        select_minutes: of processor time between measures on the selection pictures.
        threads: threads of TensorFlow; 0: its own choice.
    """

    batch: int = 8
    iterations: int = 0
    minutes: float = 80.0
    epoch: int = 100
    learning_rate: float = 1.5e-3
    warmup: int = 150
    decay: float = 1 / 3
    weight_decay: float = 0.02
    clip: float = 5.0
    ema: float = 0.995
    select_minutes: float = 10.0
    threads: int = 0


@dataclass(frozen=True)
class Places:
    """Folders of a run: the data, the run itself (backup, curves, logs) and the teacher's answers."""

    data: Path
    run: Path
    teacher: Path


@dataclass(frozen=True)
class Position:
    """Where a run stands.

    Attributes:
        step: steps done.
        seconds: of processor time, over all resumptions.
    """

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Card:
    """What the model card says in words.

    Attributes:
        summary: what the network is, in a few sentences.
        origin: what it was made from.
        learning: how it was learnt, in sentences; empty: steps, crops and minutes.
        licence: under which terms it may be used.
        data: one sentence per source.
        weak_points: what it does badly, one sentence each.
        pictures: source name -> how its reported pictures are named.
        each: what one class is called.
        measured_by: command that gives the figures again; empty: `evaluate` on what `held-out` lays out.
    """

    summary: str = ""
    origin: str = "random weights"
    learning: str = ""
    licence: str = ""
    data: tuple[str, ...] = ()
    weak_points: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    each: str = "class"
    measured_by: str = ""


_RETIRED = frozenset({"save_minutes"})
"""Entries that configurations had once, and that mean nothing any more."""


def _frozen(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    if isinstance(value, list):
        return tuple(_frozen(entry) for entry in value)
    return {key: _frozen(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def build(kind: type, entries: Mapping[str, Any], where: str) -> Any:
    """An instance of a dataclass from a table, with a sentence for a wrong or missing entry."""
    known = {entry.name: entry for entry in fields(kind)}
    entries = {name: value for name, value in entries.items() if name not in _RETIRED}
    unknown = sorted(set(entries) - set(known))
    if unknown:
        raise ConfigError(f"{where} has no entry {unknown[0]!r}; it may have {', '.join(known)}.")
    required = [
        name for name, entry in known.items() if entry.default is MISSING and entry.default_factory is MISSING
    ]
    missing = [name for name in required if name not in entries]
    if missing:
        raise ConfigError(f"{where} needs an entry {missing[0]!r}.")
    return kind(**{key: _frozen(value) for key, value in entries.items()})


def build_sections(entries: Mapping[str, Any], kinds: Mapping[str, type]) -> dict[str, Any]:
    """Entries of a configuration, with its sections as dataclasses; a list of tables becomes a tuple."""
    found = dict(entries)
    for name in found.keys() & kinds.keys():
        if isinstance(found[name], list):
            found[name] = tuple(build(kinds[name], each, f"[[{name}]]") for each in found[name])
        else:
            found[name] = build(kinds[name], found[name], f"[{name}]")
    return found


def read_table(path: Path) -> dict[str, Any]:
    """The nested table of a TOML file.

    Raises:
        ConfigError: the file is not TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not a TOML file: {error}.") from error
