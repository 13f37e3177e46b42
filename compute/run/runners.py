"""Runners for whoever waits: orders run in this process, or on a cluster, until they are done."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol, TypeVar

from compute.base.store import ResultStore
from compute.scheduling.queue import JobQueue
from compute.work.contract import FOREGROUND, Order, Part, View
from compute.work.kinds import orders_of
from compute.work.maps import Answered, MapRequest, MapView
from compute.work.predict import Prediction, PredictOrder
from engine.errors import VitrineError
from engine.images.picture import Picture
from engine.target_sets import TargetIndex
from model_store.catalogue import ModelRef

POLL_SECONDS = 0.1
V = TypeVar("V", bound=View[Any, Any])
OnProgress = Callable[[Any], None]
"""Told what there is of an order; what it raises ends the order."""

Watch = Callable[[], AbstractContextManager[OnProgress]]
"""Opened while an order is under way; what it gives is told how far it is."""


def ignore(_view: Any) -> None:
    """Nobody wants to know how far it is."""


def never(_view: Any) -> bool:
    """All of it is wanted."""
    return False


class Runner(Protocol):
    """Something that runs orders, and waits for them."""

    def run(
        self, order: Order[V], on_progress: OnProgress = ignore, enough: Callable[[V], bool] = never
    ) -> V:
        """What can be read off an order that is done, or as far as it is enough.

        Args:
            order: what is to be computed.
            on_progress: told again and again what there is; what it raises ends the order.
            enough: ends the order before its last part.

        Raises:
            VitrineError: the order failed.
        """
        ...


class LocalRunner:
    """Runs in this process, part by part.

    Args:
        store: where finished work is found and kept, or None.
    """

    def __init__(self, store: ResultStore | None = None) -> None:
        self._store = store

    def run(
        self, order: Order[V], on_progress: OnProgress = ignore, enough: Callable[[V], bool] = never
    ) -> V:
        sheet = order.find(self._store)
        view = order.view(sheet)
        left: dict[Any, Any] = {}
        for part in iter(partial(_next_part, sheet), None):
            sheet.add(part, _run_part(order, part, left))
            on_progress(view)
            order.keep(self._store, sheet)
            if enough(view):
                break
        return view


def _next_part(sheet: Any) -> Part | None:
    return next(iter(sheet.missing()), None)


def _run_part(order: Order[Any], part: Part, left: dict[Any, Any]) -> Any:
    """What the task of a part says; what it leaves for the next one of its chain stays in ``left``."""
    if order.snapshot is None:
        return order.run(part, asked=order.asked, **order.shared)
    left[part[0]] = order.run(part, left.get(part[0]), asked=order.asked, **order.shared)
    return order.snapshot(left[part[0]])


class ClusterRunner:
    """Runs on a cluster and waits; what it no longer waits for is left.

    Args:
        queue: where orders are started.
        priority: that no order exceeds; as their kinds say if it is ``FOREGROUND``.
        tick: called while it waits; what it raises ends the waiting.
    """

    def __init__(
        self, queue: JobQueue, priority: int = FOREGROUND, tick: Callable[[], None] = lambda: None
    ) -> None:
        self._queue = queue
        self._priority = priority
        self._tick = tick

    def run(
        self, order: Order[V], on_progress: OnProgress = ignore, enough: Callable[[V], bool] = never
    ) -> V:
        urgent = self._priority >= FOREGROUND
        job = self._queue.start(order, order.priority if urgent else min(order.priority, self._priority))
        try:
            while not job.finished:
                self._tick()
                on_progress(job.view)
                if enough(job.view):
                    break
                time.sleep(POLL_SECONDS)
        finally:
            job.cancel()
        if job.error is not None:
            raise job.error
        return job.view


def predict_with(runner: Runner, ref: ModelRef, picture: Picture) -> Prediction:
    """What a model answers for an image.

    Raises:
        VitrineError: the model is not there, or cannot look at the image.
    """
    prediction = runner.run(PredictOrder(ref, picture)).result()
    if prediction is None:
        raise VitrineError("The prediction was cancelled. Please start it again.")
    return prediction


def _are_enough(wanted: Sequence[TargetIndex], view: MapView[Any, Any]) -> bool:
    return view.enough(wanted)


def answer_request(request: MapRequest, runner: Runner, watch: Watch) -> Iterator[Answered]:
    """What is asked with its map, as they come; of several layers one after the other.

    Raises:
        VitrineError: the method does not fit the model or the image, or an order failed.
    """
    for order in orders_of(request):
        wanted = order.targets_of(request)
        with watch() as on_progress:
            view = runner.run(order, on_progress, partial(_are_enough, wanted))
        yield from view.maps(request)
