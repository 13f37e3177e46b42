"""Configuration of the training of a classifier: a TOML file read into frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.common.config import Card, ConfigError, Schedule, build, build_sections, read_table

TASK, LINEAR = "classification", "linear"


@dataclass(frozen=True)
class BodyShape:
    """Shape of the network.

    Attributes:
        kind: `vgg`, `inception`, `plain`, or `linear`: a linear head on features that are not learnt.
        widths: channels of the five blocks of `vgg`, or of all blocks of `plain`.
        stride: stride of the first convolution of `vgg`.
        factor: what the widths of InceptionV3 are multiplied by, for `inception`.
        dropout: share of the pooled values that is dropped while learning.
        network: of `model_store.pretrained`, whose features `linear` takes.
    """

    kind: str
    widths: tuple[int, ...] = ()
    stride: int = 1
    factor: float = 0.25
    dropout: float = 0.0
    network: str = ""


@dataclass(frozen=True)
class PictureFolders:
    """Where the pictures are, and which are kept aside.

    Attributes:
        folder: one folder per class, below the data folder; its classes are the outputs of the exported
            network.
        more: a tar file of one folder per class that is learnt besides; the classes of `folder` are among its
            own. Empty: none.
        more_size: side in px at which its pictures are kept in memory; squares.
        size: side in px at which the pictures of `folder` are kept in memory.
        report_share: share of the pictures of `folder`, by a hash of their names, that is never learnt, for
            the figures on the card.
        select_share: the same, to watch the training and to choose by.
    """

    folder: str
    more: str = ""
    more_size: int = 128
    size: int = 224
    report_share: float = 0.2
    select_share: float = 0.06


@dataclass(frozen=True)
class TrainingStage:
    """A part of the run.

    Attributes:
        until: share of the run at which it ends, 0-1.
        size: side of the crops in px.
        own: share of the crops from `folder`; the others are from `more`.
        narrow: whether pictures of `folder` are told apart from each other only, and not from the classes of
            `more`.
        smallest: smallest share of the picture's area in a crop.
        mirror: whether half of the crops are mirrored: a mirrored digit is none.
    """

    until: float
    size: int
    own: float = 0.2
    narrow: bool = False
    smallest: float = 0.35
    mirror: bool = True


@dataclass(frozen=True)
class ColoursConfig:
    """How crops are coloured: largest relative change of brightness, contrast, saturation and of
    one channel.
    """

    brightness: float = 0.25
    contrast: float = 0.25
    saturation: float = 0.3
    balance: float = 0.06


@dataclass(frozen=True)
class Tutor:
    """The classifier whose probabilities are learnt besides the labels.

    Attributes:
        file: a Keras model with softmax outputs for RGB / 127.5 - 1, below the data folder; empty: no
            teacher.
        size: px, its input is square.
        outputs: ranges `first-last` of its outputs that are the classes learnt, in their order.
        name: as named on the card.
        weight: share of the teacher in the targets, 0-1.
        temperature: what its log-probabilities are divided by.
    """

    file: str = ""
    size: int = 224
    outputs: tuple[str, ...] = ()
    name: str = ""
    weight: float = 0.6
    temperature: float = 2.0


@dataclass(frozen=True)
class ClassifierConfig:
    """One run.

    Attributes:
        name: name of the run and of the exported folder.
        title: as on the card.
        body: shape of the network.
        pictures: what is learnt from.
        stages: parts of the run, in order.
        input_size: side in px at which the finished network is measured and used.
        smoothing: share of the label that is spread over all classes.
        names: folder of `pictures.folder` -> its folder in `pictures.more`, where they are called otherwise.
    """

    name: str
    title: str
    body: BodyShape
    pictures: PictureFolders
    stages: tuple[TrainingStage, ...]
    task: str = TASK
    input_size: int = 128
    seed: int = 7
    smoothing: float = 0.1
    names: Mapping[str, str] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    colours: ColoursConfig = ColoursConfig()
    tutor: Tutor = Tutor()
    card: Card = field(default_factory=Card)


_SECTIONS = {
    "stages": TrainingStage,
    "body": BodyShape,
    "pictures": PictureFolders,
    "schedule": Schedule,
    "colours": ColoursConfig,
    "tutor": Tutor,
    "card": Card,
}


def from_table(table: Mapping[str, Any]) -> ClassifierConfig:
    """Configuration from the nested table of a TOML file.

    Raises:
        ConfigError: an entry is unknown or missing.
    """
    entries = {"stages": (), **build_sections(table, _SECTIONS)}
    linear = isinstance(entries.get("body"), BodyShape) and entries["body"].kind == LINEAR
    if not linear and (not entries["stages"] or entries["stages"][-1].until != 1):
        raise ConfigError("The configuration needs [[stages]] tables, the last of them with until = 1.")
    config: ClassifierConfig = build(ClassifierConfig, entries, "The configuration")
    return config


def read_config(path: Path) -> ClassifierConfig:
    """Configuration in a TOML file.

    Raises:
        ConfigError: the file is not TOML, or an entry is unknown or missing.
    """
    return from_table(read_table(path))


def stage_at(stages: tuple[TrainingStage, ...], progress: float) -> TrainingStage:
    """The stage of a run at a share 0-1 of it."""
    return next((stage for stage in stages if progress < stage.until), stages[-1])
