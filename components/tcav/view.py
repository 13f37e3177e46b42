"""Test of concepts: what was found in sentences, bars beside random sets, a table, and the images."""

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from components.data.choice import DataChoice
from components.data.reported import about_data, asked_again, data_record
from components.data.strips import WHOLE_BOX, image_strip
from components.report.tables import Finding, ReportPicture, offer_finding
from components.session.choice import Choice
from components.tcav.chart import show_shares
from components.tcav.choice import HERE, ask_tcav
from components.tcav.found import TcavFound, find_tests
from components.tcav.sentences import (
    MOST_SAID,
    control_said,
    finding_sentence,
    finding_word,
    limits_said,
    target_name,
)
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_plain, as_text
from compute.measure.concepts.places import ANY
from compute.tcav.asking import ConceptFinding, ConceptImages
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from data_store.shipped import textures
from engine.tcav.cells import SPATIAL

CONCEPTS_PAGE = "pages/inside/concepts.py"
SHOWN = 6
"""Images of a concept that are shown."""


def show_tcav(bar: Choice, choice: DataChoice, prediction: Prediction) -> None:
    """Choose, wait, draw."""
    if not prediction.target_layers:
        st.info(_("This model has no layers that concepts could be tested in. Please select another one."))
        return
    asked = ask_tcav(choice, prediction)
    if asked is None:
        return
    target, given = asked
    if not target.layers or not given.chosen:
        st.info(_("Please select at least one layer and one concept."))
        return
    found = find_tests(bar, choice, target, given)
    if found is None:
        return
    if found.rows:
        _show_found(choice, found)
    _show_images(choice, found)
    if found.rows:
        _show_method(found)
    st.page_link(CONCEPTS_PAGE, label=_("Which concepts does the network find by itself?") + " →")


def _show_found(choice: DataChoice, found: TcavFound) -> None:
    with st.container(key="tcav-found"):
        if found.complete:
            _show_sentences(found)
        show_shares(found.rows, len(found.target.layers), found.target.zone is not None)
    frame = _frame(found)
    st.dataframe(frame, hide_index=True, key="tcav-table")
    if found.complete:
        offer_finding(_finding(choice, found, frame), "tcav")


def _finding(choice: DataChoice, found: TcavFound, frame: dict[str, list[Any]]) -> Finding:
    labels, target = model_source().facts(choice.refs[0]).labels, found.target
    title = _("Concepts tested for “{name}”").format(name=as_plain(target_name(target, labels)))
    pictures = tuple(
        ReportPicture(strip, _strip_caption(concept), concept.data.key)
        for concept, strip in _strips(choice, found)
    )
    said = [finding_sentence(row, target) for row in found.rows[:MOST_SAID]]
    source = _("Test of given concepts (TCAV, Kim et al. 2018) against random sets of the same size.")
    record = data_record(
        choice,
        of=str(target.name),
        zone=None if target.zone is None else target.zone.digest,
        versus=None if target.versus == ANY else labels[target.versus],
        layers=list(target.layers),
        concepts={concept.name: concept.data.digest for concept in found.concepts},
        cells=list(found.concepts[0].cells),
        random=found.random.digest,
        seed=0,
        **_asked_again(choice, found, labels),
    )
    return Finding(
        title, _about(choice, found), frame, pictures, (*said, *limits_said(found.rows), source), record
    )


def _asked_again(choice: DataChoice, found: TcavFound, labels: Sequence[str]) -> dict[str, Any]:
    """Question and rows, where ``tcav`` on the command line can be asked the same: a class, and concepts that
    are textures or classes of the data set, against its images.
    """
    target, given = found.target, found.given
    classes = set(given.chosen) <= set(given.data.labels)
    known = given.data.key in (textures.KEY, choice.data.key) and classes and given.random == HERE
    if target.zone is not None or not known:
        return {}
    question = {
        "class": target.name,
        "versus": None if target.versus == ANY else labels[target.versus],
        "layers": list(target.layers),
        "from": given.data.key,
        "concepts": list(given.chosen),
        "cells": list(given.cells),
        "spatial": target.side == SPATIAL,
    }
    return asked_again("tcav", question, [row.row() for row in found.rows])


def _show_sentences(found: TcavFound) -> None:
    rows = found.rows[:MOST_SAID]
    st.markdown("\n".join(f"- {finding_sentence(row, found.target)}" for row in rows))
    for limit in limits_said(found.rows):
        st.warning(limit)
    control = control_said(found.rows, found.target)
    if control:
        st.caption(control)


def _frame(found: TcavFound) -> dict[str, list[Any]]:
    rows = found.rows
    return {
        _("Concept"): [_(row.concept) for row in rows],
        _("Layer"): [row.layer for row in rows],
        _("Share of images") if found.target.zone is None else _("Share of directions"): [
            _band(row.test.share, row.test.share_ends.low, row.test.share_ends.high) for row in rows
        ],
        _("Random sets"): [numbers.decimal(float(row.test.random_share.mean()), 2) for row in rows],
        _("Sensitivity"): [
            _band(row.test.mean, row.test.mean_ends.low, row.test.mean_ends.high) for row in rows
        ],
        _("Effect"): [
            _band(row.test.effect, row.test.effect_ends.low, row.test.effect_ends.high) for row in rows
        ],
        _("p (Holm)"): [_chance(row) for row in rows],
        _("Told apart"): [numbers.share(row.test.accuracy) for row in rows],
        _("Finding"): [finding_word(row) if found.complete else "" for row in rows],
    }


def _band(value: float, low: float, high: float) -> str:
    text = _("{value} ({low} to {high})")
    return text.format(
        value=numbers.decimal(value, 2), low=numbers.decimal(low, 2), high=numbers.decimal(high, 2)
    )


def _chance(row: ConceptFinding) -> str:
    return numbers.decimal(row.adjusted, 3) if row.test.known else "–"


def _about(choice: DataChoice, found: TcavFound) -> str:
    text = _("Asked in {images} images of the class, against {random} random images.")
    if found.target.zone is not None:
        text = _("Asked in one image, against {random} random images.")
    images, random = found.rows[0].test.images, len(found.random.items)
    asked = text.format(images=numbers.count(images), random=numbers.count(random))
    return f"{about_data(choice)} {asked}"


def _strips(choice: DataChoice, found: TcavFound) -> Iterator[tuple[ConceptImages, bytes]]:
    """Some images of each concept, as the model sees them, and random ones."""
    shown = [*found.concepts, ConceptImages(_("random images"), found.random, found.concepts[0].cells)]
    for concept in shown:
        items = concept.data.items[:: max(len(concept.data.items) // SHOWN, 1)][:SHOWN]
        wanted = [(item.id, WHOLE_BOX) for item in items]
        strip = image_strip(concept.data, choice.refs[0], wanted, concept.cells)
        if strip is not None:
            yield concept, strip


def _strip_caption(concept: ConceptImages) -> str:
    text = _("{name}: {count} images")
    return text.format(name=_(concept.name), count=numbers.count(len(concept.data.items)))


def _show_images(choice: DataChoice, found: TcavFound) -> None:
    with st.container(horizontal=True, key="tcav-images"):
        for concept, strip in _strips(choice, found):
            words = _("Images of {name}").format(name=_(concept.name))
            st.image(strip, caption=as_text(_strip_caption(concept)), width=340, alt=words)


def _show_method(found: TcavFound) -> None:
    with st.expander(_("How this is tested")):
        text = _(
            "Each layer learns to tell {size} images of a concept from sets of random images. "
            "The share says for how many images of the class a step towards the concept raises the score."
        )
        if found.target.zone is not None:
            text = _(
                "Each layer learns to tell {size} images of a concept from sets of random images: "
                "a direction for each set. The share says along how many of them the score rises."
            )
        size = found.rows[0].test.size
        st.markdown(text.format(size=numbers.count(size)))
        st.markdown(
            _(
                "Random sets of the same size take the place of the concept, {count} times. "
                "A share of 1 alone means nothing: many random sets have it, too."
            ).format(count=numbers.count(len(found.rows[0].test.random_mean)))
        )
        st.markdown(
            _(
                "Sensitivity is the mean cosine of gradient and concept; it is what is tested. "
                "p-values are corrected for all tests of the table (Holm)."
            )
        )
