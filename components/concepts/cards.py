"""A card for each concept: typical crops, figures, and a way to the images that have it."""

import math
from collections.abc import Mapping

import numpy as np
import streamlit as st
from PIL import Image

from components.concepts.bars import concept_title
from components.concepts.found import ConceptsFound
from components.data.selection import select_images, selection_of
from components.data.strips import image_strip
from components.session.keys import DRAWN, DRAWN_ONLY
from components.session.media import jpeg_bytes
from components.words import numbers
from components.words.i18n import _
from compute.work.concepts.reading import ClassDependence
from engine.arrays import Pixels
from engine.concepts.placing import crop_box

SHOWN = 8
"""Crops of a card."""
STRONGEST = 3
"""Channels of a concept that its card names."""
LOOK_WIDTHS = 5
"""The crops are so many times as wide as what was drawn."""
STEADY = 0.8
"""Cosine from which a concept is called steady."""
ERRORS_PAGE, FILTERS_PAGE = "pages/data/errors.py", "pages/inside/filters.py"


def show_concept_cards(
    found: ConceptsFound, dependence: ClassDependence | None, looks: Mapping[int, Pixels]
) -> None:
    """One card below the other, the concept with the largest share first.

    Args:
        found: the concepts.
        dependence: of the class on them, where it is known.
        looks: images drawn for them, where there are any.
    """
    for number in range(len(found.book.basis)):
        with st.container(border=True, key=f"concept-{number + 1}"):
            left, right = st.columns([1, 3], gap="medium", vertical_alignment="center")
            with left:
                _show_facts(found, dependence, number)
            with right:
                _show_examples(found, number, looks.get(number))


def _show_facts(found: ConceptsFound, dependence: ClassDependence | None, number: int) -> None:
    st.markdown(f"**{concept_title(number)}**")
    st.caption(" · ".join(_facts(found, dependence, number)))
    named = strongest_channels(found, number)
    st.page_link(
        FILTERS_PAGE,
        label=_("Channels {channels}").format(channels=named) + " →",
        query_params={DRAWN: found.question.layer, DRAWN_ONLY: named},
        help=_("What its strongest channels look for, one by one."),
    )
    if not found.question.segments:  # the page of errors shows no zones
        _offer_selection(found, number)


def strongest_channels(found: ConceptsFound, number: int) -> str:
    """Numbers of the channels of a concept, with commas."""
    strongest = np.argsort(-np.abs(found.book.basis.vectors[number]), kind="stable")[:STRONGEST]
    return ", ".join(str(channel) for channel in sorted(strongest.tolist()))


def _show_examples(found: ConceptsFound, number: int, look: Pixels | None) -> None:
    """Typical crops, beside what was drawn for the concept."""
    title, crops = concept_title(number), typical_crops(found, number)
    beside = st.container()
    if look is not None:
        drawn, beside = beside.columns([1, LOOK_WIDTHS], gap="small", vertical_alignment="center")
        words = _("What {concept} looks for").format(concept=title)
        drawn.image(jpeg_bytes(Image.fromarray(look)), alt=words, width="stretch")
    if crops is not None:
        beside.image(crops, alt=_("Typical crops of {concept}").format(concept=title), width="stretch")


def _facts(found: ConceptsFound, dependence: ClassDependence | None, number: int) -> list[str]:
    book, places = found.book, found.book.places[number]
    facts = [_("in {share} of the images").format(share=numbers.share(places.occurrence))]
    halves = float(book.stability.halves[number])
    if not math.isnan(halves):
        text = _("found again: {cosine}") if halves >= STEADY else _("found again poorly: {cosine}")
        facts.append(text.format(cosine=numbers.decimal(halves, 2)))
    if dependence is not None and dependence.importance.moved:
        value = numbers.decimal(float(dependence.importance.values[number]), 2)
        facts.insert(0, _("importance {value}").format(value=value))
    return facts


def typical_crops(found: ConceptsFound, number: int) -> bytes | None:
    """The file content of a JPEG: crops of a concept side by side."""
    places = found.places
    wanted = []
    for row in found.book.places[number].rows[:SHOWN].tolist():
        grid = tuple(places.grids[row].tolist())
        box = crop_box(int(places.cells[row]), (grid[0], grid[1]))
        wanted.append((found.item(int(places.positions[row])).id, box))
    return image_strip(found.choice.data, found.choice.refs[0], wanted)


def _offer_selection(found: ConceptsFound, number: int) -> None:
    question, data = found.question, found.choice.data
    items = [found.item(position) for position in found.book.places[number].images.tolist()]
    name = _("{name}, concept {number}").format(name=_(question.name), number=numbers.count(number + 1))
    st.button(
        _("Select these images"),
        key=f"select-concept-{number + 1}",
        on_click=select_images,
        args=(name, data, items),
    )
    selected = selection_of(data)
    if selected is not None and selected.name == name:
        st.page_link(ERRORS_PAGE, label=_("Look at these images") + " →")
