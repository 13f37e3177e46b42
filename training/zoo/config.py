"""Configuration of a network of the zoo, its training, and grids of them: TOML in frozen dataclasses."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from training.common.config import ConfigError, build, read_table
from training.segment.config import DataSource, sources_of


@dataclass(frozen=True)
class ZooShape:
    """`[zoo]`: network, loss and training.

    Attributes:
        decoder: key of `training.zoo.decoders.DECODERS`.
        backbone: key of `training.backbones.BACKBONES`.
        weights: of the backbone, `imagenet` or `none`.
        width: of the decoder.
        loss: of `training.losses.table`, or a sum.
        weighting: power of the inverse frequency of classes in weighted losses; 0: all alike.
        gamma: of the focal loss.
        size_hw: height and width to which images are brought, px, multiples of 32.
        batch: images per step.
        steps: of an epoch; 0: as many as go once over the images.
        epochs: at most.
        minutes: of processor time, of the whole training, over all resumptions; 0: no limit.
        learning_rate: of Adam, at the start.
        schedule: key of `training.common.fitting.SCHEDULES`.
        patience: epochs without a better validation loss before it ends.
        augmentation: key of `training.zoo.augment.AUGMENTATIONS`.
        threads: of TensorFlow; 0: its own choice.
    """

    decoder: str = "unet"
    backbone: str = "efficientnet-lite0"
    weights: str = "imagenet"
    width: int = 16
    loss: str = "cross_entropy"
    weighting: float = 0.5
    gamma: float = 2.0
    size_hw: tuple[int, int] = (128, 256)
    batch: int = 8
    steps: int = 0
    epochs: int = 100
    minutes: float = 0.0
    learning_rate: float = 5e-4
    schedule: str = "plateau"
    patience: int = 9
    augmentation: str = "flip-light"
    threads: int = 0


@dataclass(frozen=True)
class ZooConfig:
    """One training: key of its run, title, images, seed and network."""

    name: str
    title: str
    sources: tuple[DataSource, ...]
    seed: int = 7
    zoo: ZooShape = field(default_factory=ZooShape)


@dataclass(frozen=True)
class ZooGrid:
    """Several trainings that share all but what their rows say.

    Attributes:
        name: of the table, and what the keys of its runs begin with.
        runs: in the order in which they are trained.
        pairs: names of two runs each that are compared, image by image.
    """

    name: str
    runs: tuple[ZooConfig, ...]
    pairs: tuple[tuple[str, str], ...] = ()


def _value(text: str) -> Any:
    """A value of the command line as TOML reads it; what is no TOML is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def overrides(entries: Sequence[str]) -> dict[str, Any]:
    """Entries of `[zoo]` from texts such as `loss=dice` or `size_hw=[64, 128]`.

    Raises:
        ConfigError: one has no "=", or names no entry.
    """
    known = [entry.name for entry in fields(ZooShape)]
    found = dict(entry.partition("=")[::2] for entry in entries)
    wrong = [name for name, text in found.items() if name not in known or not text]
    if wrong:
        raise ConfigError(f"--set {wrong[0]!r} cannot be read; write NAME=VALUE, of {', '.join(known)}.")
    return {name: _value(text) for name, text in found.items()}


def zoo_from_table(table: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> ZooConfig:
    """A training from a table, with other entries of `[zoo]`.

    Raises:
        ConfigError: an entry is unknown or missing.
    """
    shape = build(ZooShape, {**table.get("zoo", {}), **(changes or {})}, "[zoo]")
    entries = {**table, "sources": sources_of(table), "zoo": shape}
    config: ZooConfig = build(ZooConfig, entries, "The configuration")
    return config


def read_zoo(path: Path, changes: Sequence[str] = ()) -> ZooConfig:
    """A training from a TOML file.

    Raises:
        ConfigError: it is no TOML, or an entry is unknown or missing.
    """
    return zoo_from_table(read_table(path), overrides(changes))


def read_grid(path: Path, changes: Sequence[str] = ()) -> ZooGrid:
    """A grid from a TOML file: a training as in `read_zoo`, and `[[runs]]` that say what is otherwise.

    Raises:
        ConfigError: it is no TOML, an entry is unknown or missing, or a name stands twice.
    """
    table = read_table(path)
    rows, pairs = table.pop("runs", []), table.pop("pairs", [])
    name, common = str(table.get("name", "")), {**table.get("zoo", {}), **overrides(changes)}
    runs = tuple(_run(table, common, name, dict(row)) for row in rows)
    names = [run.name for run in runs]
    if not runs or len(set(names)) < len(names):
        raise ConfigError("A grid needs [[runs]], each with a `name` of its own.")
    named = tuple((f"{name}-{one}", f"{name}-{two}") for one, two in pairs)
    if missing := [each for pair in named for each in pair if each not in names]:
        raise ConfigError(f"pairs names {missing[0]!r}, which is no run of the grid.")
    return ZooGrid(name, runs, named)


def _run(table: Mapping[str, Any], common: Mapping[str, Any], grid: str, row: dict[str, Any]) -> ZooConfig:
    if "name" not in row:
        raise ConfigError("[[runs]] needs an entry 'name'.")
    own, title = row.pop("name"), row.pop("title", "")
    return zoo_from_table({**table, "name": f"{grid}-{own}", "title": title or own}, {**common, **row})
