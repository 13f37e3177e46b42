"""Job queue of a server: takes orders from all sessions, and computes equal ones once."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Collection
from copy import copy
from functools import partial
from typing import Any, TypeVar

from distributed import Client

from caching import LRUCache
from compute.base.store import ResultStore
from compute.cluster.cluster import Cluster
from compute.cluster.forgetting import forget_soon
from compute.scheduling.collector import Collector
from compute.scheduling.execution import Execution
from compute.scheduling.submission import Submitter
from compute.scheduling.subscription import Subscription
from compute.work.contract import Order, View
from compute.worker.tasks import STARTED
from engine.errors import VitrineError
from settings import MEGABYTE, settings

KEPT = 32
V = TypeVar("V", bound=View[Any, Any])
Live = weakref.WeakValueDictionary[str, Execution]


class JobQueue:
    """Starts orders on a cluster; the same order started twice is computed once.

    Args:
        cluster: where work is done.
        store: where finished work is kept, or None.
    """

    def __init__(self, cluster: Cluster, store: ResultStore | None = None) -> None:
        self.cluster = cluster
        self.store = store
        self._collector = Collector()
        self._live: Live = weakref.WeakValueDictionary()
        self._recent: LRUCache[Execution] = LRUCache(KEPT, lambda: settings().limit_results * MEGABYTE)
        self._client: Client | None = None
        self._lock = threading.RLock()
        self._queues: weakref.WeakSet[JobQueue] = weakref.WeakSet([self])
        self._mark = ""

    def private(self) -> JobQueue:
        """A queue beside this one on the same cluster, which keeps nothing.

        It reads and writes no store, remembers nothing that no subscription holds, and shares no work with
        anybody. When it and its subscriptions are let go, workers forget what they have prepared.
        """
        alone = copy(self)
        alone.store, alone._live, alone._recent = None, weakref.WeakValueDictionary(), LRUCache(0)
        alone._mark = f"-0{secrets.token_hex(8)}"
        self._queues.add(alone)
        weakref.finalize(alone, forget_soon, self.cluster).atexit = False
        return alone

    def forget(self, pictures: Collection[str], items: Collection[str] = ()) -> None:
        """Have some images, by their sha256, removed from the store, and whatever is only remembered.

        Args:
            pictures: their sha256.
            items: digests of items of data sets, whose rows are removed from all tables.
        """
        self._recent.clear()
        if self.store is not None:  # behind what subscriptions that were let go have left to do
            self._collector.post(self.store.forget, lambda facts: facts.get("picture_sha256") in pictures)
        if items:
            self._collector.post(_forget_items, items)
        forget_soon(self.cluster)

    def start(self, order: Order[V], priority: int | None = None) -> Subscription[V]:
        """Start an order, join one that is under way, or find it finished, here or in the store.

        What is wrong with the model or the cluster is the subscription's error.

        Args:
            order: what is to be computed.
            priority: how urgent it is; as its kind says if None.
        """
        priority = order.priority if priority is None else priority
        with self._lock:
            try:
                execution = self._join(order, priority)
            except VitrineError as error:
                execution = Execution("", order, order.sheet())
                execution.subscribe(priority)
                execution.fail(error)
            return Subscription(order, execution, priority, self._collector)

    def find_done(self, order: Order[V]) -> Subscription[V] | None:
        """An order that is done, here or in the store, or None; nothing is started."""
        with self._lock:
            key = order.key + self._mark
            execution = self._live.get(key)
            if execution is None:
                execution = Execution(key, order, order.find(self.store), self.store)
            if execution.state != "done":
                return None
            self._live[key] = execution
            self._recent.keep(key, execution)
            execution.subscribe(order.priority)
            return Subscription(order, execution, order.priority, self._collector)

    def _join(self, order: Order[Any], priority: int) -> Execution:
        """The live execution of an order with one more subscriber; a new one is submitted."""
        key = order.key + self._mark
        execution = self._live.get(key)
        if execution is None or not execution.subscribe(priority):
            execution = self._begin(key, order, priority, execution)
            self._collector.post(self._recent.trim)
        self._collector.post(order.prepare)
        self._recent.keep(key, execution)  # need not be computed or read again when its subscribers are gone
        return execution

    def _begin(self, key: str, order: Order[Any], priority: int, left: Execution | None) -> Execution:
        """A new execution, with all that is known already.

        Args:
            key: of the execution.
            order: what is computed.
            priority: of its first subscriber.
            left: the one before, which was given up, or None.
        """
        siblings = partial(siblings_of, self._live)
        sheet = order.find(self.store) if left is None else left.sheet
        for sibling in siblings(order):
            sheet.adopt(sibling.sheet)
        execution = Execution(key, order, sheet, self.store, siblings)
        execution.subscribe(priority)
        self._live[key] = execution
        if execution.state == "waiting":
            try:
                execution.begin(Submitter(self._connected(), key, order), self._collector.on_done)
            except VitrineError as error:
                execution.fail(error)
        return execution

    def _connected(self) -> Client:
        """The cluster's client, which tells when a task begins."""
        client = self.cluster.client()
        if client is not self._client:
            collector, queues = self._collector, self._queues
            client.subscribe_topic(STARTED, lambda event: collector.post(_mark_started, queues, event[1]))
            self._client = client
        return client


def siblings_of(live: Live, order: Order[Any]) -> list[Execution]:
    """Executions of other orders whose parts are the same as far as they go."""
    series = order.series
    if series == order.key:
        return []
    others = [execution for reference in live.valuerefs() if (execution := reference()) is not None]
    return [other for other in others if other.order.series == series and other.order.key != order.key]


def _forget_items(digests: Collection[str]) -> None:
    from compute.measure.forgetting import forget_rows
    from compute.measure.shelf import shelves

    forget_rows(shelves(), digests)


def _mark_started(queues: Collection[JobQueue], key: str) -> None:
    for execution in [queue._live.get(key) for queue in list(queues)]:
        if execution is not None:
            execution.started()
