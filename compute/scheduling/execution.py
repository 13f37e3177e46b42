"""Execution of an order for any number of subscribers: one set of futures, one sheet of results.

An order is computed while somebody subscribes to it. When the last subscriber leaves, its futures are
released, and Dask forgets what nobody else wants; ``Client.cancel`` would take the work away from other
servers on the same cluster, too.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from distributed import Future
from distributed.scheduler import KilledWorker

from compute.base.errors import KILLED, LOST, NOT_INSTALLED, ClusterError, TaskError
from compute.base.logs import log_context
from compute.base.store import ResultStore
from compute.scheduling.submission import Submitter
from compute.work.contract import DRAFT, Cut, Order, Part, Sheet, State
from engine.errors import VitrineError

logger = logging.getLogger(__name__)
ACTIVE = ("waiting", "running")
OnDone = Callable[["Execution", Part, Future], None]
Siblings = Callable[[Order[Any]], "list[Execution]"]
"""Finds the other live executions of an order's series."""


class Execution:
    """Futures of one order and the state that its subscribers see.

    Attributes:
        key: the same for the same work.
        order: what is computed.
        sheet: the results so far.
        error: why it failed, or None.

    Args:
        store: where results are kept, or None.
        siblings: finds who else needs the same parts.
    """

    def __init__(
        self,
        key: str,
        order: Order[Any],
        sheet: Sheet,
        store: ResultStore | None = None,
        siblings: Siblings = lambda _order: [],
    ) -> None:
        self.key = key
        self.order = order
        self.sheet = sheet
        self.error: VitrineError | None = None
        self._store = store
        self._siblings = siblings
        self._state: State = "done" if sheet.complete else "waiting"
        self._subscribers: list[int] = []
        self._futures: dict[Part, Future] = {}
        self._submitter: Submitter | None = None
        self._on_done: OnDone | None = None
        self._sent_with = 0
        self._lock = threading.RLock()

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    @property
    def priority(self) -> int:
        """That of the most eager subscriber."""
        return max(self._subscribers, default=0)

    def subscribe(self, priority: int) -> bool:
        """Count one more subscriber; False if the work was already given up."""
        with self._lock:
            if self._state in ("cancelled", "failed"):
                return False
            self._subscribers.append(priority)
            self._heed()
            return True

    def leave(self, priority: int) -> None:
        """Count one subscriber less; the last one ends the work."""
        with self._lock:
            self._subscribers.remove(priority)
            if self._subscribers:
                self._heed()
            elif self._state in ACTIVE:
                self._end("cancelled")

    def begin(self, submitter: Submitter, on_done: OnDone) -> None:
        """Submit what is missing; another thread calls ``on_done`` for each part finished, failed or lost."""
        with self._lock:
            self._submitter, self._on_done = submitter, on_done
            self._submit()

    def follows(self, part: Part, future: Future) -> bool:
        """True while a future is the one that a part is expected from."""
        return self._futures.get(part) is future

    def follow(self, part: Part, future: Future) -> None:
        """Be told once about one future."""
        on_done = self._on_done
        if on_done is not None:
            future.add_done_callback(lambda done: on_done(self, part, done))

    def started(self) -> None:
        """A worker began with it."""
        with self._lock:
            if self._state == "waiting":
                self._state = "running"

    def receive(self, part: Part, value: Any) -> None:
        """Take the value of one future and let go of it; others of the series are told."""
        with self._lock:
            future = self._futures.pop(part, None)
            if future is None:
                return
            self._state = "running"
            self.sheet.add(part, value)
            if self.order.grows:
                self._submit()
            future.release()
            if not self._futures:
                self._end("done")
        for sibling in self._siblings(self.order):
            sibling.learn(part, value)
        self.order.keep(self._store, self.sheet)

    def learn(self, part: Part, value: Any) -> None:
        """Take a part that a sibling has run, and let go of what need not be run any more."""
        with self._lock:
            if self._state not in ACTIVE:
                return
            self.sheet.add(part, value)
            for known in [part for part in self._futures if self.sheet.has(part)]:
                self._futures.pop(known).release()
            if not self.sheet.complete:
                return
            self._end("done")
        self.order.keep(self._store, self.sheet)

    def fail(self, error: BaseException | None) -> None:
        """Give up because a part failed, or, without an error, because the cluster lost it."""
        with self._lock:
            if self._state in ACTIVE:
                with log_context(job=self.key):
                    self.error = _in_words(error)
                self._end("failed")

    def _submit(self) -> None:
        """Have the missing parts run, with the priority of the most eager subscriber."""
        assert self._submitter is not None  # ``begin`` came before
        self._sent_with = self.priority
        cut = Cut.EARLY if self.priority > DRAFT else Cut.SHORT
        parts = self.sheet.missing(list(self._futures), cut)
        behind = 1 if self._siblings(self.order) else 0
        futures = self._submitter.submit(self.sheet, parts, self.priority, behind)
        self._futures.update(futures)
        for part, future in futures.items():
            self.follow(part, future)

    def _heed(self) -> None:
        """Dask keeps the priority of tasks that it has: they are let go, and submitted anew."""
        moves = self.order.chunked and self._submitter is not None and self._state in ACTIVE
        if not moves or self.priority == self._sent_with:
            return
        for part in [part for part, future in self._futures.items() if not future.done()]:
            self._futures.pop(part).release()
        try:
            self._submit()
        except (VitrineError, OSError, RuntimeError) as error:  # the cluster went away
            self.fail(error)

    def _end(self, state: State) -> None:
        self._state = state
        with log_context(job=self.key):
            logger.info("the job is %s", state)
        for future in self._futures.values():
            future.release()
        self._futures.clear()
        if self._submitter is not None:
            self._submitter.release()


def _in_words(error: BaseException | None) -> VitrineError:
    """The sentence that subscribers see; what is no news for them goes to the log."""
    if error is None:
        logger.warning("the cluster lost it")
        return ClusterError(LOST)
    if isinstance(error, KilledWorker):
        logger.error("%s", error)
        return ClusterError(KILLED, times=error.allowed_failures + 1)
    if isinstance(error, ModuleNotFoundError):
        return ClusterError(NOT_INSTALLED, module=error.name)
    if isinstance(error, TaskError):
        logger.error("a task failed in a worker:\n%s", error.trace)
    if isinstance(error, VitrineError):
        return error
    logger.error("a task failed", exc_info=error)
    return TaskError()
