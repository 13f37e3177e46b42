"""The model of a run as one of the session: examined as a stranger's file is, admitted, explained."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from components.own_models.candidate import Candidate
from components.own_models.examined import examined
from components.session.guard import attempt, say
from components.session.keys import MODEL, RIVAL, RUN_MODELS, once
from components.session.own_models import add_to_session, visible_models
from components.words.i18n import _
from components.words.plain import as_text
from compute.doctor.admission import admit_model, suggested_description
from compute.doctor.diagnosis import Diagnosis
from compute.lab.trained import MODEL_FILE, trained_content, trained_labels
from engine.errors import VitrineError
from experiments.folders import ListedRun
from experiments.record import Experiment

GALLERY_PAGE, LAYERS_PAGE, ERRORS_PAGE = (
    "pages/explain/gallery.py",
    "pages/explain/layers.py",
    "pages/data/errors.py",
)


@dataclass
class RunModel:
    """The model of a run on its way.

    Attributes:
        candidate: under examination; None before.
        key: of the admitted model; "" before.
    """

    candidate: Candidate | None = None
    key: str = ""


def _models() -> dict[str, RunModel]:
    found: dict[str, RunModel] = once(RUN_MODELS, dict)
    return found


def model_key(run: ListedRun) -> str:
    """Key of the model of a run, where this session has one; else ""."""
    experiment = run.experiment
    assert experiment is not None
    made = _models().get(run.key)
    for key in (experiment.model, made.key if made else ""):
        if key in visible_models():
            return key
    return ""


def offer_model(run: ListedRun, experiment: Experiment) -> None:
    """Explain the model of a run, or make one of it first."""
    key = model_key(run)
    if key:
        _lead_on(key)
        return
    if not (run.folder / MODEL_FILE).is_file():
        return
    made = _models().get(run.key)
    if made is None or made.candidate is None:
        begin: dict[str, Any] = {"on_click": _examine, "args": (run.key, run.folder)}
        st.button(_("Explain"), type="primary", key=f"run-explain-{run.key}", **begin)
        return
    found = made.candidate
    diagnosis = examined(found)
    if diagnosis is None:
        return
    error = found.refused or attempt(_admit, made, experiment, run.folder, diagnosis)
    if isinstance(error, VitrineError):
        found.refused = error
        say(error)
        return
    st.rerun()


def _examine(key: str, folder: Path) -> None:
    """Begin the examination that a stranger's file passes."""
    path = attempt(trained_content, folder)
    if isinstance(path, VitrineError):
        say(path)
        return
    _models()[key] = RunModel(Candidate(key, lambda _candidate: path))


def _admit(made: RunModel, experiment: Experiment, folder: Path, diagnosis: Diagnosis) -> None:
    assert made.candidate is not None
    labels = trained_labels(folder)
    description = suggested_description(diagnosis, experiment.name)
    kept = replace(
        description,
        title=experiment.name,
        labels=labels if len(labels) == diagnosis.classes else description.labels,
        source=experiment.key,
    )
    made.key = admit_model(made.candidate.path, diagnosis, kept)
    add_to_session(made.key)


def _lead_on(key: str) -> None:
    """To the maps of a model that is there."""
    text = _("**{title}** is in the list of models.")
    st.success(text.format(title=as_text(visible_models()[key].title)))
    pages = {GALLERY_PAGE: _("Explain"), LAYERS_PAGE: _("Layer by layer")}
    for page, title in pages.items():
        st.page_link(page, label=f"{title} →", query_params={MODEL: key})


def offer_comparison(first: ListedRun, second: ListedRun) -> None:
    """Both models on a data set, where this session has both."""
    keys = model_key(first), model_key(second)
    if not all(keys):
        st.caption(_("Once both are models of the list, they can be compared on a data set."))
        return
    both = dict(zip((MODEL, RIVAL), keys, strict=True))
    st.page_link(ERRORS_PAGE, label=_("Compare on a data set") + " →", query_params=both)
