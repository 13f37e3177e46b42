"""Test of concepts: what was found in sentences, bars beside random sets, a table, and the images."""

from typing import Any

import streamlit as st
from PIL import Image

from components.data.choice import DataChoice
from components.report.tables import offer_table
from components.session.cache import in_session
from components.session.guard import attempt
from components.session.media import jpeg_bytes
from components.session.offers.data_sets import data_image
from components.tcav.chart import show_shares
from components.tcav.choice import ask_tcav
from components.tcav.found import TcavFound, find_tests
from components.tcav.sentences import MOST_SAID, finding_sentence, finding_word, target_name
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.tcav.asking import ConceptFinding, ConceptImages
from compute.work.predict import Prediction
from compute.worker.sources import model_source
from engine.concepts.crops import crop_of, crop_row
from engine.errors import VitrineError
from engine.tcav.parts import kept_cells
from model_store.catalogue import ModelRef, as_seen

CONCEPTS_PAGE = "pages/inside/concepts.py"
SHOWN = 6
"""Images of a concept that are shown."""
WHOLE_BOX = (0.0, 0.0, 1.0, 1.0)


def show_tcav(choice: DataChoice, prediction: Prediction) -> None:
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
    found = find_tests(choice, target, given)
    if found is None:
        return
    if found.rows:
        _show_found(choice, found)
    _show_images(choice, found)
    if found.rows:
        _show_method(found)
    st.page_link(CONCEPTS_PAGE, label=_("Which concepts does the network find by itself?") + " →")


def _show_found(choice: DataChoice, found: TcavFound) -> None:
    labels = model_source().facts(choice.refs[0]).labels
    with st.container(key="tcav-found"):
        if found.complete:
            _show_sentences(found)
        show_shares(found.rows, len(found.target.layers))
    frame = _frame(found)
    st.dataframe(frame, hide_index=True, key="tcav-table")
    title = _("Concepts tested for “{name}”").format(name=target_name(found.target, labels))
    if found.complete:
        offer_table(title, _about(choice, found), frame, "tcav")


def _show_sentences(found: TcavFound) -> None:
    rows = found.rows[:MOST_SAID]
    st.markdown("\n".join(f"- {finding_sentence(row, found.target)}" for row in rows))
    if not any(row.verdict in ("for", "against") for row in found.rows):
        st.warning(_("None of these concepts does more than random images do. Read nothing into the shares."))
    if any(row.test.silent > 0 for row in found.rows):
        st.warning(_("In some images the score does not depend on the layer at all. They count as 0."))


def _frame(found: TcavFound) -> dict[str, list[Any]]:
    rows = found.rows
    return {
        _("Concept"): [_(row.concept) for row in rows],
        _("Layer"): [row.layer for row in rows],
        _("Share of images"): [
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
    text = _("{model}, {images} images of {data}, {random} random images")
    return text.format(
        model=as_text(_(model_source().facts(choice.refs[0]).title)),
        images=numbers.count(found.rows[0].test.images),
        data=as_text(_(choice.data.title)),
        random=numbers.count(len(found.random.items)),
    )


def _show_images(choice: DataChoice, found: TcavFound) -> None:
    """Some images of each concept, as the model sees them, and random ones."""
    shown = [*found.concepts, ConceptImages(_("random images"), found.random, found.concepts[0].cells)]
    with st.container(horizontal=True, key="tcav-images"):
        for concept in shown:
            ids = tuple(item.id for item in concept.data.items[:: max(len(concept.data.items) // SHOWN, 1)])
            row = _row_of(concept.data.key, str(choice.refs[0]), ids[:SHOWN], concept.cells)
            if row is not None:
                name = as_text(_(concept.name))
                caption = _("{name}: {count} images").format(
                    name=name, count=numbers.count(len(concept.data.items))
                )
                st.image(row, caption=caption, width=340, alt=_("Images of {name}").format(name=name))


@in_session(64)
def _row_of(key: str, model: str, ids: tuple[str, ...], cells: tuple[int, ...]) -> bytes | None:
    """The file content of a JPEG: images side by side."""
    pieces = []
    for name in ids:
        picture = attempt(data_image, key, name)
        if not isinstance(picture, VitrineError):
            seen = as_seen(ModelRef.parse(model), picture)
            seen = kept_cells(seen, cells) if cells else seen
            pieces.append(crop_of(seen.pixels, WHOLE_BOX))
    return jpeg_bytes(Image.fromarray(crop_row(pieces))) if pieces else None


def _show_method(found: TcavFound) -> None:
    with st.expander(_("How this is tested")):
        text = _(
            "Each layer learns to tell {size} images of a concept from sets of random images. "
            "The share says for how many images of the class a step towards the concept raises the score."
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
