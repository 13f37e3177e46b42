"""What is known so far of one method's answer for one model, whichever pass it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from components.ask.columns import Column
from components.ask.rows import Row
from components.jobs.endings import ending_text, is_enough
from components.jobs.job_view import progress_text
from components.jobs.layer_jobs import LayerOrder, best_layer, layer_job, usual_layers
from components.jobs.orders import LongOrder
from components.jobs.passes import Order, order_pass, pass_of
from components.jobs.remembered import remembered
from components.jobs.summed_jobs import SumsOrder, order_sums, sums_of
from components.words.i18n import _, sentence

if TYPE_CHECKING:
    from compute.scheduling.handles import PassJob, SummedJob
    from engine.explanation import Explanation
    from engine.gradients.params import CamParams


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
    to_start: LongOrder | None = None
    running: LongOrder | None = None
    stopped: LongOrder | None = None


def answer(row: Row, column: Column) -> Answer:
    """The answer as it stands; it is ordered if that has not been done."""
    if row.wanted is None:
        return Answer(said=row.reason)
    reason = row.contender.prediction.why_not(column.method)
    if reason:
        return Answer(said=_(reason))
    if not column.asked:
        order = long_order(row, column)
        return Answer(said=_("{cost}. Tick it above.").format(cost=order.cost) if order else "")
    return _READERS[column.method.run_by](row, column)


def long_order(row: Row, column: Column) -> LongOrder | None:
    """What has to be computed for an answer; None where it is a matter of a second or two for all methods
    together.
    """
    order = _ORDERS.get(column.method.run_by)
    return None if order is None else order(row, column)


def pass_orders(rows: Sequence[Row], columns: Sequence[Column]) -> list[Order]:
    """All perturbation passes that the answers are read from."""
    return [
        pass_order(row, column)
        for row in rows
        for column in columns
        if column.asked and column.method.run_by == "perturbation"
    ]


def pass_order(row: Row, column: Column) -> Order:
    """The perturbation pass that an answer is read from."""
    return order_pass(row.contender.choice, row.contender.prediction, column.method.key, column.params)


def _from_pass(row: Row, column: Column) -> Answer:
    order = pass_order(row, column)
    job = pass_of(order)
    found = _follow(row, order, job)
    if (
        job is not None
        and (found.running or found.stopped)
        and is_enough(job, map(job.explain, row.together))
    ):
        return Answer(found.explanation, f"{progress_text(job.progress())}. {ending_text(job)}")
    return found


def sum_orders(rows: Sequence[Row], columns: Sequence[Column]) -> list[SumsOrder]:
    """All summed passes that the answers are read from."""
    summed = [column for column in columns if column.asked and column.method.run_by == "summed"]
    asked = [(row, column) for row in rows for column in summed if row.wanted is not None]
    return [
        sums_order(row, column)
        for row, column in asked
        if row.contender.prediction.why_not(column.method) is None
    ]


def sums_order(row: Row, column: Column) -> SumsOrder:
    """The summed pass that an answer is read from."""
    params: Any = column.params
    if hasattr(params, "layer"):
        params = replace(params, layer=layer_of(row, column))
    return order_sums(row.contender.choice, row.contender.prediction, column.method.key, params, row.together)


def _from_sums(row: Row, column: Column) -> Answer:
    order = sums_order(row, column)
    return _follow(row, order, sums_of(order))


def _follow(row: Row, order: LongOrder, job: PassJob | SummedJob | None) -> Answer:
    """How far a pass is that grows chunk by chunk."""
    if job is None:
        return Answer(said=_("{cost}. Start it below.").format(cost=order.cost), to_start=order)
    if job.error is not None:
        return Answer(said=sentence(job.error))
    progress, wanted = job.progress(), row.wanted
    explanation = (
        None if wanted is None else remembered(job, wanted, progress.done_runs, lambda: job.explain(wanted))
    )
    if job.state == "cancelled":
        return Answer(explanation, progress_text(progress), stopped=order)
    if job.finished:
        return Answer(explanation)
    return Answer(explanation, progress_text(progress), progress.share, finished=False, running=order)


def layer_order(row: Row) -> LayerOrder | None:
    """The gradient pass that all gradient methods of a row are read from."""
    return (
        None
        if row.wanted is None
        else LayerOrder(row.contender.choice, row.contender.prediction, row.together)
    )


def layer_of(row: Row, column: Column) -> str:
    """The layer of a column, or the model's best one where it has no layer of that name."""
    wanted = getattr(column.params, "layer", "")
    return (
        wanted if wanted in usual_layers(row.contender.prediction) else best_layer(row.contender.prediction)
    )


def _from_layers(row: Row, column: Column) -> Answer:
    order = layer_order(row)
    job = None if order is None else layer_job(order)
    if job is None or not job.finished:
        return Answer(said=_("One look forward and back ..."), finished=False)
    wanted, method = row.wanted, column.method.key
    if job.error is not None or wanted is None:
        return Answer(said=sentence(job.error) if job.error else "")
    params = replace(cast("CamParams", column.params), layer=layer_of(row, column))
    return Answer(remembered(job, (method, wanted, params), 0, lambda: job.explain(method, wanted, params)))


_ORDERS: dict[str, Callable[[Row, Column], LongOrder]] = {"perturbation": pass_order, "summed": sums_order}
_READERS: dict[str, Callable[[Row, Column], Answer]] = {
    "perturbation": _from_pass,
    "gradient": _from_layers,
    "summed": _from_sums,
}
