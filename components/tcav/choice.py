"""Choice of a target, of layers, and of the concepts that are tested."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.ask.layers import best_layer
from components.concepts.choice import first_class
from components.data.choice import DataChoice
from components.data.selection import ImageSelection, selection_of
from components.session.choosing import choose_from_list, choose_many, choose_one, choose_or_not
from components.session.guard import attempt, say
from components.session.keys import (
    MAPS_CLASS,
    OTHER,
    TCAV_COLUMNS,
    TCAV_CONCEPTS,
    TCAV_LAYERS,
    TCAV_OF,
    TCAV_PART,
    TCAV_PLACE,
    TCAV_RANDOM,
    TCAV_ROWS,
    TCAV_SET,
    TCAV_VERSUS,
    ZONE,
)
from components.session.offers.data_sets import data_set, offered_sets
from components.session.uploads.uploaded_sets import uploaded_sets
from components.words.i18n import _
from compute.measure.concepts.places import ANY
from compute.tcav.asking import target_of_zones
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from data_store.base.words import DataSet
from data_store.shipped import textures
from engine.errors import VitrineError
from engine.targets import Target
from engine.tcav.cells import POOLED, SPATIAL
from engine.tcav.parts import GRID_SIDE
from engine.zones import Zones

WHOLE, SELECTED = "all", "selection"
"""In place of a class: all images of a data set, and those that were selected on another page."""
FIRST_TEXTURES = ("stripes", "dots")
LIKE = {"nature": "grass", "sky": "sky", "construction": "bricks", "flat": "stones"}
"""The texture that is most like a class of streets."""
PLACES = {"anywhere": POOLED, "place": SPATIAL}
HERE, OTHERS = "data-set", "others"
"""Random images: of the data set with the target's, or the other classes of the concepts' data set."""


@dataclass(frozen=True)
class TargetChoice:
    """What might depend on concepts.

    Attributes:
        index: class of the model.
        name: its name, or that of the zone or the boundary.
        versus: class that it is set against, ``ANY`` for none.
        segments: whether it is a class of zones.
        layers: names of target layers.
        side: cells of the coarse grid on a side: whether a concept has a place.
        zone: or shared boundary of the image of the bar; None for a class in all images.
    """

    index: int
    name: str
    versus: int
    segments: bool
    layers: tuple[str, ...]
    side: int
    zone: Target | None = None


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
    """Draw the choice: target and concepts in a row, all else folded; None where the data set of the concepts
    cannot be read, or a zone has no boundary to share.
    """
    of = _choose_kind() if prediction.zones is not None else CLASS
    with st.container(horizontal=True, vertical_alignment="bottom", key="tcav-concepts"):
        asked = _CHOOSERS[of](choice, prediction)
        offers = sorted(offered_sets(), key=lambda key: key != textures.KEY)
        own = _known_classes(choice, prediction)
        index = offers.index(choice.data.key) if own and choice.data.key in offers else 0
        key = choose_from_list(TCAV_SET, _("Concepts from"), offers, _set_title, index=index, width=230)
        data = attempt(data_set, key)
        if isinstance(data, VitrineError):
            say(data)
            return None
        selection = selection_of(data)
        first = _first_concepts(choice, asked, own if key == choice.data.key else (), data)
        chosen = tuple(_choose_concepts(data, selection, first))
    if asked is None:
        st.info(_("This zone touches no zone of another class. Please select another one."))
        return None
    with st.expander(_("Layers, random images, parts of images"), key="tcav-settings"):
        target = _choose_layers(choice, prediction, asked)
        random = choose_one(
            TCAV_RANDOM, _("Random images"), [HERE, OTHERS], _random_title, _usual_random(choice)
        )
        part = st.toggle(_("Only a part of each image"), key=TCAV_PART, bind="query-params")
        cells = _choose_cells() if part else ()
    return target, GivenConcepts(data, chosen, selection, cells, random)


def _known_classes(choice: DataChoice, prediction: Prediction) -> tuple[str, ...]:
    """Two concepts to begin with: the class of the image of the bar, on which its own score must depend, and
    another class; none where the data set has too few images of it.
    """
    from engine.tcav.testing import LEAST_CONCEPT

    if prediction.zones is not None:
        return ()
    labels, name = choice.data.labels, prediction.facts.labels[first_class(prediction)]
    counts = Counter(item.label for item in choice.data.items)
    enough = [label for place, label in enumerate(labels) if counts[place] >= LEAST_CONCEPT]
    others = [label for label in enough if label != name]
    return (name, *others[:1]) if name in enough else ()


def _first_concepts(
    choice: DataChoice, asked: TargetChoice | None, own: tuple[str, ...], data: DataSet
) -> tuple[str, ...]:
    """Concepts to begin with: of textures two that are like classes of the model, the target's first, or two
    that are like nothing; else what is known of the data set.
    """
    if data.key != textures.KEY:
        return own
    labels = model_source().facts(choice.refs[0]).labels
    like = [texture for label, texture in LIKE.items() if label in labels]
    if asked is not None:
        like.sort(key=lambda texture: texture != LIKE.get(labels[asked.index]))
    return tuple(like[:2]) or FIRST_TEXTURES


def _choose_kind() -> str:
    """A class in all images, or a zone or a shared boundary of the image of the bar."""
    titles = {
        CLASS: _("A class in all images"),
        ZONE_HERE: _("A zone of your image"),
        SHARED: _("A shared boundary of your image"),
    }
    label = _("What depends on the concept")
    hidden = {"label_visibility": "collapsed"}
    return choose_one(TCAV_OF, label, list(titles), titles.__getitem__, CLASS, **hidden)


def _choose_class(choice: DataChoice, prediction: Prediction) -> TargetChoice:
    facts = model_source().facts(choice.refs[0])
    names = list(facts.labels)
    name = choose_from_list(MAPS_CLASS, _("Class"), names, _, index=first_class(prediction), width=190)
    return TargetChoice(names.index(name), name, ANY, facts.task == "segmentation", (), POOLED)


def _choose_zone(_choice: DataChoice, prediction: Prediction) -> TargetChoice:
    assert prediction.zones is not None
    place = _zone_list(prediction.zones, ZONE, _("Zone"), range(len(prediction.zones.zones)))
    return _zone_choice(prediction.zones, place, None)


def _choose_shared(_choice: DataChoice, prediction: Prediction) -> TargetChoice | None:
    zones = prediction.zones
    assert zones is not None
    place = _zone_list(zones, ZONE, _("Zone"), range(len(zones.zones)))
    own = zones.zones[place].class_index
    beside = [one for one in zones.neighbours(place) if zones.zones[one].class_index != own]
    if not beside:
        return None
    return _zone_choice(zones, place, _zone_list(zones, OTHER, _("Shares its boundary with"), beside))


def _zone_list(zones: Zones, key: str, label: str, offered: Sequence[int]) -> int:
    """A zone by its number; at first the one that is seen first, where it is offered."""
    first = zones.foreground()
    index = list(offered).index(first) if first in offered else 0
    names = [str(place + 1) for place in offered]
    shown = choose_from_list(
        key, label, names, lambda name: _(zones.title(int(name) - 1)), index=index, width=190
    )
    return int(shown) - 1


def _zone_choice(zones: Zones, place: int, other: int | None) -> TargetChoice:
    target = target_of_zones(zones, place, other)
    return TargetChoice(zones.zones[place].class_index, target.label, ANY, True, (), POOLED, target)


CLASS, ZONE_HERE, SHARED = "class", "zone", "shared"
_CHOOSERS: dict[str, Callable[[DataChoice, Prediction], TargetChoice | None]] = {
    CLASS: _choose_class,
    ZONE_HERE: _choose_zone,
    SHARED: _choose_shared,
}


def _choose_layers(choice: DataChoice, prediction: Prediction, asked: TargetChoice) -> TargetChoice:
    """The target with its layers, and how a concept counts in them."""
    names = list(model_source().facts(choice.refs[0]).labels)
    layers = [layer.name for layer in prediction.target_layers]
    chosen = choose_many(TCAV_LAYERS, _("Layers"), layers, str, [best_layer(prediction)])
    with st.container(horizontal=True, vertical_alignment="bottom", key="tcav-target"):
        versus = None
        if asked.zone is None:
            others = [one for one in names if one != asked.name]
            title, none = _("Contrast with"), _("All other classes")
            versus = choose_or_not(TCAV_VERSUS, title, others, _, none, width=220)
        place = choose_one(TCAV_PLACE, _("The concept counts"), list(PLACES), _place_title, "anywhere")
    return replace(
        asked,
        versus=ANY if versus is None else names.index(versus),
        layers=tuple(layer for layer in layers if layer in chosen),
        side=PLACES[place],
    )


def _place_title(key: str) -> str:
    return {"anywhere": _("Anywhere"), "place": _("At its place")}[key]


def _set_title(key: str) -> str:
    own = uploaded_sets().sets.get(key)
    if own is not None:
        return _("{title} (uploaded)").format(title=own.data.title)
    offer = offered_sets().get(key)
    return _(data_set(key).title) if offer is not None and offer.shipped else key


def _choose_concepts(
    data: DataSet, selection: ImageSelection | None, known: tuple[str, ...]
) -> Sequence[str]:
    options = [*([SELECTED] if selection is not None else []), *(data.labels or ()), WHOLE]
    first = known or (options[0],)

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
