"""Collector thread of a job queue: it fetches results, so that no page ever waits for a worker."""

import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError
from queue import SimpleQueue
from typing import Any

from distributed import Future

from compute.scheduling.execution import ACTIVE, Execution
from compute.work.contract import Part

FETCH_SECONDS = 5.0
Errand = tuple[Callable[..., None], tuple[Any, ...]]
logger = logging.getLogger(__name__)


class Collector:
    """Does callbacks one by one in its own thread; giving it one never blocks, not even in a finaliser."""

    def __init__(self) -> None:
        self._callbacks: SimpleQueue[Errand | None] = SimpleQueue()
        threading.Thread(target=_work, args=(self._callbacks,), name="collector", daemon=True).start()
        weakref.finalize(self, self._callbacks.put, None)

    def post(self, callback: Callable[..., None], *args: Any) -> None:
        """Have something done soon."""
        self._callbacks.put((callback, args))

    def on_done(self, execution: Execution, part: Part, future: Future) -> None:
        """A future of an execution is finished, failed or lost."""
        self.post(_collect, execution, part, future)


def _work(errands: SimpleQueue[Errand | None]) -> None:
    while (item := errands.get()) is not None:
        callback, args = item
        try:
            callback(*args)
        except Exception:
            logger.exception("a callback failed")
        del item, callback, args  # else the last execution would live until the next one


def _collect(execution: Execution, part: Part, future: Future) -> None:
    """Bring one result home.

    A worker may have died with it: then Dask computes it again, and we are told again.
    """
    if execution.state not in ACTIVE or not execution.follows(part, future):
        return
    if future.status in ("cancelled", "lost"):
        execution.fail(None)
    elif future.status == "error":
        execution.fail(future.exception())
    elif future.status == "pending":
        execution.follow(part, future)
    else:
        _fetch(execution, part, future)


def _fetch(execution: Execution, part: Part, future: Future) -> None:
    try:
        value = future.result(timeout=FETCH_SECONDS)
    except TimeoutError:
        execution.follow(part, future)
    except (CancelledError, OSError):
        execution.fail(None)
    except Exception as error:
        execution.fail(error)
    else:
        execution.receive(part, value)
