"""One thread per desk that fetches results, so that no page ever waits for a worker."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import CancelledError
from queue import SimpleQueue
from typing import Any

from distributed import Future

from compute.scheduling.shared_jobs import ACTIVE, Part, SharedJob

FETCH_SECONDS = 5.0
Errand = tuple[Callable[..., None], tuple[Any, ...]]
logger = logging.getLogger(__name__)


class Collector:
    """Does errands one after the other in its own thread; giving it one never blocks, not even inside a
    finaliser.
    """

    def __init__(self) -> None:
        self._errands: SimpleQueue[Errand | None] = SimpleQueue()
        threading.Thread(target=_work, args=(self._errands,), name="collector", daemon=True).start()
        weakref.finalize(self, self._errands.put, None)

    def post(self, errand: Callable[..., None], *args: Any) -> None:
        """Have something done soon."""
        self._errands.put((errand, args))

    def on_done(self, job: SharedJob, part: Part, future: Future) -> None:
        """A future of a job is finished, failed or lost."""
        self.post(_collect, job, part, future, self.on_done)


def _work(errands: SimpleQueue[Errand | None]) -> None:
    while (item := errands.get()) is not None:
        errand, args = item
        try:
            errand(*args)
        except Exception:
            logger.exception("an errand failed")
        del item, errand, args  # else the last job would live until the next one


def _collect(
    job: SharedJob, part: Part, future: Future, again: Callable[[SharedJob, Part, Future], None]
) -> None:
    """Bring one result home. A worker may have died with it: then Dask computes it again, and we are told
    again.
    """
    if job.state not in ACTIVE or not job.follows(part, future):
        return
    if future.status in ("cancelled", "lost"):
        job.fail(None)
    elif future.status == "error":
        job.fail(future.exception())
    elif future.status == "pending":
        job.follow(part, future, again)
    else:
        _fetch(job, part, future, again)


def _fetch(
    job: SharedJob, part: Part, future: Future, again: Callable[[SharedJob, Part, Future], None]
) -> None:
    try:
        value = future.result(timeout=FETCH_SECONDS)
    except TimeoutError:
        job.follow(part, future, again)
    except (CancelledError, OSError):
        job.fail(None)
    except Exception as error:
        job.fail(error)
    else:
        job.receive(part, value)
