"""Concepts of a class as they are found: places of images, then concepts, then what depends on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from components.concepts.choice import ConceptChoice
from components.data.choice import DataChoice
from components.data.measured import answers_of, measure_order
from components.jobs.orders import keep_only
from components.session.guard import attempt, say
from components.words.i18n import _
from components.words.plain import as_text
from compute.measure.classes import ClassAnswers
from compute.measure.concepts.book import ConceptBook, ConceptOrder, ConceptSpec, PlaceTable
from compute.measure.concepts.images import (
    ASKED_IMAGES,
    images_to_answer,
    places_answered,
    places_known,
    some_images,
)
from compute.measure.concepts.places import ANY, LayerPlaces
from compute.measure.concepts.scores import ConceptScores
from compute.work.concepts.image_concepts import ImageConceptOrder
from compute.work.concepts.reading import ClassDependence, PlacesFound, class_dependence, places_found
from compute.work.contract import Order
from compute.work.measure import MeasureOrder
from compute.work.predict import Prediction
from data_store.base.words import DataSet, Item
from engine.errors import VitrineError

KINDS = (MeasureOrder.kind, ConceptOrder.kind, ImageConceptOrder.kind)


@dataclass(frozen=True, eq=False)
class ConceptsFound:
    """Concepts of a class.

    Attributes:
        question: what was asked.
        choice: of data set and model.
        images: those in which concepts were looked for.
        places: of the images.
        book: the concepts.
        orders: what was ordered for them, which is kept.
    """

    question: ConceptChoice
    choice: DataChoice
    images: DataSet
    places: PlacesFound
    book: ConceptBook
    orders: tuple[Order[Any], ...]

    def item(self, position: int) -> Item:
        """An image by its position among ``images``."""
        return self.images.items[position]

    @property
    def count(self) -> int:
        """Images that have places."""
        return len(np.unique(self.places.positions))

    def scores_order(self) -> MeasureOrder:
        """The order that asks how far the class depends on the concepts."""
        chosen = some_images(self.images, np.unique(self.places.positions).tolist(), ASKED_IMAGES)
        question = self.question
        scores = ConceptScores(self.choice.refs[0], question.layer, question.index, self.book.basis)
        return measure_order(scores, replace(self.choice, data=chosen, split=None))


def find_concepts(
    choice: DataChoice, question: ConceptChoice, prediction: Prediction
) -> ConceptsFound | None:
    """The concepts; None while something is missing, and then the page says how far it is, or why not."""
    images = class_images(choice, question)
    if images is None:
        return None
    index = question.index if question.segments else ANY
    places_order = measure_order(
        LayerPlaces(choice.refs[0], question.layer, index), replace(choice, data=images, split=None)
    )
    views = answers_of([places_order])
    if views is None:
        keep_only([places_order], *KINDS)
        return None
    channels = {layer.name: layer.channels for layer in prediction.target_layers}
    places = places_found(views[0], channels[question.layer])
    if not len(places.vectors):
        text = _("The model finds no “{name}” in these images. Please select another class or data set.")
        st.info(text.format(name=as_text(_(question.name))))
        return None
    order = ConceptOrder(ConceptSpec(question.count), PlaceTable(places.vectors, places.positions))
    answered = answers_of([order])
    book = None if answered is None else answered[0].result()
    if book is None:
        keep_only([places_order, order], *KINDS)
        return None
    return ConceptsFound(question, choice, images, places, book, (places_order, order))


def class_images(choice: DataChoice, question: ConceptChoice) -> DataSet | None:
    """The images of the class, at most a hundred; None where there are none, or their answers are awaited."""
    places = _places(choice, question)
    if places is None:
        return None
    images = attempt(some_images, choice.data, places)
    if isinstance(images, VitrineError):
        say(images)
        return None
    return images


def _places(choice: DataChoice, question: ConceptChoice) -> Sequence[int] | None:
    from compute.worker.sources import model_source

    data, ref = choice.data, choice.refs[0]
    known = places_known(data, choice.split, question.index, model_source().facts(ref))
    if known is not None:
        return known
    some = images_to_answer(data, choice.split)
    order = measure_order(ClassAnswers(ref), replace(choice, data=some, split=None))
    views = answers_of([order])
    if views is None:
        return None
    return places_answered(views[0].table(), question.index, some, data)


def class_depends(found: ConceptsFound, *also: Order[Any]) -> ClassDependence | None:
    """How far the class depends on the concepts; None while it is not known, and then the page says so."""
    order = found.scores_order()
    keep_only([*found.orders, order, *also], *KINDS)
    views = answers_of([order])
    return None if views is None else class_dependence(views[0])
