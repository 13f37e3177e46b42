"""A batch that goes on in threads of the server while pages look at it."""

import logging
import threading
import weakref
from dataclasses import dataclass, field

from compute.base.errors import TaskError
from compute.batch.run import Batch, BatchCancelled, PictureOutcome, window_of
from compute.cluster.cluster import Cluster
from compute.run.runners import ClusterRunner
from compute.scheduling.queue import JobQueue
from compute.work.contract import BACKGROUND, State
from engine.errors import VitrineError

logger = logging.getLogger(__name__)
_under_way: weakref.WeakSet[Batch] = weakref.WeakSet()


@dataclass(eq=False)
class _Log:
    """What the thread tells of a batch.

    Attributes:
        outcomes: by name of the picture.
        state: where it stands.
        error: why it ended before its last picture.
    """

    outcomes: dict[str, PictureOutcome] = field(default_factory=dict)
    state: State = "waiting"
    error: VitrineError | None = None


class BatchJob:
    """One subscriber of a batch.

    When it is cancelled or forgotten the batch is left; another one goes on in the same folder. Passes wait
    for those that somebody looks at. They are in no store: the batch has its own files.

    Args:
        batch: what is to be done.
        cluster: where.
    """

    def __init__(self, batch: Batch, cluster: Cluster) -> None:
        self.batch = batch
        self._log = _Log()
        weakref.finalize(self, batch.leave.raise_if_cancelled).atexit = False
        _under_way.add(batch)
        told = batch, cluster, self._log
        threading.Thread(target=_work, args=told, name="batch-job", daemon=True).start()

    @property
    def state(self) -> State:
        """Where it stands; it is "cancelled" when nothing is under way any more."""
        return self._log.state

    @property
    def finished(self) -> bool:
        """True when nothing more will come."""
        return self.state not in ("waiting", "running")

    @property
    def error(self) -> VitrineError | None:
        """Why it ended before its last picture."""
        return self._log.error

    @property
    def share(self) -> float:
        """Finished part of all pictures, 0-1."""
        return min((len(self._log.outcomes) + self.batch.meter.under_way) / len(self.batch.items), 1.0)

    def outcomes(self) -> list[PictureOutcome]:
        """What became of the pictures so far, in their order."""
        known = dict(self._log.outcomes)
        return [known[item.name] for item in self.batch.items if item.name in known]

    def cancel(self) -> None:
        """Leave it; the runs under way are given up."""
        self.batch.leave.raise_if_cancelled()


def leave_batches() -> None:
    """Leave all batches: the server ends."""
    for batch in list(_under_way):
        batch.leave.raise_if_cancelled()


def _work(batch: Batch, cluster: Cluster, log: _Log) -> None:
    """Look what is there, do what is missing, write the table; nobody waits for this thread."""
    try:
        for outcome in batch.done():
            batch.leave()
            if outcome is not None:
                log.outcomes[outcome.name] = outcome
        log.state = "running"
        runner = ClusterRunner(JobQueue(cluster), BACKGROUND, batch.leave)
        for outcome in batch.run(runner, window_of(cluster.client())):
            log.outcomes[outcome.name] = outcome
        batch.write_table()
        log.state = "done"
    except BatchCancelled:
        log.state = "cancelled"
    except VitrineError as error:
        log.error, log.state = error, "failed"
    except Exception:
        logger.exception("a batch ended")
        log.error, log.state = TaskError(), "failed"
