"""What maps are compared: images of a class, or zones of a class, with what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.data.choice import DataChoice
from components.data.measured import AT_ONCE, Measured, answers_of, measure_order, offer_measures
from components.jobs.orders import keep_measures_of, known_job
from components.strategies.choice import MapQuestion
from compute.measure.cams.class_cams import MAP, ClassMaps
from compute.measure.cams.zone_cams import ZoneMaps, zones_of
from compute.measure.layout import FeatureTable
from compute.measure.measure import POSITION, Measure
from compute.work.measure import MeasureView
from data_store.base.words import Item
from engine.arrays import Bools, Floats
from engine.strategies.preparing import GRID

RIGHT_FROM = 0.5
"""Share of a zone's known pixels from which it counts as right."""


@dataclass(frozen=True, eq=False)
class MapSubjects:
    """Images of a class, or zones of a class in images, one row each.

    Attributes:
        question: what was asked.
        choice: of data set and model.
        items: N images.
        maps: (N, GRID * GRID), shares of each map's peak.
        wrong: bool (N,): the answer is another class, or most of the zone is.
        known: bool (N,): whether anybody knows.
        boxes: float32 (N, 4), boxes of the zones; None for whole images.
    """

    question: MapQuestion
    choice: DataChoice
    items: Sequence[Item]
    maps: FeatureTable
    wrong: Bools
    known: Bools
    boxes: Floats | None = None

    def map_of(self, row: int) -> Floats:
        """float32 (GRID, GRID): the map of a row."""
        return np.asarray(self.maps.values[row].reshape(GRID, GRID), np.float32)


def images_of_class(choice: DataChoice, found: Measured, question: MapQuestion) -> MapSubjects | None:
    """Images of the class; None while their maps are made, and then the page says how far they are."""
    measure = ClassMaps(choice.refs[0], question.layer, question.method, question.by)
    view = _measured(choice, measure)
    if view is None:
        return None
    truth, prediction = found.ints("truth"), found.ints("prediction")
    column = prediction if question.by == "predicted" else truth
    rows = {int(found.positions[row]): int(row) for row in np.flatnonzero(column == question.index)}
    positions, maps = view.heavy(MAP)
    kept = np.array([row for row, place in enumerate(positions.tolist()) if place in rows], np.int64)
    answers = np.array([rows[place] for place in positions[kept].tolist()], np.int64)
    return MapSubjects(
        question=question,
        choice=choice,
        items=[found.items[place] for place in positions[kept].tolist()],
        maps=FeatureTable(maps.reshape(-1, GRID * GRID)[kept]),
        wrong=np.asarray(truth[answers] != prediction[answers], np.bool_),
        known=np.asarray(truth[answers] >= 0, np.bool_),
    )


def zones_of_class(choice: DataChoice, question: MapQuestion) -> MapSubjects | None:
    """Zones of the class; None while their maps are made."""
    view = _measured(choice, ZoneMaps(choice.refs[0], question.layer, question.method, question.index))
    if view is None:
        return None
    table = view.table()
    answered = table.filter(table["error"].is_null())
    zones, positions = zones_of(answered), answered[POSITION].to_numpy()
    return MapSubjects(
        question=question,
        choice=choice,
        items=[view.order.items[positions[row]] for row in zones.rows.tolist()],
        maps=FeatureTable(zones.maps.reshape(-1, GRID * GRID)),
        wrong=np.asarray(zones.right < RIGHT_FROM, np.bool_),
        known=np.asarray(~np.isnan(zones.right), np.bool_),
        boxes=zones.boxes,
    )


def _measured(choice: DataChoice, measure: Measure) -> MeasureView | None:
    """What was measured; many images wait for a click."""
    order = measure_order(measure, choice)
    keep_measures_of(choice.data.digest)
    if len(order.items) > AT_ONCE and known_job(order) is None:
        offer_measures([order])
        return None
    views = answers_of([order])
    return None if views is None else views[0]
