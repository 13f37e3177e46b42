"""Tests of concepts as they come: what layers make of images, then the tests layer by layer."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.concepts.choice import ConceptChoice
from components.concepts.found import class_images
from components.data.choice import DataChoice
from components.data.measured import answers_of, measure_order
from components.jobs.orders import keep_only, live_job
from components.session.choice import Choice
from components.session.guard import attempt, say
from components.session.waiting import soon, wait_for
from components.tcav.choice import HERE, SELECTED, WHOLE, GivenConcepts, TargetChoice
from components.words import numbers
from components.words.i18n import _
from compute.measure.concepts.images import some_images
from compute.measure.tcav import TcavOrder
from compute.tcav.asking import (
    MOST_TARGET,
    ConceptFinding,
    ConceptImages,
    LayerTables,
    after_holm,
    concept_of_class,
    concept_of_images,
    effort_for,
    images_of_other_classes,
    random_images,
    refuse_few_images,
)
from compute.tcav.features import ConceptFeatures, TargetGradients, layer_rows
from compute.work.contract import Order
from compute.work.features import FeatureOrder
from compute.work.measure import MeasureOrder
from compute.work.single.own_features import ZoneGradientsSpec
from data_store.base.words import DataSet
from engine.errors import VitrineError
from engine.tcav.testing import TcavEffort


@dataclass(frozen=True, eq=False)
class TcavFound:
    """Tests of one question.

    Attributes:
        target: what might depend on the concepts.
        concepts: that were tested.
        random: images that they were tested against.
        rows: tests so far; p-values after Holm count those that are there.
        complete: whether all are there.
        given: how the concepts were chosen.
    """

    target: TargetChoice
    concepts: tuple[ConceptImages, ...]
    random: DataSet
    rows: tuple[ConceptFinding, ...]
    complete: bool
    given: GivenConcepts


def find_tests(
    bar: Choice, choice: DataChoice, target: TargetChoice, given: GivenConcepts
) -> TcavFound | None:
    """The tests; None while there are none, and then the page says how far it is, or why not."""
    images = _images_of(choice, given)
    if images is None:
        return None
    gradients = _gradients_order(bar, choice, target)
    if gradients is None:
        return None
    orders = [*_feature_orders(choice, target, images, given.cells), gradients]
    for kind in (MeasureOrder.kind, FeatureOrder.kind):
        keep_only([order for order in orders if order.kind == kind], kind)
    for order in orders:
        live_job(order)
    views: list[Any] = []
    for order in orders:
        found = answers_of([order])
        if found is None:
            return None
        views.extend(found)
    return _tested(target, given, images, views)


def _gradients_order(bar: Choice, choice: DataChoice, target: TargetChoice) -> Order[Any] | None:
    """The order of derivatives of the score; None where there are no images, and then the page says so."""
    if target.zone is not None and bar.picture is not None:
        spec = ZoneGradientsSpec(choice.refs[0], target.layers, target.zone, target.side)
        return FeatureOrder(spec, bar.picture)
    asked = ConceptChoice(target.index, target.name, target.segments, target.layers[0], None)
    images = class_images(choice, asked)
    if images is None:
        return None
    some = some_images(images, range(len(images.items)), MOST_TARGET)
    gradients = TargetGradients(choice.refs[0], target.layers, target.index, target.versus, target.side)
    return measure_order(gradients, replace(choice, data=some, split=None))


def _images_of(choice: DataChoice, given: GivenConcepts) -> tuple[tuple[ConceptImages, ...], DataSet] | None:
    found = attempt(_check_images, choice, given)
    if isinstance(found, VitrineError):
        say(found)
        return None
    return found


def _check_images(choice: DataChoice, given: GivenConcepts) -> tuple[tuple[ConceptImages, ...], DataSet]:
    concepts = tuple(_concept(given, name) for name in given.chosen)
    if given.random == HERE:
        random = random_images(choice.data, choice.split, concepts)
    else:
        labels = {place for place, name in enumerate(given.data.labels) if name in given.chosen}
        random = random_images(images_of_other_classes(given.data, labels), None, concepts)
    refuse_few_images(concepts, random)
    return concepts, random


def _concept(given: GivenConcepts, name: str) -> ConceptImages:
    if name == SELECTED and given.selection is not None:
        return concept_of_images(given.selection.name, given.data, given.selection.ids, given.cells)
    if name == WHOLE:
        return concept_of_images(given.data.title, given.data, cells=given.cells)
    return concept_of_class(given.data, given.data.labels.index(name), given.cells)


Images = tuple[tuple[ConceptImages, ...], DataSet]
"""Of concepts, and random ones."""


def _feature_orders(
    choice: DataChoice, target: TargetChoice, images: Images, cells: tuple[int, ...]
) -> list[Order[Any]]:
    """What layers make of random images, and of those of each concept."""
    concepts, random = images
    features = ConceptFeatures(choice.refs[0], target.layers, target.side, cells)
    asked = (random, *(one.data for one in concepts))
    return [measure_order(features, replace(choice, data=data, split=None)) for data in asked]


def _test_orders(target: TargetChoice, views: list[Any], effort: TcavEffort) -> list[TcavOrder]:
    """The tests, one for each layer.

    Raises:
        DataSetError: no image can be used.
    """
    gradients = layer_rows(views[-1]) if target.zone is None else views[-1].result()
    return LayerTables(views[0], gradients).orders(views[1:-1], effort)


def _tested(target: TargetChoice, given: GivenConcepts, images: Images, views: list[Any]) -> TcavFound | None:
    concepts, random = images
    orders = attempt(_test_orders, target, views, effort_for(len(concepts) * len(target.layers)))
    if isinstance(orders, VitrineError):
        say(orders)
        return None
    kept: list[Order[Any]] = list(orders)
    keep_only(kept, TcavOrder.kind)
    jobs = [job for order in orders if (job := live_job(order)) is not None]
    whole = len(jobs) == len(orders) and soon(*jobs)
    failed = next((job.error for job in jobs if job.error is not None), None)
    if failed is not None:
        say(failed)
        return None
    done = [
        (layer, job.view.result()) for layer, job in zip(target.layers, jobs, strict=False) if job.finished
    ]
    if not whole:
        text = _("Layers tested: {done} of {total}")
        said = text.format(done=numbers.count(len(done)), total=numbers.count(len(orders)))
        wait_for(
            lambda: sum(job.finished for job in jobs) > len(done) or len(jobs) < len(orders),
            lambda: st.status(said),
        )
    rows = [
        (concept.name, layer, test)
        for layer, tests in done
        for concept, test in zip(concepts, tests or (), strict=False)
    ]
    return TcavFound(target, concepts, random, tuple(after_holm(rows)), whole, given)
