"""Concepts in the image of the bar: where each lies, and how far each answer depends on them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from components.concepts.bars import concept_title, show_importance
from components.concepts.found import ConceptsFound
from components.concepts.reported import importance_range, offer_in_image
from components.data.measured import answers_of
from components.jobs.feature_answers import answers
from components.jobs.orders import cost_text, known_job, start
from components.report.tables import Finding, ReportPicture
from components.session.cache import in_session
from components.session.choice import Choice
from components.session.choosing import choose_from_list
from components.session.keys import CONCEPT, ZONE
from components.session.media import jpeg_bytes
from components.words import numbers
from components.words.i18n import _
from components.words.plain import as_text
from compute.work.concepts.concept_map import ConceptMapSpec
from compute.work.concepts.image_concepts import (
    ImageConceptOrder,
    ImageConceptSpec,
    ImageConceptView,
    by_region,
)
from compute.work.features import FeatureOrder
from compute.work.predict import Prediction
from engine.arrays import Floats
from engine.concepts.placing import shares_by_region, zone_regions
from engine.images.picture import Picture
from engine.visualise.inks import Look
from engine.visualise.overlays import overlay
from engine.visualise.render import scale_of

MOST_ZONES = 6
"""Zones of the matrix, the largest first."""
SHOWN_PX = 640


class ImageQuestion:
    """Concepts asked of the image of the bar.

    Args:
        found: the concepts.
        choice: of the bar.
        prediction: of the model on the image.
    """

    def __init__(self, found: ConceptsFound, choice: Choice, prediction: Prediction) -> None:
        assert choice.picture is not None
        self.found, self.prediction, self.picture = found, prediction, choice.picture
        self.ref = found.choice.refs[0]

    def order(self, zone: int | None = None) -> ImageConceptOrder:
        """How far all targets depend on the concepts; with a zone by region about it."""
        spec = ImageConceptSpec(self.ref, self.found.question.layer, self.found.book.basis, zone)
        return ImageConceptOrder(spec, self.prediction, self.picture)

    def coefficients(self) -> Floats | None:
        """float32 (h, w, k); None while they are not there, and then the page says so."""
        spec = ConceptMapSpec(self.ref, self.found.question.layer, self.found.book.basis)
        order = FeatureOrder(spec, self.picture)
        found = answers([order], kept=[])
        return None if found is None else found[0]

    def orders(self) -> list[ImageConceptOrder]:
        """Those that somebody has started."""
        zones = [None] if self.prediction.zones is None else [None, *range(len(self.prediction.zones.zones))]
        return [order for order in map(self.order, zones) if known_job(order) is not None]


def show_in_image(asked: ImageQuestion) -> None:
    """Draw the map of one concept, and the dependence of the answers once it is asked for."""
    st.subheader(_("In your image"))
    left, right = st.columns(2, gap="medium")
    with left:
        drawn = _show_map(asked)
    with right, st.container(key="image-concepts"):
        _show_dependence(asked, drawn)


def _show_map(asked: ImageQuestion) -> ReportPicture | None:
    """Draw where one concept lies; None while that is not known."""
    count = len(asked.found.book.basis)
    names = [str(number + 1) for number in range(count)]
    number = int(choose_from_list(CONCEPT, _("Concept"), names, lambda one: concept_title(int(one) - 1))) - 1
    coefficients = asked.coefficients()
    if coefficients is None:
        return None
    values = np.maximum(coefficients[..., number], 0)
    words = _("Where {concept} lies in the image").format(concept=concept_title(number))
    drawn = _drawn(asked.picture.sha256, values.tobytes(), asked.picture, values)
    st.image(drawn, alt=words, width="stretch")
    strongest = numbers.general(float(values.max()), 3)
    st.caption(_("The strongest place holds {value}, in the unit of the layer.").format(value=strongest))
    return ReportPicture(drawn, words, asked.picture.sha256)


@in_session(32)
def _drawn(sha256: str, key: bytes, _picture: Picture, _values: Floats) -> bytes:
    image = Image.fromarray(_picture.pixels)
    scale = min(1.0, SHOWN_PX / max(image.size))
    image = image.resize((round(image.width * scale), round(image.height * scale)))
    laid = overlay(np.asarray(image), _values, scale_of(_values, signed=False), Look())
    return jpeg_bytes(Image.fromarray(laid))


def _asked(order: ImageConceptOrder, label: str, key: str) -> ImageConceptView | None:
    """What was found out; before, a button that says what it costs."""
    if known_job(order) is None:
        st.button(label, key=key, on_click=start, args=(order,), help=cost_text(order.price))
        return None
    views = answers_of([order])
    return None if views is None else views[0]


def _show_dependence(asked: ImageQuestion, drawn: ReportPicture | None) -> None:
    view = _asked(asked.order(), _("Ask which concepts the answer depends on"), "ask-image-concepts")
    if view is None:
        return
    agreement, said = view.agreement(), ""
    if agreement is not None and np.isfinite(agreement.r2):
        text = _("With the concepts alone: R² of the scores {r2}.")
        said = text.format(r2=numbers.decimal(agreement.r2, 2))
        st.caption(said)
    shown = _show_class(asked, view) if asked.prediction.zones is None else _show_matrix(asked, view)
    if shown is not None and drawn is not None:
        title = _("Concepts in {picture}").format(picture=_(asked.picture.name))
        table = Finding(title, "", shown, sentences=(said,) if said else ())
        offer_in_image(asked.found, asked.picture, drawn, table, "image-concepts")
    if asked.prediction.zones is not None:
        _show_regions(asked, drawn)


def _show_class(asked: ImageQuestion, view: ImageConceptView) -> dict[str, Any] | None:
    """Importance of each concept for the class; the same as a table."""
    question = asked.found.question
    found = view.importance(question.index)
    if found is None:
        return None
    st.caption(_("Importance for “{name}” in this image").format(name=as_text(_(question.name))))
    show_importance(found, "image-importance")
    places = range(len(found.values))
    return {
        _("Concept"): [place + 1 for place in places],
        _("Importance"): found.values.tolist(),
        _("95 %"): [importance_range(found, place) for place in places],
    }


def _show_matrix(asked: ImageQuestion, view: ImageConceptView) -> dict[str, Any]:
    """Importance of each concept for each zone; the same as a table."""
    targets = asked.prediction.targets
    zones = asked.prediction.zones
    assert zones is not None
    columns: dict[str, Any] = {
        _("Concept"): [numbers.count(n + 1) for n in range(len(asked.found.book.basis))]
    }
    for zone in zones.zones[:MOST_ZONES]:
        found = view.importance(targets.zone(zone.index))
        if found is not None:
            columns[_(zones.title(zone.index))] = found.values.round(2)
    st.dataframe(columns, hide_index=True, key="concept-matrix")
    st.caption(_("Total Sobol index of each concept for each zone, from one pass."))
    return columns


def _show_regions(asked: ImageQuestion, drawn: ReportPicture | None) -> None:
    """For one zone: where its concepts lie, and where they matter."""
    zones = asked.prediction.zones
    assert zones is not None
    places = [str(zone.index + 1) for zone in zones.zones[:MOST_ZONES]]
    first = places.index(str(zones.foreground() + 1)) if str(zones.foreground() + 1) in places else 0

    def title(place: str) -> str:
        return _(zones.title(int(place) - 1))

    zone = int(choose_from_list(ZONE, _("Zone"), places, title, index=first)) - 1
    view = _asked(asked.order(zone), _("Ask inside, around and elsewhere"), "ask-regions")
    found = None if view is None else view.importance(asked.prediction.targets.zone(zone))
    if found is None:
        return
    values = by_region(found.values, len(asked.found.book.basis))
    shown = _show_region_table(asked, zone, values)
    if shown is not None and drawn is not None:
        text = _("Concepts of {zone} in {picture}, by where they are weakened")
        named = text.format(zone=_(zones.title(zone)), picture=_(asked.picture.name))
        table = Finding(named, "", shown[0], sentences=shown[1], record={"zone": zone + 1})
        offer_in_image(asked.found, asked.picture, drawn, table, "image-regions")


def _show_region_table(
    asked: ImageQuestion, zone: int, values: Any
) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """The table, and what it says."""
    coefficients, zones = asked.coefficients(), asked.prediction.zones
    if coefficients is None or zones is None:
        return None
    lies = shares_by_region(coefficients, zone_regions(zones.labels == zone, coefficients.shape[:2]))
    names = _region_names()
    columns: dict[str, Any] = {_("Concept"): [numbers.count(number + 1) for number in range(len(values))]}
    columns |= {name: values[:, place].round(2) for place, name in enumerate(names)}
    st.dataframe(columns, hide_index=True, key="concept-regions")
    context = numbers.share(float(values[:, 2].sum() / max(values.sum(), 1e-12)))
    text = _("Importance by where a concept is weakened. Elsewhere has {share} of the sum.")
    most = int(values.sum(axis=1).argmax())
    inside = numbers.share(float(lies[most, 0]))
    lying = _("{share} of {concept} lies inside the zone.")
    said = text.format(share=context), lying.format(share=inside, concept=concept_title(most))
    for sentence in said:
        st.caption(sentence)
    return columns, said


def _region_names() -> Sequence[str]:
    return _("inside"), _("ring around it"), _("elsewhere")
