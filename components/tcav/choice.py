"""Choice of a target, of layers, and of the concepts that are tested."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.ask.layers import best_layer
from components.concepts.choice import first_class
from components.data.choice import DataChoice
from components.data.selection import ImageSelection, selection_of
from components.session.choosing import choose_from_list, choose_many, choose_one, choose_or_not
from components.session.guard import attempt, say
from components.session.keys import (
    MAPS_CLASS,
    TCAV_COLUMNS,
    TCAV_CONCEPTS,
    TCAV_LAYERS,
    TCAV_PART,
    TCAV_PLACE,
    TCAV_RANDOM,
    TCAV_ROWS,
    TCAV_SET,
    TCAV_VERSUS,
)
from components.session.offers.data_sets import data_set, offered_sets
from components.session.uploads.uploaded_sets import uploaded_sets
from components.words.i18n import _
from compute.measure.concepts.places import ANY
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from data_store.base.words import DataSet
from data_store.shipped import textures
from engine.errors import VitrineError
from engine.tcav.cells import POOLED, SPATIAL
from engine.tcav.parts import GRID_SIDE

WHOLE, SELECTED = "all", "selection"
"""In place of a class: all images of a data set, and those that were selected on another page."""
FIRST_TEXTURES = ("stripes", "dots")
PLACES = {"anywhere": POOLED, "place": SPATIAL}
HERE, OTHERS = "data-set", "others"
"""Random images: of the data set with the target's, or the other classes of the concepts' data set."""


@dataclass(frozen=True)
class TargetChoice:
    """What might depend on concepts.

    Attributes:
        index: class of the model.
        name: its name.
        versus: class that it is set against, ``ANY`` for none.
        segments: whether it is a class of zones.
        layers: names of target layers.
        side: cells of the coarse grid on a side: whether a concept has a place.
    """

    index: int
    name: str
    versus: int
    segments: bool
    layers: tuple[str, ...]
    side: int


@dataclass(frozen=True, eq=False)
class GivenConcepts:
    """What is tested.

    Attributes:
        data: where the images are from.
        chosen: names of classes, ``WHOLE`` or ``SELECTED``.
        selection: of this data set, or None.
        cells: that are kept of each image; none for all of it.
        random: ``HERE`` or ``OTHERS``.
    """

    data: DataSet
    chosen: tuple[str, ...]
    selection: ImageSelection | None
    cells: tuple[int, ...]
    random: str


def ask_tcav(choice: DataChoice, prediction: Prediction) -> tuple[TargetChoice, GivenConcepts] | None:
    """Draw the choice: class and concepts in a row, all else folded; None where the data set of the concepts
    cannot be read.
    """
    names = list(model_source().facts(choice.refs[0]).labels)
    with st.container(horizontal=True, vertical_alignment="bottom", key="tcav-concepts"):
        name = choose_from_list(MAPS_CLASS, _("Class"), names, _, index=first_class(prediction), width=190)
        offers = sorted(offered_sets(), key=lambda key: key != textures.KEY)
        key = choose_from_list(TCAV_SET, _("Concepts from"), offers, _set_title, width=230)
        data = attempt(data_set, key)
        if isinstance(data, VitrineError):
            say(data)
            return None
        selection = selection_of(data)
        chosen = tuple(_choose_concepts(data, selection))
    with st.expander(_("Layers, random images, parts of images"), key="tcav-settings"):
        target = _choose_target(choice, prediction, name)
        random = choose_one(
            TCAV_RANDOM, _("Random images"), [HERE, OTHERS], _random_title, _usual_random(choice)
        )
        part = st.toggle(_("Only a part of each image"), key=TCAV_PART, bind="query-params")
        cells = _choose_cells() if part else ()
    return target, GivenConcepts(data, chosen, selection, cells, random)


def _choose_target(choice: DataChoice, prediction: Prediction, name: str) -> TargetChoice:
    facts = model_source().facts(choice.refs[0])
    names = list(facts.labels)
    layers = [layer.name for layer in prediction.target_layers]
    chosen = choose_many(TCAV_LAYERS, _("Layers"), layers, str, [best_layer(prediction)])
    with st.container(horizontal=True, vertical_alignment="bottom", key="tcav-target"):
        others = [one for one in names if one != name]
        versus = choose_or_not(TCAV_VERSUS, _("Contrast with"), others, _, _("All other classes"), width=220)
        place = choose_one(TCAV_PLACE, _("The concept counts"), list(PLACES), _place_title, "anywhere")
    return TargetChoice(
        names.index(name),
        name,
        ANY if versus is None else names.index(versus),
        facts.task == "segmentation",
        tuple(layer for layer in layers if layer in chosen),
        PLACES[place],
    )


def _place_title(key: str) -> str:
    return {"anywhere": _("Anywhere"), "place": _("At its place")}[key]


def _set_title(key: str) -> str:
    own = uploaded_sets().sets.get(key)
    if own is not None:
        return _("{title} (uploaded)").format(title=own.data.title)
    offer = offered_sets().get(key)
    return _(data_set(key).title) if offer is not None and offer.shipped else key


def _choose_concepts(data: DataSet, selection: ImageSelection | None) -> Sequence[str]:
    options = [*([SELECTED] if selection is not None else []), *(data.labels or ()), WHOLE]
    first = FIRST_TEXTURES if data.key == textures.KEY else (options[0],)

    def title(name: str) -> str:
        known = {WHOLE: _("All images"), SELECTED: "" if selection is None else selection.name}
        return known.get(name) or _(name)

    return choose_many(TCAV_CONCEPTS, _("Concepts"), options, title, first)


def _usual_random(choice: DataChoice) -> str:
    """Images of the data set, where there are enough."""
    from engine.tcav.testing import LEAST_RANDOM

    return HERE if len(choice.data.items_of(choice.split)) >= LEAST_RANDOM else OTHERS


def _random_title(key: str) -> str:
    return {HERE: _("From the data set"), OTHERS: _("Other concepts of the set")}[key]


def _choose_cells() -> tuple[int, ...]:
    """A rectangle of cells."""
    left, right = st.columns(2)
    with left:
        rows = st.slider(_("Rows"), 1, GRID_SIDE, (5, GRID_SIDE), key=TCAV_ROWS)
    with right:
        columns = st.slider(_("Columns"), 1, GRID_SIDE, (5, GRID_SIDE), key=TCAV_COLUMNS)
    inside = [range(first - 1, last) for first, last in (rows, columns)]
    return tuple(GRID_SIDE * row + column for row in inside[0] for column in inside[1])
