"""Diagnosis: what an examination finds out about a model that somebody has brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from engine.errors import ModelError
from engine.model import Task
from model_store.own.model import Kind, OutputKind, answers_only

ExaminationStage = Literal["scan", "load", "structure", "gradients", "preprocessing", "speed"]
STAGES: tuple[ExaminationStage, ...] = ("scan", "load", "structure", "gradients", "preprocessing", "speed")
"""What is done, in this order; a stage is told when it begins."""

Value = str | int | float


@dataclass(frozen=True)
class Remark:
    """A sentence about a model: a template, so that it can be translated before its values are filled in.

    Attributes:
        text: sentence with ``{name}`` places.
        values: what stands in these places.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values) if self.values else self.text


@dataclass(frozen=True)
class ExaminedLayer:
    """A layer that can be looked at.

    Attributes:
        name: ``inside/layer`` where a model is nested.
        shape_hwk: height, width and channels of its maps at the size of the trial picture; 0 where unknown.
        best: the suggested layer for class activation maps.
    """

    name: str
    shape_hwk: tuple[int, int, int]
    best: bool = False


@dataclass(frozen=True)
class Trial:
    """What a model answers to the sample pictures under one preprocessing.

    Attributes:
        preset: a name of ``model_store.base.scaling.SCALINGS``, or "file".
        confidence: mean of the highest probability, 0-1, over pictures (and places).
        consistency: share of pictures, or places, whose best class stays the same in the mirror, 0-1.
        information: bits that the answer tells about which picture (and place) it is; sure answers that
            differ tell most.
        answers: for each sample picture its title, and the index and probability of the best class (or of the
            largest), of the first pictures.
        sure: in what share of random draws of the pictures no other preprocessing does better, 0-1.
        pictures: how many it was tried on.
    """

    preset: str
    confidence: float
    consistency: float
    information: float
    answers: tuple[tuple[str, int, float], ...]
    sure: float = 0.0
    pictures: int = 0

    @property
    def merit(self) -> float:
        """By what preprocessings are compared: how much its answers tell, if they hold in the mirror.

        Confidence alone misleads.
        """
        return self.information * self.consistency


@dataclass(frozen=True)
class Outline:
    """What is known of a model as soon as it is loaded, long before the examination ends.

    Attributes:
        classes: how many labels are needed.
        labels: class names that came with the files; empty where none did.
    """

    classes: int
    labels: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Outline:
        """What ``to_json`` has written.

        Raises:
            ModelError: it is something else.
        """
        return _read_as(cls, content)


@dataclass(frozen=True)
class MethodFit:
    """Whether a method fits.

    Attributes:
        key: of the table of methods.
        title: its name for people.
        why_not: the reason why it does not fit; empty if it does.
    """

    key: str
    title: str
    why_not: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What an examination found out.

    Attributes:
        kind: how its files are read.
        files: bytes of each file that belongs to it, by path.
        input_shape: (height, width, channels); None where any size goes.
        output_shape: of one picture at the size of the trial: (C,) or (h, w, C).
        classes: how many labels are needed; 2 for a single output.
        task: guessed from the output.
        answer: what its last step gives: found in the graph, else guessed from sums.
        answer_certain: whether the last step was found in the graph.
        row_sums: smallest and largest sum of the outputs over the classes, on the sample pictures.
        labels: class names that came with the files; empty where none did.
        nested: how many models are inside it; they are looked through.
        layers: how many operations it has, those of nested models included.
        target_layers: the layers that can be looked at, from input to output.
        gradients: whether the score has a finite gradient, other than zero, by the picture.
        relu: whether it has rectified linear units.
        trials: what it answers under each preprocessing, the most likely one first.
        parameters: how many weights it has.
        tried_hw: height and width of the largest pictures that it was tried on; no larger ones are admitted.
        seconds_per_run: of one picture of that size on this machine, on TensorFlow unless it only answers.
        memory_mb: by how much the process grew to load and run it.
        methods: the table of methods, and which of them fit.
        remarks: warnings in plain words.
        shown_preset: the preprocessing that its first layers ask for; empty where they ask for none.
        converted: whether its graph is made a Keras model, which gives the same answers.
    """

    kind: Kind
    files: Mapping[str, int]
    input_shape: tuple[int | None, int | None, int]
    output_shape: tuple[int, ...]
    classes: int
    task: Task
    answer: OutputKind
    answer_certain: bool
    row_sums: tuple[float, float]
    labels: tuple[str, ...]
    nested: int
    layers: int
    target_layers: tuple[ExaminedLayer, ...]
    gradients: bool
    relu: bool
    trials: tuple[Trial, ...]
    parameters: int
    tried_hw: tuple[int, int]
    seconds_per_run: float
    memory_mb: int
    methods: tuple[MethodFit, ...]
    remarks: tuple[Remark, ...] = ()
    shown_preset: str = ""
    converted: bool = False

    @property
    def answers_only(self) -> bool:
        """Whether nothing can be derived of it, nor any layer be read."""
        return self.kind == "saved_model" or answers_only(self.kind, self.converted)

    @property
    def suggested_preset(self) -> str:
        """The preprocessing that its files say, its graph shows, or that is most likely the right one."""
        if self.trial_of("file"):
            return "file"
        return self.shown_preset or (self.trials[0].preset if self.trials else "raw")

    def trial_of(self, preset: str) -> Trial | None:
        """What was tried under one preprocessing."""
        return next((trial for trial in self.trials if trial.preset == preset), None)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, with what follows from it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Diagnosis:
        """What ``to_json`` has written.

        Raises:
            ModelError: it is something else.
        """
        return _read_as(cls, content)


R = TypeVar("R")


def _read_as(kind: type[R], content: Mapping[str, Any]) -> R:
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        raise ModelError(
            "This is not an examination report: {reason}. Please examine the model again.",
            reason=error.errors()[0]["msg"],
        ) from error
