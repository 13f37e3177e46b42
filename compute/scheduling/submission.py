"""Tasks of Dask for the parts of an order, and how urgent they are."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from distributed import Client, Future

from compute.base.keys import digest_of
from compute.measure.checks import CheckTable
from compute.measure.layout import FeatureTable
from compute.transfer.order import LearningTable
from compute.work.contract import Order, Part, Sheet
from compute.worker.tasks import identity
from data_store.base.words import DataSet
from engine.images.picture import Picture
from engine.target_sets import TargetSet

LATER = 0.01
"""How much less urgent each further turn of an order's parts is."""

Tasks = Mapping[Part, Future]


class Submitter:
    """Submits parts of one order under one key.

    Args:
        client: of the cluster.
        key: of all its tasks.
        order: what is computed.
    """

    def __init__(self, client: Client, key: str, order: Order[Any]) -> None:
        self._client = client
        self._key = key
        self._order = order
        self._left: dict[Any, Future] = {}

    def submit(self, sheet: Sheet, parts: Sequence[Part], priority: int, behind: int = 0) -> Tasks:
        """The futures of some parts; the priority is in their keys, for Dask keeps that of a known key.

        Args:
            sheet: says in which turn a part stands.
            parts: in the order of their worth.
            priority: of the order.
            behind: turns that they wait longer.
        """
        if self._order.snapshot is not None:
            return {part: self._go_on(part, priority) for part in parts}
        futures: list[Future] = []
        shared = self._lay_out(priority)
        for turn, group in groupby(parts, sheet.turn):
            some = list(group)
            # one graph: Dask sees how many there are, and keeps those that have to wait in its own queue
            futures += self._client.map(
                self._order.run,
                some,
                asked=self._order.asked,
                **shared,
                key=[(self._key, priority, *part) for part in some],
                retries=self._order.retries,
                priority=priority - LATER * (turn + behind),
            )
        return dict(zip(parts, futures, strict=True))

    def release(self) -> None:
        """Let go of what parts have left in workers."""
        for left in self._left.values():
            left.release()
        self._left.clear()

    def _go_on(self, part: Part, priority: int) -> Future:
        """What a part leaves stays in the worker for the next one of the same chain, its first element."""
        before = self._left.get(part[0])
        options = {"retries": self._order.retries, "priority": priority}
        self._left[part[0]] = left = self._client.submit(
            self._order.run,
            part,
            before,
            asked=self._order.asked,
            **self._lay_out(priority),
            key=(self._key, priority, "left", *part),
            **options,
        )
        if before is not None:
            before.release()
        return self._client.submit(self._order.snapshot, left, key=(self._key, priority, *part), **options)

    def _lay_out(self, priority: int) -> dict[str, Any]:
        return {name: lay_out(self._client, value, priority) for name, value in self._order.shared.items()}


Shared = TargetSet | Picture | DataSet | FeatureTable | CheckTable | LearningTable


def lay_out(client: Client, value: Shared, priority: int) -> Future:
    """Targets, an image, features or a data set as a task that several orders share.

    Its key is a group of its own for Dask, which queues the chunks of an order, so that more urgent work
    overtakes them, only while the groups that they need are small.
    """
    match value:
        case Picture():
            name = f"picture-{value.sha256}"
        case TargetSet():
            name = f"targets-{value.digest}"
        case FeatureTable():
            name = f"features-{value.digest}"
        case CheckTable():
            name = f"checked-{value.digest}"
        case LearningTable():
            name = f"learnt-from-{value.digest}"
        case _:
            name = f"dataset-{digest_of(value.digest, str(value.root))}"
    return client.submit(identity, value, key=(name, 0), priority=priority)
