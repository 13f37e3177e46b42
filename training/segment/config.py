"""Configuration of the training of a segmentation network: a TOML file read into frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.common.config import Card, ConfigError, Schedule, build, build_sections, read_table


def configured_place(path: str, data: Path) -> Path:
    """Where a path of a configuration is: below the data folder, or, for `./...`, where the command runs."""
    return Path(path) if path.startswith("./") else data / path


@dataclass(frozen=True)
class DataSource:
    """One folder of pictures with labels.

    Attributes:
        name: short name, used for the teacher's file and in logs.
        kind: how the folder is laid out: `camvid`, `idd`, `cityscapes` or `folder` (see
            `training.segment.sources`).
        root: the folder, below the data folder given on the command line; `./...`: below the folder the
            command runs in (`configured_place`).
        draw: how often a crop comes from here, relative to the other sources.
        mapping: key of `model_store.base.label_maps.LABEL_MAPS`; empty: the one that goes with the kind.
        report: patterns of file stems that are never trained on, for the figures on the model card.
        select: patterns of file stems that are kept aside to watch the training.
        report_share: share of the sequences (file name up to the first `_`), chosen by a stable hash, that
            joins `report`.
        select_share: the same for `select`.
        allowed: label id -> categories that the teacher may give to pixels of this id.
        object_prior: label id -> factor on the teacher's probability of `object`; `any` is for all other ids.
        taught: whether the teacher is asked about these pictures.
        optional: an absent folder is left out instead of being an error.
    """

    name: str
    kind: str
    root: str
    draw: float = 1.0
    mapping: str = ""
    report: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    report_share: float = 0.0
    select_share: float = 0.0
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    object_prior: Mapping[str, float] = field(default_factory=dict)
    taught: bool = True
    optional: bool = False


@dataclass(frozen=True)
class Model:
    """Shape of the network; widths and blocks are per stage, from fine to coarse.

    Attributes:
        kind: `unet`, `segformer`, or `keras`: an exported network, such as `slim` writes, learns on.
        widths: channels of the stages.
        blocks: blocks of the stages.
        decoder: channels of the decoder.
        heads: of the attention in the stages of a SegFormer.
        encoder: a pretrained network of `model_store.pretrained` in place of stages of random weights.
        encoder_rate: learning rate of its variables, relative to that of the others; they do not decay.
        start: folder of the exported network that `keras` starts from.
    """

    kind: str
    widths: tuple[int, ...] = ()
    blocks: tuple[int, ...] = ()
    decoder: int = 64
    heads: tuple[int, ...] = ()
    encoder: str = ""
    encoder_rate: float = 0.3
    start: str = ""


@dataclass(frozen=True)
class Crops:
    """How crops are cut and coloured; every range is (low, high) and drawn per crop.

    Attributes:
        size_hw: height and width of a crop, in px.
        scale: 1 is a picture `base_height` px high.
        base_height: px.
        aspect: largest relative stretch of the width.
        rare: share of the crops centred on a pixel of `rare_categories`.
        rare_categories: names.
        gamma: largest exponent of e in the gamma.
        brightness: factor.
        contrast: factor around the mean.
        saturation: factor around grey.
        balance: largest relative change of one channel.
        spoil: share of the crops that are blurred, and of those that get noise.
        dusk: share of the crops that are darkened much further.
    """

    size_hw: tuple[int, int] = (192, 256)
    scale: tuple[float, float] = (0.6, 1.7)
    base_height: int = 256
    aspect: float = 0.15
    rare: float = 0.35
    rare_categories: tuple[str, ...] = ("object", "human")
    gamma: float = 0.5
    brightness: tuple[float, float] = (0.6, 1.4)
    contrast: tuple[float, float] = (0.6, 1.5)
    saturation: tuple[float, float] = (0.0, 1.8)
    balance: float = 0.15
    spoil: float = 0.1
    dusk: float = 0.0


@dataclass(frozen=True)
class Teacher:
    """The network whose probabilities are learnt besides the labels.

    Attributes:
        file: a Keras model with 19 Cityscapes logits, or the folder of an exported U-Net; `./...`: below the
            folder the command runs in, else below the data folder; empty: no teacher.
        size: px; the input of a Keras model is square, the shorter side of what a U-Net sees is as long.
        grid: the probabilities are stored on a square grid of this many px.
        name: as named on the card.
        labelled_weight: weight of the teacher on labelled pixels (unlabelled: 1).
        silent: categories whose labelled pixels the teacher says nothing about.
    """

    file: str = ""
    size: int = 513
    grid: int = 129
    name: str = ""
    labelled_weight: float = 0.3
    silent: tuple[str, ...] = ("object", "human")


@dataclass(frozen=True)
class Slim:
    """What `slim` leaves of a trained U-Net on an encoder.

    Attributes:
        widths: channels that stay, by their place (`training.slim.unet.joints_of`).
        pictures: source -> how many training pictures decide.
    """

    widths: Mapping[str, int] = field(default_factory=dict)
    pictures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """One run.

    `weights` are the cross-entropy weights of categories, 1 where not named; `balance` are offsets on
    exported logits; `soft_weight` and `dice_weight` are those of the teacher's and of the Dice loss.
    """

    name: str
    title: str
    model: Model
    sources: tuple[DataSource, ...]
    seed: int = 7
    schedule: Schedule = field(default_factory=Schedule)
    crops: Crops = Crops()
    teacher: Teacher = Teacher()
    card: Card = field(default_factory=Card)
    slim: Slim = field(default_factory=Slim)
    weights: Mapping[str, float] = field(default_factory=dict)
    balance: Mapping[str, float] = field(default_factory=dict)
    soft_weight: float = 1.0
    dice_weight: float = 0.0


_SECTIONS = {
    "model": Model,
    "schedule": Schedule,
    "crops": Crops,
    "teacher": Teacher,
    "card": Card,
    "slim": Slim,
}


def sources_of(table: Mapping[str, Any]) -> tuple[DataSource, ...]:
    """The sources of a table.

    Raises:
        ConfigError: there is none, or an entry is unknown or missing.
    """
    found: tuple[DataSource, ...] = build_sections(table, {"sources": DataSource}).get("sources", ())
    if not found:
        raise ConfigError("The configuration needs at least one [[sources]] table.")
    return found


def from_table(table: Mapping[str, Any]) -> Config:
    """Configuration from the nested table of a TOML file.

    Raises:
        ConfigError: an entry is unknown or missing.
    """
    entries = {**build_sections(table, _SECTIONS), "sources": sources_of(table)}
    config: Config = build(Config, entries, "The configuration")
    return config


def read_config(path: Path) -> Config:
    """Configuration in a TOML file.

    Raises:
        ConfigError: the file is not TOML, or an entry is unknown or missing.
    """
    return from_table(read_table(path))
