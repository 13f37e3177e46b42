"""Choice of what is compared: a class, by the truth or by the answer, a method and a layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.ask.layers import best_layer
from components.data.measured import Measured
from components.session.choosing import by_title, choose_from_list, choose_one
from components.session.keys import LAYER, MAPS_BY, MAPS_CLASS, MAPS_METHOD
from components.words import numbers
from components.words.i18n import _
from compute.measure.cams.class_cams import CAMS, PREDICTED, TRUE
from compute.work.predict import Prediction
from engine.arrays import AnyInts
from engine.model import ModelFacts

FIRST = "layercam"
"""The method at first: it keeps places apart that Grad-CAM gives one weight."""


@dataclass(frozen=True)
class MapQuestion:
    """What is compared.

    Attributes:
        index: class of the model.
        name: its name.
        by: whether its images are those that are of it, or those that are taken for it; their maps are of
            the class itself.
        method: key of a gradient method.
        layer: name of a target layer.
    """

    index: int
    name: str
    by: str
    method: str
    layer: str


def ask_images(found: Measured, prediction: Prediction) -> MapQuestion:
    """Draw the choice for a classifier."""
    labelled = bool((found.ints("truth") >= 0).any())
    with st.container(horizontal=True, vertical_alignment="bottom", key="strategy-choice"):
        by = _choose_by() if labelled else PREDICTED
        column = found.ints("truth" if by == TRUE else "prediction")
        index = _choose_class(found.facts, column)
        method, layer = _choose_reading(prediction)
    return MapQuestion(index, found.facts.labels[index], by, method, layer)


def ask_zones(facts: ModelFacts, prediction: Prediction) -> MapQuestion:
    """Draw the choice for a segmenter."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="strategy-choice"):
        names = list(facts.labels)
        name = choose_from_list(MAPS_CLASS, _("Class"), names, _, width=220)
        method, layer = _choose_reading(prediction)
    return MapQuestion(names.index(name), name, PREDICTED, method, layer)


def _choose_by() -> str:
    titles = {TRUE: _("True class"), PREDICTED: _("Predicted class")}
    return choose_one(MAPS_BY, _("Images by"), list(titles), titles.__getitem__, TRUE)


def _choose_class(facts: ModelFacts, column: AnyInts) -> int:
    """A class that has images, the most frequent first."""
    counts = np.bincount(column[column >= 0], minlength=len(facts.labels))
    order = np.argsort(-counts, kind="stable")
    names = {facts.labels[place]: int(place) for place in order.tolist() if counts[place]}

    def title(name: str) -> str:
        return _("{name} ({count})").format(name=_(name), count=numbers.count(int(counts[names[name]])))

    return names[choose_from_list(MAPS_CLASS, _("Class"), list(names), title, width=220)]


def _choose_reading(prediction: Prediction) -> tuple[str, str]:
    """Method and layer."""
    keys = sorted(CAMS, key=lambda key: key != FIRST)
    method = choose_from_list(MAPS_METHOD, _("Method"), keys, by_title(CAMS), width=160)
    layers: Sequence[str] = [layer.name for layer in prediction.target_layers]
    first = layers.index(best_layer(prediction))
    return method, choose_from_list(LAYER, _("Layer"), layers, index=first, width=220)
