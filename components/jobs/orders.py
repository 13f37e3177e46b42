"""Orders of a session: what its page shows is kept going, everything else is let go."""

from collections.abc import Collection, Hashable, Sequence
from typing import Any, TypeVar

import streamlit as st

from components.jobs.finished import finished_job
from components.jobs.job_set import JobSet
from components.jobs.queues import queue_for
from components.session.choice import Choice
from components.session.keys import ASIDE, DRAFTS, ORDERS, STEADY, recall
from components.words import numbers
from components.words.i18n import _
from compute.scheduling.subscription import Subscription
from compute.work.contract import DRAFT, Order, Price, View
from compute.work.kinds import map_kinds, orders_of
from compute.work.maps import MapOrder, MapRequest
from compute.work.predict import Prediction
from engine.images.picture import Picture
from engine.method import Method
from engine.params import Params
from engine.target_sets import TargetIndex

V = TypeVar("V", bound="View[Any, Any]")
PATIENCE_SECONDS = 300
"""What takes longer is started by a person, not by itself: its first map would take longer than 20 s."""

_ORDERS, _DRAFTS, _ASIDE = JobSet(ORDERS), JobSet(DRAFTS), JobSet(ASIDE)


def order_maps(
    choice: Choice, prediction: Prediction, method: Method, params: Params, wanted: Sequence[TargetIndex] = ()
) -> MapOrder[Any]:
    """The order that a method with these parameters needs to explain some targets, at most five; together
    with what other methods need that read the same.

    Raises:
        VitrineError: the method, its layer or a target does not fit.
    """
    assert choice.picture is not None
    request = MapRequest(choice.ref, method, params, prediction, choice.picture, wanted, shared=True)
    return orders_of(request)[0]


def job_of(order: Order[V]) -> Subscription[V] | None:
    """The order, finished if it came with Vitrine, else under way; a short one starts by itself."""
    return finished_job(order) or live_job(order)


def live_job(order: Order[V]) -> Subscription[V] | None:
    """The order under way, whatever came with Vitrine; a short one starts by itself."""
    quick = not order.chunked or order.price.seconds <= PATIENCE_SECONDS
    if quick and known_job(order) is None:
        start(order)
    return known_job(order)


def are_finished(orders: Sequence[Order[Any]]) -> bool:
    """Whether there is nothing more to wait for; what was let go is started again."""
    jobs = [job_of(order) for order in orders]
    return all(job is not None and job.finished for job in jobs)


def known_job(order: Order[V]) -> Subscription[V] | None:
    """The order, if it was started and not let go."""
    return _ORDERS.get(_key(order))


def paid_job(order: Order[V]) -> Subscription[V] | None:
    """The order if it is done, whoever has paid for it: it came with Vitrine, or this session or another one
    has ordered it; nothing is started.
    """
    job = finished_job(order) or known_job(order)
    if job is None:
        queue = queue_for(order.image)
        return None if queue is None else queue.find_done(order)
    return job if job.state == "done" else None


def start(order: Order[Any], priority: int | None = None) -> None:
    """Start an order, or join it where somebody else has started it."""
    _start(_ORDERS, order, priority)


def go_on(order: Order[Any]) -> None:
    """Take up an order that was stopped."""
    give_up(order)
    start(order)


def stop(order: Order[Any]) -> None:
    """End an order, keeping what it has; drafts end, too, as whoever stops it wants the machine quiet."""
    job = known_job(order)
    if job is not None:
        job.cancel()
    _DRAFTS.stop()


def give_up(*orders: Order[Any]) -> None:
    """Leave some orders."""
    _ORDERS.let_go(*map(_key, orders))


def keep_only(orders: Collection[Order[Any]], *kinds: str) -> None:
    """Leave all orders of some kinds of work that the page does not show."""
    kept = {_key(order) for order in orders}
    _ORDERS.keep_where(lambda key: key[0] not in kinds or key in kept)


def keep_maps_only(orders: Collection[Order[Any]]) -> None:
    """Leave all attribution maps that the page does not show."""
    keep_only(orders, *map_kinds())


def keep_predictions_of(picture: Picture) -> None:
    """Leave all predictions of other images."""
    _ORDERS.keep_where(lambda key: key[0] != "predict" or key[1][1] == picture.sha256)
    _fingerprint, sha256, *_rest = recall(STEADY, None) or ("", picture.sha256)
    if sha256 != picture.sha256:
        leave_aside()


def keep_measures_of(digest: str) -> None:
    """Leave all measures of other data sets."""
    _ORDERS.keep_where(lambda key: key[0] != "measure" or key[1][1] == digest)


def draft_only(order: Order[Any] | None) -> None:
    """Run an order while nothing else is to be done, and leave other drafts; a stopped one stays so."""
    _DRAFTS.keep_only([] if order is None else [_key(order)])
    if order is not None and _DRAFTS.get(_key(order)) is None:
        _start(_DRAFTS, order, DRAFT)


def job_aside(order: Order[V]) -> Subscription[V] | None:
    """An order about changed images, started if it is not; what the page shows besides does not let it go."""
    if _ASIDE.get(_key(order)) is None:
        _start(_ASIDE, order, None)
    return _ASIDE.get(_key(order))


def leave_aside() -> None:
    """Leave all orders about changed images."""
    _ASIDE.keep_only([])


def leave_orders() -> None:
    """Leave all orders of the session."""
    for jobs in (_ORDERS, _DRAFTS, _ASIDE):
        jobs.keep_only([])


def cost_text(price: Price) -> str:
    """A price in words."""
    return numbers.cost(price.runs, price.seconds)


def offer_start(order: Order[Any]) -> None:
    """Say what a long pass costs, and let the person start it."""
    text = _(
        "One pass over this image costs {cost} on this machine. It then answers for every zone and "
        "boundary. Fewer samples or a coarser grid cost less. A busy machine takes longer; the time is "
        "corrected while it runs."
    )
    st.info(text.format(cost=cost_text(order.price)))
    st.button(_("Start"), type="primary", on_click=start, args=(order,), key="start")


def _key(order: Order[Any]) -> tuple[str, Hashable]:
    return order.kind, order.identity


def _start(jobs: JobSet, order: Order[Any], priority: int | None) -> None:
    queue = queue_for(order.image)
    if queue is not None:
        jobs.start(_key(order), lambda: queue.start(order, priority))
