"""Pictures being drawn: a chain of tasks for each batch, which stays in the worker, and a glance at it after
each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distributed import Client, Future

from compute.base.store import ResultStore
from compute.scheduling.handles import Handle, Watched
from compute.scheduling.shared_jobs import Part, SharedJob
from compute.work.filters import Drawing, FilterOrder, FilterSheet, Glance, keep_drawings
from compute.worker.filter_tasks import glance_at, go_on_drawing, start_drawing

RETRIES = 1
Batch = tuple[int, ...]


class SharedFilters(SharedJob):
    """The batches of an order; finished pictures go to a store.

    Attributes:
        sheet: the pictures so far.
    """

    def __init__(self, key: str, sheet: FilterSheet, store: ResultStore | None) -> None:
        super().__init__(key)
        self.sheet = sheet
        self._store = store
        self._canvases: dict[Batch, Future] = {}
        self._on_done: Callable[[SharedJob, Part, Future], None] | None = None
        self._client: Client | None = None
        self._priority = 0
        if sheet.complete:
            self._state = "done"

    def submit(
        self, client: Client, priority: int, on_done: Callable[[SharedJob, Part, Future], None]
    ) -> None:
        """Begin with all batches; each goes on by itself."""
        self._client, self._priority, self._on_done = client, priority, on_done
        order = self.sheet.order
        futures: dict[Part, Future] = {}
        for batch in order.batches(self.sheet.drawings):
            canvas = self._task(
                start_drawing, (batch, 0), order.spec.ref, order.layer, batch, order.spec.params
            )
            futures[batch, 0] = self._look(batch, 0, canvas)
        self.begin(futures, on_done)

    def _take(self, value: Glance) -> None:
        batch: Batch = tuple(value.channels.tolist())
        self.sheet.add(value)
        order = self.sheet.order
        if value.step >= order.spec.params.steps:
            self._canvases.pop(batch).release()
            keep_drawings(self._store, self.sheet, batch)
            return
        canvas = self._task(
            go_on_drawing,
            (batch, value.step + 1),
            self._canvases[batch],
            order.spec.ref,
            order.layer,
            order.spec.params,
        )
        part = batch, value.step + 1
        self._futures[part] = self._look(*part, canvas)
        if self._on_done:
            self.follow(part, self._futures[part], self._on_done)

    def _look(self, batch: Batch, step: int, canvas: Future) -> Future:
        before, self._canvases[batch] = self._canvases.get(batch), canvas
        if before is not None:
            before.release()
        return self._task(glance_at, (batch, step), canvas)

    def _task(self, task: Callable[..., Any], part: Part, *args: Any) -> Future:
        assert self._client is not None  # ``submit`` came before
        key = (self.key, task.__name__, str(part))
        return self._client.submit(task, *args, key=key, retries=RETRIES, priority=self._priority)

    def _end(self, state: Any) -> None:
        super()._end(state)
        for canvas in self._canvases.values():
            canvas.release()
        self._canvases.clear()


class FilterView:
    """What can be seen of pictures at any moment.

    Args:
        sheet: the pictures so far.
    """

    def __init__(self, sheet: FilterSheet) -> None:
        self.sheet = sheet

    @property
    def order(self) -> FilterOrder:
        """What was asked."""
        return self.sheet.order

    def drawings(self) -> dict[int, Drawing]:
        """The pictures so far by channel, in the order in which they were asked for."""
        drawn = dict(self.sheet.drawings)
        return {channel: drawn[channel] for channel in self.order.spec.channels if channel in drawn}


class FilterJob(Handle, FilterView):
    """Pictures under way."""

    _job: SharedFilters

    def __init__(self, watched: Watched) -> None:
        Handle.__init__(self, watched)
        FilterView.__init__(self, watched.job.sheet)
