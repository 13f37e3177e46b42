"""Prototypes of a class, and the images that they do not stand for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.data.measured import answers_of
from components.examples.features import ExampleImages, ask_example_images
from components.examples.near_view import SHOWN, show_examples_row
from components.examples.reported import more_or_less, offer_prototypes, prototypes_source
from components.examples.zones_view import show_zone_prototypes
from components.jobs.orders import keep_only
from components.session.choice import Choice
from components.session.choosing import choose_from_list, choose_one
from components.session.keys import EXAMPLES_OF, MAPS_CLASS
from components.words import numbers
from components.words.i18n import _
from compute.measure.examples.prototypes import PrototypeOrder, PrototypeSpec
from compute.measure.layout import FeatureTable
from compute.work.predict import Prediction
from engine.arrays import LongInts
from engine.examples.prototypes import LEAST, Prototypes


def show_prototypes(choice: Choice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    if prediction.zones is not None and _choose_zones():
        show_zone_prototypes(choice, prediction)
        return
    images = ask_example_images(choice, prediction)
    if images is None:
        return
    rows = _ask_class(images, prediction)
    if len(rows) < LEAST:
        text = _("Prototypes need at least {least} images with features; there are {count}.")
        st.info(text.format(least=numbers.count(LEAST), count=numbers.count(len(rows))))
        return
    order = PrototypeOrder(PrototypeSpec(SHOWN, SHOWN), FeatureTable(images.features[rows]))
    keep_only([order], PrototypeOrder.kind)
    views = answers_of([order])
    found = None if views is None else views[0].result()
    if found is not None:
        with st.container(key="prototypes"):
            _show(images, rows, found)
            offer_prototypes(images, rows, found)


def _choose_zones() -> bool:
    """Whether zones of a class are chosen among, or whole images."""
    titles = {"zones": _("Zones of a class"), "images": _("Whole images")}
    hidden = {"label_visibility": "collapsed"}
    shown = choose_one(EXAMPLES_OF, _("Prototypes of"), list(titles), titles.__getitem__, "zones", **hidden)
    return shown == "zones"


def _ask_class(images: ExampleImages, prediction: Prediction) -> LongInts:
    """Rows of the images of a class, that of the model's answer at first; all where none has a class."""
    if not images.labelled:
        return np.arange(len(images.items))
    names = prediction.facts.labels
    counts = np.bincount(images.truth[images.truth >= 0], minlength=len(names))
    options = {names[index]: int(index) for index in np.flatnonzero(counts).tolist()}
    answer = names[int(np.argmax(prediction.class_scores))]
    first = list(options).index(answer) if answer in options else 0

    def title(name: str) -> str:
        return _("{name} ({count})").format(name=_(name), count=numbers.count(int(counts[options[name]])))

    chosen = choose_from_list(MAPS_CLASS, _("Class"), list(options), title, index=first, width=220)
    return np.flatnonzero(images.truth == options[chosen])


def _show(images: ExampleImages, rows: LongInts, found: Prototypes) -> None:
    text = _("**Prototypes**: together they stand for the {count} images.")
    st.markdown(text.format(count=numbers.count(found.considered)))
    text, count = _("Prototype {number} of {count}"), len(found.prototypes)
    said = [
        text.format(number=numbers.count(place + 1), count=numbers.count(count)) for place in range(count)
    ]
    show_examples_row(images, rows[found.prototypes].tolist(), said, "prototypes")
    st.markdown(_("**Criticisms**: images that the prototypes do not stand for."))
    signs = [more_or_less(value) for value in found.witness.tolist()]
    show_examples_row(images, rows[found.criticisms].tolist(), signs, "criticisms")
    st.caption(prototypes_source(images))
