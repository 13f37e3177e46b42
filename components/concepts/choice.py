"""Choice of the class, the layer and the number of concepts."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.ask.layers import best_layer
from components.data.choice import DataChoice
from components.session.choosing import choose_from_list
from components.session.keys import CONCEPTS, LAYER, MAPS_CLASS
from components.words import numbers
from components.words.i18n import _
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from engine.concepts.factors import LEAST, MOST

AUTOMATIC = "auto"


@dataclass(frozen=True)
class ConceptChoice:
    """Whose concepts are looked for.

    Attributes:
        index: class of the model.
        name: its name.
        segments: whether it is a class of zones.
        layer: name of a target layer.
        count: how many concepts; None for as many as the images agree on.
    """

    index: int
    name: str
    segments: bool
    layer: str
    count: int | None


def ask_concepts(choice: DataChoice, prediction: Prediction) -> ConceptChoice:
    """Draw the choice; at first the class of the image of the bar."""
    facts = model_source().facts(choice.refs[0])
    names = list(facts.labels)
    layers = {layer.name: layer.channels for layer in prediction.target_layers}
    with st.container(horizontal=True, vertical_alignment="bottom", key="concept-choice"):
        first = first_class(prediction)
        name = choose_from_list(MAPS_CLASS, _("Class"), names, _, index=first, width=220)
        place = list(layers).index(best_layer(prediction))
        layer = choose_from_list(LAYER, _("Layer"), list(layers), index=place, width=220)
        options = [AUTOMATIC, *map(str, range(LEAST, MOST + 1))]
        count = choose_from_list(CONCEPTS, _("Concepts"), options, _count_title, width=150)
    chosen = None if count == AUTOMATIC else int(count)
    return ConceptChoice(names.index(name), name, facts.task == "segmentation", layer, chosen)


def first_class(prediction: Prediction) -> int:
    """The class that the model sees in the image of the bar."""
    if prediction.zones is None:
        return int(np.argmax(prediction.class_scores))
    return prediction.zones.zones[prediction.zones.foreground()].class_index


def _count_title(count: str) -> str:
    return _("Automatic") if count == AUTOMATIC else numbers.count(int(count))
