"""What is to be learnt: a data set with two parts, a layer, classifiers, and what is done before them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.ask.layers import best_layer
from components.data.choice import DataChoice
from components.data.measured import measure_order
from components.session.choice import Choice
from components.session.choosing import choose_from_list, choose_one, choose_several
from components.session.guard import attempt
from components.session.keys import DATA, LAYER, LEARN_CLASSIFIERS, LEARN_PCA, LEARN_POOLING, MODEL, remember
from components.session.offers.data_sets import data_set, offered_sets
from components.words.i18n import _
from components.words.plain import as_text
from compute.transfer.grids import Pooling, Representation, feature_measure
from compute.transfer.learning import TEST, TRAIN, learning_ref
from compute.work.measure import MeasureOrder
from compute.work.predict import Prediction
from data_store.base.words import DataSet
from engine.transfer.preparing import PreparationParams
from engine.transfer.table import CLASSIFIERS, TransferSetting
from model_store.catalogue import CATALOGUE, ModelRef, availability, entry_of

OFFERED = ("digits-cnn", "imagenet-lite0", "dogs-vgg")
"""Models that are offered where the one of the bar does not fit."""
FIRST = ("linear", "rbf", "logistic", "knn")
SHARE = 0.95
"""Of the variance that PCA keeps."""


@dataclass(frozen=True, eq=False)
class LearningQuestion:
    """What is to be learnt.

    Attributes:
        ref: the model that has the features.
        data: the data set.
        what: which features.
        settings: one for each row.
    """

    ref: ModelRef
    data: DataSet
    what: Representation
    settings: tuple[TransferSetting, ...]

    @property
    def orders(self) -> list[MeasureOrder]:
        """Of the features of the training part and of the test part."""
        ref = learning_ref(self.ref)
        measure = feature_measure(ref, self.what.layer, self.what.pooling)
        return [measure_order(measure, DataChoice(self.data, split, (ref,))) for split in (TRAIN, TEST)]

    @property
    def images(self) -> int:
        """Of both parts."""
        return sum(self.data.splits[split] for split in (TRAIN, TEST))

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal ones are the same question."""
        return str(self.ref), self.data.digest, self.what, self.settings


def ask_question(choice: Choice, prediction: Prediction) -> LearningQuestion | None:
    """Draw the choices; None where there is nothing to learn from, and then the page says so."""
    fitting = _fitting_sets()
    if not fitting:
        text = _(
            "No data set here has classes, a training part and a test part. Add one on the page Data set."
        )
        st.container(key="empty").info(text)
        return None
    layers = [layer.name for layer in prediction.target_layers]
    if not layers:
        st.container(key="empty").info(_("This model has no layers that features can be taken from."))
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", key="data-choice"):
        key = choose_from_list(
            DATA, _("Data set"), list(fitting), lambda one: _(fitting[one].title), width=260
        )
        first = layers.index(best_layer(prediction)) if best_layer(prediction) in layers else len(layers) - 1
        layer = choose_from_list(LAYER, _("Layer"), layers, index=first, width=220)
        pooling = _choose_pooling()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {key: _(row.title) for key, row in CLASSIFIERS.items()}
        keys = choose_several(
            LEARN_CLASSIFIERS, _("Classifiers"), list(CLASSIFIERS), titles.__getitem__, FIRST
        )
        shares = _choose_shares()
    if not keys:
        st.info(_("Please select at least one classifier."))
        return None
    settings = tuple(TransferSetting(key, params) for params in shares for key in CLASSIFIERS if key in keys)
    data = fitting[key]
    st.caption(" · ".join(text for text in (as_text(_(data.credit)), as_text(_(data.licence))) if text))
    return LearningQuestion(choice.ref, data, Representation(layer, pooling), settings)


def offer_classifiers(choice: Choice) -> bool:
    """Whether the model of the bar names no class of the whole image: then those that do are offered."""
    if entry_of(choice.ref).task == "classification":
        return False
    text = _("Features are taken from models that name a class of the whole image. Please select one.")
    st.container(key="empty").info(text)
    ready = [key for key in OFFERED if availability(CATALOGUE[key]).ready]
    with st.container(horizontal=True):
        for key in ready:
            use = _("Use {title}").format(title=as_text(_(CATALOGUE[key].title)))
            st.button(use, key=f"use-{key}", on_click=remember, args=(MODEL, key))
    return True


def _fitting_sets() -> dict[str, DataSet]:
    """Data sets with classes and both parts, by key."""
    found = {key: attempt(data_set, key) for key in offered_sets()}
    return {
        key: data
        for key, data in found.items()
        if isinstance(data, DataSet) and data.task == "classification" and {TRAIN, TEST} <= set(data.splits)
    }


def _choose_pooling() -> Pooling:
    titles: dict[Pooling, str] = {
        "mean": _("Mean of each channel"),
        "max": _("Maximum of four places"),
        "flat": _("All places"),
    }
    return choose_from_list(LEARN_POOLING, _("Places"), list(titles), titles.__getitem__, width=220)


def _choose_shares() -> Sequence[PreparationParams]:
    plain, components = PreparationParams(), PreparationParams(pca=SHARE)
    options = {"none": (plain,), "95": (components,), "both": (plain, components)}
    titles = {"none": _("None"), "95": _("95 % of the variance"), "both": _("Both")}
    return options[choose_one(LEARN_PCA, _("PCA"), list(options), titles.__getitem__, "none")]
