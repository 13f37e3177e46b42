"""Admission of an examined model to the catalogue."""

from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from compute.doctor.diagnosis import Diagnosis
from engine.errors import ModelError
from engine.model import Task
from engine.phrase import later
from model_store.base.entries import Colour, FixedSize, InputPolicy, Policy
from model_store.own.kinds import files_of
from model_store.own.label_sets import labels_for, lone_set
from model_store.own.model import (
    LONGEST_NOTE,
    LONGEST_TITLE,
    OutputKind,
    OwnModel,
    Preprocessing,
    clean,
    clean_name,
)
from model_store.own.staging import discard_staged
from model_store.own.store import store_model

USUAL_SIDE = 224
ANY_SIZE = InputPolicy(short_side=256, long_side=640, multiple=32)
"""How segmentation models that take any size look at pictures."""


@dataclass(frozen=True)
class ModelDescription:
    """What somebody says of a model, where its files do not.

    Attributes:
        title: its name for people.
        task: what it answers.
        labels: a name for each class, in the order of the outputs.
        policy: the size at which it looks at pictures.
        preprocessing: how colours are scaled before it.
        answer: what its last step gives.
        licence: terms of the weights.
        source: where it comes from.
        colours: one RGB triple 0-255 per class; empty to have them chosen.
    """

    title: str
    task: Task
    labels: tuple[str, ...]
    policy: FixedSize | InputPolicy
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    answer: OutputKind = "logits"
    licence: str = ""
    source: str = ""
    colours: tuple[Colour, ...] = ()


@dataclass(frozen=True)
class CatalogueSlot:
    """Where a model is to stand.

    Attributes:
        key: its key for everybody; None for one that nobody can guess.
        link: whether the files are linked to in place of copied.
    """

    key: str | None = None
    link: bool = False


PRIVATE = CatalogueSlot()


def suggested_description(diagnosis: Diagnosis, name: str) -> ModelDescription:
    """All that can be guessed; labels only where they came with the files, or one known set alone fits."""
    known = lone_set(diagnosis.classes)
    labels = diagnosis.labels or (labels_for(known, diagnosis.classes) if known else ())
    return ModelDescription(
        title=clean_name(Path(name).stem.replace("_", " "), LONGEST_TITLE) or "Own model",
        task=diagnosis.task,
        labels=labels,
        policy=suggested_policy(diagnosis),
        preprocessing=Preprocessing(diagnosis.suggested_preset),  # type: ignore[arg-type]
        answer=diagnosis.answer,
    )


def suggested_policy(diagnosis: Diagnosis) -> FixedSize | InputPolicy:
    """The size that a model asks for; where it takes any, the usual one of its task."""
    height, width, _ = diagnosis.input_shape
    if height is None and width is None and diagnosis.task == "segmentation":
        return ANY_SIZE
    return FixedSize(height or USUAL_SIDE, width or USUAL_SIDE)


def untried_hw(diagnosis: Diagnosis, policy: Policy) -> tuple[int, int] | None:
    """The size at which a model has to be examined first: with more pixels than any that it was tried on."""
    return policy.largest_hw if prod(policy.largest_hw) > prod(diagnosis.tried_hw) else None


def _pixels(size_hw: tuple[int, int]) -> str:
    return f"{size_hw[0]} x {size_hw[1]}"


def admit_model(
    path: Path, diagnosis: Diagnosis, description: ModelDescription, place: CatalogueSlot = PRIVATE
) -> str:
    """Puts an examined model among the own ones.

    Args:
        path: its file or folder; staged files are moved, others copied.
        diagnosis: of this very model.
        description: what is said of it.
        place: where it is to stand.

    Returns:
        Its key.

    Raises:
        ModelError: what is said does not fit what was found, the key is taken, or the disk does not take it.
    """
    _refuse_what_does_not_fit(diagnosis, description)
    own = OwnModel(
        title=clean_name(description.title, LONGEST_TITLE),
        task=description.task,
        kind=diagnosis.kind,
        labels=description.labels,
        policy=description.policy,
        preprocessing=description.preprocessing,
        answer=description.answer,
        colours=description.colours,
        licence=clean(description.licence, LONGEST_NOTE),
        source=clean(description.source, LONGEST_NOTE),
        converted=diagnosis.converted,
    )
    key = store_model(place.key, own, files_of(path, diagnosis.kind), place.link)
    discard_staged(path)
    return key


def _refuse_what_does_not_fit(diagnosis: Diagnosis, description: ModelDescription) -> None:
    if description.task != diagnosis.task:
        text = later("The model returns {shape}, which is {found}; it cannot be used for {wanted}.")
        raise ModelError(text, shape=diagnosis.output_shape, found=diagnosis.task, wanted=description.task)
    if len(description.labels) != diagnosis.classes:
        raise ModelError(
            "The model returns {classes} classes, and {found} labels were given; please give one "
            "label for each class.",
            classes=diagnosis.classes,
            found=len(description.labels),
        )
    fixed = diagnosis.input_shape[:2]
    if any(
        side is not None and side != own for side, own in zip(fixed, description.policy.fixed_hw, strict=True)
    ):
        text = later(
            "The model accepts images of {height} x {width} pixels and no others; received {wanted}."
        )
        raise ModelError(text, height=fixed[0], width=fixed[1], wanted=description.policy)
    if untried_hw(diagnosis, description.policy):
        raise ModelError(
            "The model was tried on images of {tried} pixels, but {wanted} are requested. Please "
            "examine it at that size, or select a smaller one.",
            tried=_pixels(diagnosis.tried_hw),
            wanted=_pixels(description.policy.largest_hw),
        )
    if diagnosis.answer_certain and description.answer != diagnosis.answer:
        text = later("The last step of the model gives {found}, as its graph shows; received {wanted}.")
        raise ModelError(text, found=diagnosis.answer, wanted=description.answer)
