"""Description of an own model: the content of its ``model.toml``."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.errors import ModelError
from engine.model import Task
from model_store.base.entries import Colour, FixedSize, InputPolicy
from model_store.base.scaling import SCALINGS, Preset, Scaling
from model_store.network.heads import OutputKind

__all__ = ["OutputKind", "Kind", "OwnModel", "Preprocessing", "clean"]

Kind = Literal["keras", "h5", "saved_model", "huggingface", "onnx", "tflite", "openvino"]

ANSWERING: frozenset[Kind] = frozenset(("onnx", "tflite", "openvino"))
"""Kinds that OpenVINO runs as they are: they answer, and show nothing of their inside."""
CONVERTIBLE: frozenset[Kind] = frozenset(("onnx",))
"""Kinds of these whose graph can be made a Keras model."""

ChannelOrder = Literal["rgb", "bgr"]
PresetName = Literal["raw", "unit", "signed", "caffe", "torch", "file", "hand"]
Triple = tuple[float, float, float]

LONGEST_TITLE, LONGEST_LABEL, LONGEST_NOTE = 80, 120, 500
MOST_LABELS = 30_000
_ROUND = str.maketrans("[]`", "()'")
_JOINERS = "\u200c\u200d"
"""Invisible characters that some scripts are written with."""


@dataclass(frozen=True)
class Preprocessing:
    """How colours are scaled before the network: (colour - mean) / scale, then the order of the channels.

    Attributes:
        preset: a name of ``model_store.base.scaling.SCALINGS``, "file" where a Hugging Face folder says it,
            "hand" for the values below.
        mean: what is subtracted of red, green and blue 0-255.
        scale: what is divided by afterwards, of red, green and blue.
        order: in which the network takes the channels.
    """

    preset: PresetName = "raw"
    mean: Triple = (0.0, 0.0, 0.0)
    scale: Triple = (1.0, 1.0, 1.0)
    order: ChannelOrder = "rgb"

    def __post_init__(self) -> None:
        if self.preset not in (*SCALINGS, "file", "hand"):
            known = ", ".join((*SCALINGS, "file", "hand"))
            raise ModelError(
                "There is no preprocessing {received!r}; please select one of {known}.",
                received=self.preset,
                known=known,
            )
        if (
            not np.isfinite([*self.mean, *self.scale]).all()
            or 0 in self.scale
            or self.order not in ("rgb", "bgr")
        ):
            raise ModelError(
                "Custom preprocessing needs three finite means, three scales other than 0, and the "
                "order rgb or bgr. Received {mean}, {scale}, {order!r}.",
                mean=list(self.mean),
                scale=list(self.scale),
                order=str(self.order)[:20],
            )

    @property
    def known(self) -> Preset:
        """The preset of the catalogue; "raw" where it is none of these."""
        return "raw" if self.preset in ("file", "hand") else self.preset  # type: ignore[return-value]

    def scaling(self) -> Scaling:
        """Factor and shift of each channel, in the order of the network; of "file" nothing is done here."""
        if self.preset != "hand":
            return SCALINGS[self.known]
        step = -1 if self.order == "bgr" else 1
        mean, scale = (np.array(values, np.float64)[::step] for values in (self.mean, self.scale))
        return Scaling(
            (1 / scale).astype(np.float32), (-mean / scale).astype(np.float32), self.order == "bgr"
        )


@dataclass(frozen=True)
class OwnModel:
    """What ``model.toml`` says of a model that somebody has brought.

    Attributes:
        title: its name for people.
        task: what it answers.
        kind: how its files are read.
        labels: class names in the order of the outputs; a single output has two, "not" and "yes".
        policy: the size at which it looks at pictures.
        preprocessing: how colours are scaled before it.
        answer: what its last step gives: logits, or probabilities by a softmax or by sigmoids.
        colours: one RGB triple 0-255 per class; empty to have them chosen.
        licence: terms of the weights.
        source: where it comes from.
        files: hex sha256 of each of its files, by path in its folder; the weights first.
        converted: whether its graph is made a Keras model, which gave the same answers when it was examined.
    """

    title: str
    task: Task
    kind: Kind
    labels: tuple[str, ...]
    policy: FixedSize | InputPolicy
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    answer: OutputKind = "logits"
    colours: tuple[Colour, ...] = ()
    licence: str = ""
    source: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    converted: bool = False

    def __post_init__(self) -> None:
        if self.converted and self.kind not in CONVERTIBLE:
            raise ModelError(
                "{title} is said to be converted, and models of kind {kind} are not. Please admit it again.",
                title=self.title,
                kind=self.kind,
            )
        if self.colours and len(self.colours) != len(self.labels):
            raise ModelError(
                "{title} has {labels} labels and {colours} colours; please give as many colours "
                "as labels, or none.",
                title=self.title,
                labels=len(self.labels),
                colours=len(self.colours),
            )
        if self.preprocessing.preset == "file" and self.kind != "huggingface":
            raise ModelError(
                'The preprocessing "file" is for Hugging Face folders; please select another one '
                "for {title}.",
                title=self.title,
            )

    @property
    def answers_only(self) -> bool:
        """Whether OpenVINO runs it as it is, without TensorFlow."""
        return answers_only(self.kind, self.converted)


def answers_only(kind: Kind, converted: bool) -> bool:
    """Whether OpenVINO runs a model as it is, without TensorFlow."""
    return kind in ANSWERING and not converted


def clean(text: str, longest: int) -> str:
    """Text on one line without what cannot be seen: control characters, and those that turn the direction of
    writing.
    """
    seen = "".join(
        " " if letter in "\t\r\n" else letter for letter in text if letter in "\t\r\n" or _visible(letter)
    )
    return " ".join(seen.split())[:longest].strip()


def clean_name(text: str, longest: int) -> str:
    """As ``clean``, without what would make a link, a picture or code of a name where it is drawn as
    Markdown.
    """
    return clean(text, longest).translate(_ROUND)


def _visible(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter)[0] != "C"
