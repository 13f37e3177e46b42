"""Choice of a data set, a part of it, and a second model beside that of the bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.data.uploading.upload_view import adopt_upload, describe_upload, offer_upload, show_incoming
from components.session.choice import Choice
from components.session.choosing import by_title, choose_from_list, choose_or_not
from components.session.guard import attempt, say
from components.session.keys import DATA, MODEL, RIVAL, SPLIT, remember
from components.session.offers.data_sets import data_set, offered_sets
from components.session.own_models import visible_models
from components.session.uploads.uploaded_sets import uploaded_sets
from components.words import numbers
from components.words.i18n import _, sentence
from components.words.plain import as_text
from compute.measure.classes import ClassAnswers
from compute.measure.masks import MaskAnswers
from compute.measure.measure import Measure
from compute.worker.sources import model_source
from data_store.base.words import DataSet
from engine.errors import VitrineError
from engine.model import Task
from model_store.catalogue import CATALOGUE, ModelRef, availability

MEASURES: dict[Task, Callable[[ModelRef], Measure]] = {
    "classification": ClassAnswers,
    "segmentation": MaskAnswers,
}
"""What is asked of a model, by its task."""
ALL = ""
KEPT: dict[str, Any] = {"persist_state": "session"}
"""What is chosen on one page about data sets is chosen on the others."""


@dataclass(frozen=True, eq=False)
class DataChoice:
    """What is measured.

    Attributes:
        data: the data set.
        split: part of it; None for all of it.
        refs: the model of the bar, and the one it is compared with, if there is one.
    """

    data: DataSet
    split: str | None
    refs: tuple[ModelRef, ...]


def measure_of(ref: ModelRef) -> Measure:
    """What is asked of a model about each image."""
    return MEASURES[model_source().facts(ref).task](ref)


def why_not(ref: ModelRef, data: DataSet) -> VitrineError | None:
    """Why a model cannot be measured on a data set."""
    found = attempt(_check, ref, data)
    return found if isinstance(found, VitrineError) else None


def _check(ref: ModelRef, data: DataSet) -> Any:
    return measure_of(ref).meaning(data, model_source().facts(ref))


def choose_data(choice: Choice, with_rival: bool = True) -> DataChoice | None:
    """Draw the choice; None where the model does not fit, and then the page says which one does.

    Args:
        choice: of the bar.
        with_rival: whether the page compares models.
    """
    adopt_upload()
    offers = list(offered_sets())
    with st.container(horizontal=True, vertical_alignment="bottom", key="data-choice"):
        first = _first(choice.ref)
        key = choose_from_list(DATA, _("Data set"), offers, _titles(), index=first, width=300, **KEPT)
        offer_upload()
        data = attempt(data_set, key)
        if isinstance(data, VitrineError):
            say(data)
            return None
        split = _choose_split(data)
        reason = why_not(choice.ref, data)
        rival = _choose_rival(choice.ref, data) if with_rival and reason is None else None
    show_incoming()
    _describe(data)
    describe_upload(key)
    if reason is not None:
        _offer_models(reason, data)
        return None
    return DataChoice(data, split, (choice.ref,) if rival is None else (choice.ref, rival))


def _first(ref: ModelRef) -> int:
    """The first data set of Vitrine's own that fits the model."""
    for place, (key, offer) in enumerate(offered_sets().items()):
        data = attempt(data_set, key) if offer.shipped else None
        if isinstance(data, DataSet) and why_not(ref, data) is None:
            return place
    return 0


def _titles() -> Callable[[str], str]:
    """How the keys of data sets are shown, with those that the session has uploaded."""
    own = {key: found.data.title for key, found in uploaded_sets().sets.items()}
    return lambda key: _("{title} (uploaded)").format(title=own[key]) if key in own else _title(key)


def _title(key: str) -> str:
    offer = offered_sets().get(key)
    return _(data_set(key).title) if offer is not None and offer.shipped else key


def _choose_split(data: DataSet) -> str | None:
    names = [name for name in data.splits if name]
    if len(data.splits) < 2:
        return None

    def title(name: str) -> str:
        known = {"train": _("Training"), "validation": _("Validation"), "test": _("Test")}
        known[ALL] = _("All images")
        return known.get(name, name)

    options = sorted(names, key=lambda name: name != "test")
    return choose_from_list(SPLIT, _("Part"), [*options, ALL], title, width=170, **KEPT) or None


def _choose_rival(ref: ModelRef, data: DataSet) -> ModelRef | None:
    models = {
        key: entry
        for key, entry in visible_models().items()
        if key != ref.key and availability(entry).ready and why_not(ModelRef(key), data) is None
    }
    if not models:
        return None
    title, none = _("Compare with"), _("No other model")
    key = choose_or_not(RIVAL, title, list(models), by_title(models), none, width=240, **KEPT)
    return None if key is None else ModelRef(key)


def _describe(data: DataSet) -> None:
    classes = numbers.count(len(data.labels))
    parts = [_("{count} images").format(count=numbers.count(len(data.items)))]
    parts += [_("{count} classes").format(count=classes)] if data.labels else []
    parts += [as_text(_(text)) for text in (data.credit, data.licence) if text]
    st.caption(" · ".join(parts))


def _offer_models(reason: VitrineError, data: DataSet) -> None:
    """Say why nothing is measured, and offer the models that fit."""
    st.info(as_text(sentence(reason)))
    here = [key for key, entry in CATALOGUE.items() if availability(entry).ready]
    fitting = [key for key in here if why_not(ModelRef(key), data) is None]
    with st.container(horizontal=True):
        for key in fitting[:3]:
            use = _("Use {title}").format(title=as_text(_(CATALOGUE[key].title)))
            st.button(use, key=f"use-{key}", on_click=remember, args=(MODEL, key))
