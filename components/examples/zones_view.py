"""Prototypes of the zones of a class, and zones that they do not stand for."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from components.concepts.choice import first_class
from components.data.choice import DataChoice, choose_data
from components.data.measured import answers_of, measure_order, measures_of
from components.data.reported import about_data, asked_again, data_record
from components.data.strips import image_strip
from components.examples.features import choose_feature_layer
from components.jobs.orders import keep_only
from components.report.tables import Finding, ReportPicture, offer_finding
from components.session.choice import Choice
from components.session.choosing import choose_from_list
from components.session.guard import attempt, say
from components.session.keys import MAPS_CLASS
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.examples.prototypes import PrototypeOrder, PrototypeSpec
from compute.measure.examples.zone_features import ZoneFeatures
from compute.measure.layout import FeatureTable
from compute.work.examples.zone_reading import ZonesFound, zone_rows, zones_found
from compute.work.predict import Prediction
from data_store.base.words import Item
from engine.arrays import Indices
from engine.errors import VitrineError
from engine.examples.prototypes import LEAST, Prototypes

SHOWN = 6


def show_zone_prototypes(choice: Choice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    if not prediction.target_layers:
        st.info(_("This model has no layer whose features could be compared."))
        return
    data = choose_data(choice, rivals=False)
    if data is None:
        return
    names = list(prediction.facts.labels)
    with st.container(horizontal=True, key="zone-prototypes-of"):
        name = choose_from_list(MAPS_CLASS, _("Class"), names, _, index=first_class(prediction), width=220)
        layer = choose_feature_layer(prediction)
    order = measure_order(ZoneFeatures(data.refs[0], layer, names.index(name)), data)
    views = measures_of(data, [order])
    zones = None if views is None else attempt(zones_found, views[0])
    if zones is None or isinstance(zones, VitrineError):
        if zones is not None:
            say(zones)
        return
    if len(zones.features) < LEAST:
        text = _("Prototypes need at least {least} zones; there are {count}.")
        count = numbers.count(len(zones.features))
        st.info(text.format(least=numbers.count(LEAST), count=count))
        return
    asked = PrototypeOrder(PrototypeSpec(SHOWN, SHOWN), FeatureTable(zones.features))
    keep_only([asked], PrototypeOrder.kind)
    answered = answers_of([asked])
    found = None if answered is None else answered[0].result()
    if found is not None:
        with st.container(key="zone-prototypes"):
            _show(_Asked(data, layer, name, order.items), zones, found)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What was asked: data set and model, layer, class, and the images."""

    choice: DataChoice
    layer: str
    name: str
    items: tuple[Item, ...]


def _show(asked: _Asked, zones: ZonesFound, found: Prototypes) -> None:
    text = _("**Prototypes**: together they stand for the {count} zones of **{name}**.")
    said = text.format(count=numbers.count(found.considered), name=as_text(_(asked.name)))
    other = _("**Criticisms**: zones that the prototypes do not stand for.")
    pictures = []
    for sentence, title, places in (
        (said, _("Prototypes"), found.prototypes),
        (other, _("Criticisms"), found.criticisms),
    ):
        st.markdown(sentence)
        picture = _strip(asked, zones, places, title)
        if picture is not None:
            st.image(picture.content, alt=title)
            pictures.append(picture)
    frame = _frame(asked, zones, found)
    st.dataframe(frame, hide_index=True, key="zone-prototype-table")
    text = _("Means of the layer {layer} inside each zone, MMD-critic (Kim et al. 2016).")
    source = text.format(layer=as_text(asked.layer))
    st.caption(source)
    question = {"zones": asked.name, "layer": asked.layer, "count": SHOWN}
    again = asked_again("prototypes", question, zone_rows(zones, asked.items, found))
    record = data_record(asked.choice, layer=asked.layer, zones_of=asked.name, seed=0, **again)
    title = _("Prototypes of the zones of “{name}”").format(name=_(asked.name))
    finding = Finding(title, about_data(asked.choice), frame, tuple(pictures), (said, other, source), record)
    offer_finding(finding, "zone-prototypes")


def _strip(asked: _Asked, zones: ZonesFound, places: Indices, title: str) -> ReportPicture | None:
    wanted = [(asked.items[int(zones.positions[place])].id, zones.boxes[place]) for place in places.tolist()]
    data = asked.choice.data
    content = image_strip(data, asked.choice.refs[0], wanted) if wanted else None
    return None if content is None else ReportPicture(content, title, data.key)


def _frame(asked: _Asked, zones: ZonesFound, found: Prototypes) -> dict[str, list[str]]:
    rows = list(_rows(asked, zones, found))
    names = (_("Kind"), _("Image"), _("What it says"))
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _rows(asked: _Asked, zones: ZonesFound, found: Prototypes) -> Iterator[tuple[str, str, str]]:
    text = _("Prototype {number} of {count}")
    for place, row in enumerate(found.prototypes.tolist(), 1):
        said = text.format(number=numbers.count(place), count=numbers.count(len(found.prototypes)))
        yield _("Prototype"), asked.items[int(zones.positions[row])].id, said
    for row, witness in zip(found.criticisms.tolist(), found.witness.tolist(), strict=True):
        yield _("Criticism"), asked.items[int(zones.positions[row])].id, _more_or_less(witness)


def _more_or_less(witness: float) -> str:
    """What a criticism says."""
    return _("more zones are like it") if witness > 0 else _("fewer zones are like it")
