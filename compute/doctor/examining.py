"""The examination itself, as the child process does it.

Nothing here may run in the server or in a worker.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from compute.doctor.conversion_trial import tried_network
from compute.doctor.diagnosis import Diagnosis, ExaminationStage, ExaminedLayer, MethodFit, Outline, Remark
from compute.doctor.examined_model import ExaminedModel
from compute.doctor.limits import peak_memory_mb
from compute.doctor.preset_trials import Samples, TrialOptions, trials_of
from compute.doctor.scan_limit import ends_after, scan_seconds
from compute.doctor.size_trial import SizeHW, input_gradient, largest_trial, trial_size
from engine.images.picture import Picture
from engine.method import FORWARDS_ONLY
from engine.methods import METHODS
from engine.model import ModelFacts
from engine.perturbation.run import fit_picture
from engine.phrase import later
from model_store.base.entries import FixedSize
from model_store.base.scaling import SCALINGS, Scaling
from model_store.loading.in_memory import model_in_memory
from model_store.loading.inspection import Inspection, inspect_network
from model_store.own.kinds import files_of, kind_of
from model_store.own.label_sets import chosen_colours, placeholder_labels
from model_store.own.model import Kind
from model_store.scan import import_libraries, scan

Tell = Callable[[ExaminationStage], None]

MOST_PIXELS = 24 * 512 * 512
"""Of all sample pictures together."""
SLOW_SECONDS = 1.0
_ALONE = later("Its single output is read as two classes: first the answer no, then the answer yes.")
_GREY = later("It takes grey images: colours are converted to grey first.")
_UNDERIVED = later(
    "Its score has no gradient with respect to the image: methods that need gradients are not available."
)
_CLOSED = later("None of its layers can be inspected: methods that read a layer are not available.")
_DAMAGED = later("Some of its answers to noise are not finite numbers: its weights may be damaged.")
_SLOW = later("It is slow here: a map of 2,000 model evaluations takes more than half an hour.")
_GUESSED = later(
    "Whether it returns logits or probabilities was guessed from its outputs, not read from its graph."
)


def examine_in_process(
    path: Path,
    pictures: list[Picture],
    tell: Tell,
    size_hw: SizeHW | None = None,
    outline: Callable[[Outline], None] = lambda _outline: None,
) -> Diagnosis:
    """What can be found out about a model, in this process.

    Args:
        path: its file or folder.
        pictures: samples of what it might be for.
        tell: called with each stage when it begins.
        size_hw: of the largest pictures that it is to look at, where it takes any; None for the usual size.
        outline: called with what is known once it is loaded.

    Raises:
        ModelError: it cannot be used; the sentence says why.
    """
    tell("scan")
    kind = kind_of(path)
    import_libraries(kind)
    with ends_after(scan_seconds(path)):
        scan(path, kind)
    files = {name: found.stat().st_size for name, found in files_of(path, kind).items()}
    tell("load")
    examined = _examined_model(path, kind, pictures)
    outline(Outline(examined.inspection.classes, examined.inspection.labels))
    tell("structure")
    target_layers = _target_layers(examined)
    tell("gradients")
    gradients = _has_gradients(examined)
    tell("preprocessing")
    shown = examined.inspection.expects
    trials = trials_of(
        examined.probabilities,
        _samples(examined, pictures),
        scalings_of(path, examined),
        TrialOptions(settled=bool(shown)),
    )
    tell("speed")
    trial = largest_trial(examined, size_hw, gradients)
    facts, traits, inspection = examined.model.facts, examined.model.traits, examined.inspection
    return Diagnosis(
        kind=kind,
        files=files,
        input_shape=(*inspection.size_hw, inspection.channels),
        output_shape=tuple(examined.outputs.shape[1:]),
        classes=len(facts.labels),
        task=facts.task,
        answer=examined.answer,
        answer_certain=bool(inspection.output_activation or inspection.certain),
        row_sums=examined.sums,
        labels=inspection.labels,
        nested=inspection.nested,
        layers=inspection.layers,
        target_layers=target_layers,
        gradients=gradients,
        relu="relu" in traits,
        trials=trials,
        parameters=inspection.parameters,
        tried_hw=trial.size_hw,
        seconds_per_run=trial.seconds,
        memory_mb=max(peak_memory_mb() - examined.before_mb, 0),
        methods=_methods(facts, traits | ({"layer"} if target_layers else set())),
        remarks=tuple(_remarks(examined, gradients, trial.seconds, bool(target_layers))),
        shown_preset=shown or "",
        converted=examined.tried.converted,
    )


def _examined_model(path: Path, kind: Kind, pictures: list[Picture]) -> ExaminedModel:
    before = peak_memory_mb()
    tried = tried_network(path, kind, pictures)
    inspection = inspect_network(tried.network, path)
    size_hw = trial_size(inspection)
    model = model_in_memory(_facts(inspection), FixedSize(*size_hw), tried.network)
    return ExaminedModel(path, inspection, model, size_hw, before, tried)


def _facts(inspection: Inspection) -> ModelFacts:
    labels = inspection.labels or placeholder_labels(inspection.classes)
    name = hashlib.sha256(repr(inspection).encode()).hexdigest()
    return ModelFacts("examined", "the model", inspection.task, labels, chosen_colours(len(labels)), "", name)


def _target_layers(examined: ExaminedModel) -> tuple[ExaminedLayer, ...]:
    sizes = {facts.name: facts.shape_hwk for facts in examined.model.features.layers(examined.size_hw)}
    return tuple(
        ExaminedLayer(layer.name, sizes.get(layer.name, (0, 0, layer.channels)), layer.best)
        for layer in examined.model.target_layers
    )


def _has_gradients(examined: ExaminedModel) -> bool:
    """Whether a score on a picture of noise has a finite gradient other than zero."""
    if FORWARDS_ONLY in examined.model.traits:
        return False
    try:
        gradient = input_gradient(examined.model, examined.size_hw)
    except Exception:  # TensorFlow raises LookupError and others where an operation has none
        return False
    return bool(np.isfinite(gradient).all() and np.abs(gradient).max() > 0)


def _samples(examined: ExaminedModel, pictures: list[Picture]) -> Samples:
    height, width = examined.size_hw
    kept = pictures[: max(MOST_PIXELS // (height * width), 2)]
    return Samples(
        tuple(picture.name for picture in kept),
        np.stack([fit_picture(picture, examined.size_hw) for picture in kept]),
    )


def scalings_of(path: Path, examined: ExaminedModel) -> dict[str, Scaling]:
    """The presets, and that of a Hugging Face folder; those of three colours are left out for grey models."""
    grey = examined.inspection.channels == 1
    known: dict[str, Scaling] = {
        name: scaling for name, scaling in SCALINGS.items() if not (grey and name in ("caffe", "torch"))
    }
    return ({"file": examined.inspection.scaling} if examined.inspection.scaling else {}) | known


def _methods(facts: ModelFacts, traits: frozenset[str] | set[str]) -> tuple[MethodFit, ...]:
    return tuple(
        MethodFit(method.key, method.title, str(method.why_not(facts, traits) or ""))
        for method in METHODS.values()
    )


def _remarks(examined: ExaminedModel, gradients: bool, seconds: float, target_layers: bool) -> list[Remark]:
    inspection = examined.inspection
    found = [
        (_ALONE, inspection.alone),
        (_GREY, inspection.channels == 1),
        (_UNDERIVED, not gradients),
        (_CLOSED, not target_layers),
        (_DAMAGED, not np.isfinite(examined.outputs).all()),
        (_SLOW, seconds > SLOW_SECONDS),
        (_GUESSED, not (inspection.output_activation or inspection.certain)),
    ]
    return [*examined.tried.remarks, *(Remark(text) for text, holds in found if holds)]
