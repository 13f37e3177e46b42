"""Answer of one method for one model, as far as known: the one place where maps are ordered and read."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from caching import LRUCache
from components.ask.columns import Column
from components.ask.layers import best_layer, usual_layers
from components.ask.rows import Row
from components.jobs.job_view import ending_text, progress_text
from components.jobs.orders import cost_text, job_of, order_maps
from components.words.i18n import _, sentence
from compute.scheduling.subscription import Subscription
from compute.work.maps import MapOrder, MapView
from engine.explanation import Explanation
from engine.params import Params

MapJob = Subscription[MapView[Any, Any]]
KEPT = 32
_READ: WeakKeyDictionary[object, LRUCache[Explanation | None]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Answer:
    """How far an answer is.

    Attributes:
        explanation: the map that there is, or None.
        said: what is waited for, or why there is no map.
        done: finished share 0-1 of what is waited for, or None.
        finished: nothing more will come by itself.
        to_start: what a person has to start, because it takes long.
        running: what can be stopped.
        stopped: what was stopped and can go on.
    """

    explanation: Explanation | None = None
    said: str = ""
    done: float | None = None
    finished: bool = True
    to_start: MapOrder[Any] | None = None
    running: MapOrder[Any] | None = None
    stopped: MapOrder[Any] | None = None


def answer(row: Row, column: Column) -> Answer:
    """The answer as it stands; it is ordered if that has not been done."""
    if row.wanted is None:
        return Answer(said=row.reason)
    reason = row.contender.prediction.why_not(column.method)
    if reason:
        return Answer(said=_(reason))
    order = order_of(row, column)
    if not column.asked:
        return Answer(said=_("{cost}. Select it to start.").format(cost=cost_text(order.price)))
    job = job_of(order)
    if job is not None:
        return _follow(row, column, order, job)
    if not order.chunked:
        return Answer(said=_("One forward and one backward pass ..."), finished=False)
    return Answer(said=_("{cost}. Start it below.").format(cost=cost_text(order.price)), to_start=order)


def orders_of_page(rows: Sequence[Row], columns: Sequence[Column]) -> list[MapOrder[Any]]:
    """All orders that the answers are read from."""
    return [
        order_of(row, column)
        for row in rows
        for column in columns
        if column.asked and row.wanted is not None and row.contender.prediction.why_not(column.method) is None
    ]


def order_of(row: Row, column: Column) -> MapOrder[Any]:
    """The order that an answer is read from."""
    contender = row.contender
    params = params_of(row, column)
    return order_maps(contender.choice, contender.prediction, column.method, params, row.together)


def params_of(row: Row, column: Column) -> Params:
    """Parameters of a column; the layer is the model's best one where it has no layer of that name."""
    params: Any = column.params
    if not hasattr(params, "layer"):
        return column.params
    known = params.layer in usual_layers(row.contender.prediction)
    return replace(params, layer=params.layer if known else best_layer(row.contender.prediction))


def _follow(row: Row, column: Column, order: MapOrder[Any], job: MapJob) -> Answer:
    """How far an order is."""
    if job.error is not None:
        return Answer(said=sentence(job.error))
    progress, explanation = job.progress(), _read(row, column, job)
    if job.state != "done" and job.view.enough(row.together):
        job.cancel()
        return Answer(explanation, f"{progress_text(job.progress())}. {ending_text(order.spec.params)}")
    if job.state == "cancelled":
        return Answer(explanation, progress_text(progress), stopped=order)
    if job.finished:
        return Answer(explanation)
    if not order.chunked:
        return Answer(said=_("One forward and one backward pass ..."), finished=False)
    return Answer(explanation, progress_text(progress), progress.share, finished=False, running=order)


def _read(row: Row, column: Column, job: MapJob) -> Explanation | None:
    """The map that there is."""
    wanted, method, params = row.wanted, column.method.key, params_of(row, column)
    if wanted is None:
        return None
    asked = wanted, method, params
    return remembered(job, asked, job.progress().done_runs, lambda: job.view.explain(wanted, method, params))


def remembered(
    job: object, asked: Hashable, runs: int, read: Callable[[], Explanation | None]
) -> Explanation | None:
    """The map of a job, the very same one while no run is added: then it is not read again.

    Args:
        job: what it is read off; what is remembered goes with it.
        asked: which of its maps.
        runs: how many of its runs are done.
        read: reads the map.
    """
    return _READ.setdefault(job, LRUCache(KEPT)).get(asked, read, version=runs)
