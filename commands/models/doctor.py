"""`doctor` and `admit`: a model that somebody brings is examined, and stands in the catalogue."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commands.models.naming import ClassNames, GivenNames, class_names, names_or_numbers
from commands.terminal import print_line
from compute.doctor.admission import (
    CatalogueSlot,
    ModelDescription,
    admit_model,
    suggested_description,
)
from compute.doctor.diagnosis import Diagnosis, Outline, Trial
from compute.doctor.doctor import examine
from compute.doctor.preset_choice import preset_warning
from engine.errors import ModelError
from engine.images.picture import Picture
from model_store.base.entries import FixedSize, InputPolicy
from model_store.download.own_hub import fetch_folder, is_repo_id
from model_store.own.model import Preprocessing
from model_store.own.staging import discard_staged
from samples.library import SAMPLES, sample_pixels
from samples.trial_images import MIXED, other_images

SHOWN_ANSWERS = 3
LEAST_TOLD = 0.01
GUESSED = "The classes are named as in {source}, since the number fits. If that is wrong, give --labels."


@dataclass(frozen=True)
class AdmitOptions:
    """What the command line says of a model; empty where it says nothing.

    Attributes:
        title, task, licence, source, answer: as in ``ModelDescription``.
        labels: key of a label set, a text file, or ``numbers``.
        preprocessing: name of a preset, or ``MEAN/SCALE/ORDER`` such as
            ``123.7,116.3,103.5/58.4,57.1,57.4/bgr``.
        size: HEIGHTxWIDTH, or SHORT-LONG/MULTIPLE.
    """

    title: str = ""
    task: str = ""
    labels: str = ""
    preprocessing: str = ""
    size: str = ""
    answer: str = ""
    licence: str = ""
    source: str = ""


def trial_samples() -> list[Picture]:
    """What models are tried on."""
    titles = {sample.key: sample.title for sample in SAMPLES}
    mixed = [Picture(sample_pixels(key), titles[key]) for key in MIXED]
    return mixed + [Picture(pixels, name) for name, pixels in other_images()]


def find_model(place: str) -> Path:
    """The file or folder that is meant: a path, or a repository of the Hugging Face Hub, which is fetched.

    Raises:
        ModelError: there is none.
    """
    path = Path(place)
    if path.exists():
        return path
    if is_repo_id(place):
        return fetch_folder(place)
    raise ModelError(
        "There is no file or folder {place}, and it is no owner/name of the Hugging Face Hub.", place=place
    )


def examine_place(place: str, labels: str = "") -> tuple[Diagnosis, ClassNames]:
    """What the doctor finds out about a model, and the names of its classes; numbers where there are none.

    Raises:
        ModelError: it cannot be used, or the labels do not fit.
    """
    path = find_model(place)
    given = GivenNames(labels, path)
    try:
        diagnosis = _examined(path, given if labels else None)
    finally:
        discard_staged(path)
    return diagnosis, names_or_numbers(given, diagnosis)


def _examined(
    path: Path, given: GivenNames | None, policy: FixedSize | InputPolicy | None = None
) -> Diagnosis:
    """The diagnosis; names that do not fit end the examination as soon as the classes are counted."""

    def tell(stage: str) -> None:
        print_line(f"{stage} ...", err=True)

    def check(outline: Outline) -> None:
        if given is not None:
            class_names(given, outline)

    return examine(path, trial_samples(), tell, policy.largest_hw if policy else None, check)


def admit_place(place: str, options: AdmitOptions, key: str, link: bool = False) -> dict[str, Any]:
    """Examines a model and puts it into the catalogue; says under which key, and what to look at again.

    Raises:
        ModelError: it cannot be used, or what is said of it does not fit.
    """
    policy = policy_of(options.size) if options.size else None
    path = find_model(place)
    given = GivenNames(options.labels, path)
    try:
        diagnosis = _examined(path, given, policy)
        names = class_names(given, diagnosis)
        description = description_of(diagnosis, options, Path(place).name, names)
        slot = CatalogueSlot(key or model_key_of(description.title), link)
        found = admit_model(path, diagnosis, description, slot)
    finally:
        discard_staged(path)
    return {
        "key": found,
        "title": description.title,
        "classes": len(description.labels),
        "labels": names.source,
        "warning": " ".join(_warnings(diagnosis, description, names)),
    }


def _warnings(diagnosis: Diagnosis, description: ModelDescription, names: ClassNames) -> list[str]:
    warning = preset_warning(diagnosis, description.preprocessing.preset)
    found = [str(warning)] if warning else []
    return found + ([GUESSED.format(source=names.source)] if names.guessed else [])


def model_key_of(title: str) -> str:
    """A key made of a title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "own-model"


def description_of(
    diagnosis: Diagnosis, options: AdmitOptions, name: str, names: ClassNames
) -> ModelDescription:
    """What was found, and what is said, which counts more.

    Raises:
        ModelError: it does not fit.
    """
    texts = {
        key: value
        for key in ("title", "task", "answer", "licence", "source")
        if (value := getattr(options, key))
    }
    suggested = suggested_description(diagnosis, name)
    description = replace(suggested, labels=names.labels, colours=names.colours, **texts)
    if options.preprocessing:
        description = replace(description, preprocessing=preprocessing_of(options.preprocessing))
    return replace(description, policy=policy_of(options.size)) if options.size else description


def preprocessing_of(text: str) -> Preprocessing:
    """A preset by its name, or ``MEAN/SCALE/ORDER``: three numbers, three numbers, and rgb or bgr.

    Raises:
        ModelError: it is neither.
    """
    if "/" not in text:
        return Preprocessing(text)  # type: ignore[arg-type]
    try:
        mean, scale, order = text.split("/")
        means, scales = ([float(part) for part in values.split(",")] for values in (mean, scale))
        if len(means) != 3 or len(scales) != 3:
            raise ValueError
    except ValueError as error:
        raise ModelError(
            "Preprocessing by hand is MEAN/SCALE/ORDER, such as "
            "127.5,127.5,127.5/127.5,127.5,127.5/rgb; received {text!r}.",
            text=text,
        ) from error
    return Preprocessing("hand", (means[0], means[1], means[2]), (scales[0], scales[1], scales[2]), order)  # type: ignore[arg-type]


def policy_of(text: str) -> FixedSize | InputPolicy:
    """The size at which a model looks at pictures: ``513x513``, or ``512-1024/32`` to keep the aspect.

    Raises:
        ModelError: it is neither.
    """
    fixed = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text)
    aspect = re.fullmatch(r"(\d{1,4})-(\d{1,4})/(\d{1,3})", text)
    if fixed:
        return FixedSize(int(fixed[1]), int(fixed[2]))
    if aspect:
        return InputPolicy(int(aspect[1]), int(aspect[2]), int(aspect[3]))
    raise ModelError(
        "A size is HEIGHTxWIDTH, such as 513x513, or SHORT-LONG/MULTIPLE, such as 512-1024/32; "
        "received {text!r}.",
        text=text,
    )


def report_rows(diagnosis: Diagnosis, names: ClassNames) -> list[dict[str, str]]:
    """The report of an examination for people, a line for each thing that was found."""
    height, width, channels = ("any" if side is None else side for side in diagnosis.input_shape)
    nested = f", {diagnosis.nested} models inside" if diagnosis.nested else ""
    seen = "read from its graph" if diagnosis.answer_certain else "guessed"
    tried = " x ".join(map(str, diagnosis.tried_hw))
    target_layers = [
        f"{layer.name} {'x'.join(map(str, layer.shape_hwk))}{' (suggested)' * layer.best}"
        for layer in diagnosis.target_layers
    ]
    rows = {
        "file": f"{diagnosis.kind}, {sum(diagnosis.files.values()) / 1e6:.1f} MB",
        "input": f"{height} x {width} x {channels}",
        "output": " x ".join(map(str, diagnosis.output_shape)),
        "task": f"{diagnosis.task}, {diagnosis.classes} classes",
        "labels": names.source,
        "last step": f"{diagnosis.answer}, {seen}; sums over the classes {diagnosis.row_sums[0]:.3g} to "
        f"{diagnosis.row_sums[1]:.3g}",
        "network": f"{diagnosis.layers} operations{nested}, {diagnosis.parameters:,} parameters",
        "layers": ", ".join(target_layers[-6:]) or "none that can be looked at",
        "gradients": "flow" if diagnosis.gradients else "none",
        "ReLU": "yes" if diagnosis.relu else "no",
        "speed": f"{1000 * diagnosis.seconds_per_run:.3g} ms a run of {tried} pixels",
        "memory": f"{diagnosis.memory_mb} MB",
    }
    rows["preprocessing"] = _choice_text(diagnosis)
    rows |= {f"preprocessing {trial.preset}": _trial_text(trial, names) for trial in diagnosis.trials}
    rows["methods"] = ", ".join(fit.key for fit in diagnosis.methods if not fit.why_not)
    rows |= {f"not {fit.key}": fit.why_not for fit in diagnosis.methods if fit.why_not}
    rows |= {f"remark {number}": str(remark) for number, remark in enumerate(diagnosis.remarks, 1)}
    return [{"what": name, "found": text} for name, text in rows.items()]


def _choice_text(diagnosis: Diagnosis) -> str:
    """Which preprocessing is suggested, why, and how sure that is."""
    chosen = diagnosis.suggested_preset
    trial = diagnosis.trial_of(chosen)
    if chosen == "file" or diagnosis.shown_preset or trial is None:
        return f"{chosen}, {'as its files say' if chosen == 'file' else 'as its first layers show'}"
    others = sorted((one for one in diagnosis.trials if one is not trial), key=lambda one: -one.sure)
    rivals = ", ".join(f"{one.preset} in {one.sure:.0%}" for one in others if one.sure >= LEAST_TOLD)
    text = f"{chosen}, best in {trial.sure:.0%} of random draws of {trial.pictures} images"
    doubt = preset_warning(diagnosis, chosen)
    return text + (f" ({rivals})" if rivals else "") + (f". {doubt}" if doubt else "")


def _trial_text(trial: Trial, names: ClassNames) -> str:
    options = [
        f"{title}: {names.labels[index]} {share:.0%}" for title, index, share in trial.answers[:SHOWN_ANSWERS]
    ]
    figures = (
        f"confidence {trial.confidence:.2f}, the same in the mirror {trial.consistency:.0%}, "
        f"{trial.information:.2f} bits"
    )
    return f"{figures}; {'; '.join(options)}"
