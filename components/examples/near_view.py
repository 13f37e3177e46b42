"""Images near to the chosen one by the features of a layer: of its class, and of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.data.grid import tile_columns
from components.data.hygiene.tiles import ImageTile, show_tile
from components.data.measured import answers_of
from components.examples.features import ExampleImages, ask_example_images
from components.examples.reported import offer_near
from components.jobs.orders import keep_only
from components.session.choice import Choice
from components.session.guard import attempt, say
from components.session.keys import EXAMPLES, UNLIKE_IMAGE, remember
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.features import FeatureOrder
from compute.work.predict import Prediction
from compute.work.single.own_features import OwnFeaturesSpec
from engine.errors import VitrineError
from engine.examples.nearest import near_examples
from engine.examples.params import UNLIKE
from engine.projection.neighbours import Neighbours

SHOWN = 6
FILL = "fill"
"""Widget of the form of the counterfactual's parameters."""


def show_near(choice: Choice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    images = ask_example_images(choice, prediction)
    if images is None or choice.picture is None:
        return
    order = FeatureOrder(OwnFeaturesSpec(choice.ref, images.layer), choice.picture)
    keep_only([order], FeatureOrder.kind)
    views = answers_of([order])
    features = None if views is None else views[0].result()
    if features is None:
        return
    own = int(np.argmax(prediction.class_scores)) if images.labelled else 0
    classes = images.truth if images.labelled else np.zeros(len(images.items), np.int64)
    found = attempt(near_examples, images.features, features, classes, own, SHOWN)
    if isinstance(found, VitrineError):
        say(found)
        return
    if not images.labelled:
        said = _("The images of this data set have no class of their own, so all of them are compared.")
        st.caption(said)
        rows = {_("Nearest images"): found.hits}
    else:
        name = as_text(_(prediction.facts.labels[own]))
        said = _ratio_said(found.ratio, name)
        st.markdown(said)
        nearest = _("Nearest images of {name}, as the model answers").format(name=name)
        rows = {nearest: found.hits, _("Nearest images of other classes"): found.misses}
    for (title, near), key in zip(rows.items(), ("hits", "misses"), strict=False):
        _show_row(images, title, near, key)
    if images.labelled:
        _offer_fill(images, found.misses)
    offer_near(images, choice.picture, rows, said)


def _ratio_said(ratio: float, name: str) -> str:
    """Whether the image lies among its class."""
    if np.isnan(ratio):
        return ""
    closer = _("The nearest image of **{name}** is closer than any other: {ratio} of the distance.")
    farther = _("An image of another class is closer than any of **{name}**: the ratio is {ratio}.")
    text = closer if ratio < 1 else farther
    return text.format(name=name, ratio=numbers.decimal(ratio, 2))


def _show_row(images: ExampleImages, title: str, near: Neighbours, key: str) -> None:
    st.markdown(f"**{title}**")
    rows, distances = near.indices.ravel().tolist(), near.distances.ravel().tolist()
    if not rows:
        st.caption(_("There is none in this part of the data set."))
        return
    said = [_("Distance {value}").format(value=numbers.general(one, 3)) for one in distances]
    show_examples_row(images, rows, said, key)


def show_examples_row(images: ExampleImages, rows: Sequence[int], said: Sequence[str], key: str) -> None:
    """Images in a row, each with its class and what is said of it.

    Args:
        images: of the data set.
        rows: places in ``images.items``.
        said: of each.
        key: of the row.
    """
    labels = images.choice.data.labels
    for column, row, text in zip(tile_columns(SHOWN, key), rows, said, strict=False):
        item = images.items[row]
        label = [] if item.label is None else [labels[item.label]]
        with column:
            show_tile(images.choice.data, ImageTile(item, (text, *label)))


def _offer_fill(images: ExampleImages, misses: Neighbours) -> None:
    """A way to the counterfactual whose cells are those of the nearest unlike image."""
    if misses.indices.size:
        place = (images.choice.data.key, images.items[int(misses.indices[0, 0])].id)
        label = _("Which of its parts would change the answer?")
        st.button(label, key="use-unlike", on_click=_fill_with, args=(place,))


def _fill_with(place: tuple[str, str]) -> None:
    remember(UNLIKE_IMAGE, place)
    remember(EXAMPLES, "counterfactual")
    remember(FILL, UNLIKE)
