"""Features of a data set that examples are looked for in: chosen, measured, with classes of images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from components.ask.layers import best_layer
from components.data.choice import DataChoice, choose_data
from components.data.measured import measure_order, measured, measures_of
from components.session.choice import Choice
from components.session.choosing import choose_from_list
from components.session.keys import LAYER
from components.words.i18n import _
from compute.measure.features import FEATURES, LayerFeatures
from compute.work.predict import Prediction
from data_store.base.words import Item
from engine.arrays import Array, LongInts


@dataclass(frozen=True, eq=False)
class ExampleImages:
    """Images of a data set with their features at a layer.

    Attributes:
        choice: the data set, and the model.
        layer: name of the target layer.
        items: the images, (N,).
        features: (N, F).
        truth: int64 (N,), class of the model that each is of; -1 where it is not known.
    """

    choice: DataChoice
    layer: str
    items: tuple[Item, ...]
    features: Array
    truth: LongInts

    @cached_property
    def labelled(self) -> bool:
        """Whether classes of images are known."""
        return bool((self.truth >= 0).any())


def ask_example_images(choice: Choice, prediction: Prediction) -> ExampleImages | None:
    """Draw the choice of data set and layer; None while features are missing, and then the page says so."""
    if not prediction.target_layers:
        st.info(_("This model has no layer whose features could be compared."))
        return None
    data = choose_data(choice, rivals=False)
    if data is None:
        return None
    layer = choose_feature_layer(prediction)
    classes: dict[int, int] = {}
    if prediction.zones is None:
        found = measured(data)
        if found is None:
            return None
        classes = dict(zip(found[0].positions.tolist(), found[0].ints("truth").tolist(), strict=True))
    views = measures_of(data, [measure_order(LayerFeatures(data.refs[0], layer), data)])
    if views is None:
        return None
    positions, features = views[0].heavy(FEATURES)
    places = positions.tolist()
    truth = np.array([classes.get(place, -1) for place in places], np.int64)
    return ExampleImages(data, layer, tuple(views[0].order.items[place] for place in places), features, truth)


def choose_feature_layer(prediction: Prediction) -> str:
    """Draw the choice of a target layer."""
    layers = [layer.name for layer in prediction.target_layers]
    first = layers.index(best_layer(prediction)) if best_layer(prediction) in layers else 0
    return choose_from_list(LAYER, _("Layer"), layers, index=first, width=220)
