"""The handles that pages get for long work.

Everything on a handle reads memory only. A handle that is cancelled, or forgotten by its page, leaves the
work to those who still watch it; work that nobody watches ends after the running chunk.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, cast

from compute.results.results import PassResult
from compute.results.score_sheet import ScoreSheet
from compute.results.sum_sheet import SummedView, SumSheet
from compute.scheduling.collector import Collector
from compute.scheduling.shared_chunks import SharedPass, SharedSums
from compute.scheduling.shared_jobs import SharedAnswer, SharedJob
from compute.work.gradients import GradientMaps, GradientOrder, GradientView
from compute.work.specs import PassOrder, PassSpec, Prediction, Progress, State
from compute.work.summed import SummedOrder
from compute.worker.features import Found
from engine.arrays import Floats
from engine.errors import VitrineError
from engine.explanation import Explanation
from engine.target_sets import Wanted


@dataclass(frozen=True, eq=False)
class Watched:
    """What a handle watches.

    Attributes:
        job: the work, which counts this watcher already.
        priority: with which it was counted.
        collector: does what leaving takes.
    """

    job: Any
    priority: int
    collector: Collector


class Handle:
    """One watcher of a piece of work."""

    _job: SharedJob

    def __init__(self, watched: Watched) -> None:
        self._job = watched.job
        self._cancelled = False
        self._leave = weakref.finalize(self, watched.collector.post, watched.job.leave, watched.priority)
        self._leave.atexit = False

    @property
    def state(self) -> State:
        """Where it stands."""
        return "cancelled" if self._cancelled else self._job.state

    @property
    def finished(self) -> bool:
        """True when nothing more will come."""
        return self.state not in ("waiting", "running")

    @property
    def error(self) -> VitrineError | None:
        """Why it failed, in a sentence for the user."""
        return self._job.error

    def cancel(self) -> None:
        """Leave; others who watch the same work keep it."""
        if not self.finished:
            self._cancelled = True
            self._leave()


class PredictionJob(Handle):
    """A prediction under way."""

    _job: SharedAnswer

    def result(self) -> Prediction | None:
        """The prediction, or None until ``state`` is "done"."""
        return cast("Prediction | None", self._job.answer)


class FeatureJob(Handle, Generic[Found]):
    """A question about the inside of a model."""

    _job: SharedAnswer

    def result(self) -> Found | None:
        """The answer, or None until ``state`` is "done"."""
        return cast("Found | None", self._job.answer)


class PassView:
    """What can be read off a pass at any moment.

    Args:
        sheet: its scores so far.
        spec: how they are read.
    """

    def __init__(self, sheet: ScoreSheet, spec: PassSpec) -> None:
        self._sheet = sheet
        self.spec = spec

    @property
    def state(self) -> State:
        """Where it stands."""
        return "done" if self._sheet.complete else "running"

    def progress(self) -> Progress:
        """How far it is."""
        return self._sheet.progress(self.state)

    def result(self) -> PassResult:
        """The scores so far with all that is needed to read them."""
        return self._sheet.result()

    def scores(self) -> Floats:
        """float32 (runs, T), NaN where a run is missing."""
        return self.result().scores

    def explain(self, wanted: Wanted) -> Explanation | None:
        """The map of a target as far as it is known, or None if it is too early.

        Args:
            wanted: index of the target in ``prediction.targets``, or of two classes, "the first rather than
                the second".
        """
        return self.result().explain(wanted, self.spec)

    def explain_all(self) -> Iterator[Explanation]:
        """The maps of all targets, in the order of ``prediction.targets``."""
        return self.result().explain_all(self.spec)


class PassJob(Handle, PassView):
    """A pass under way."""

    _job: SharedPass

    def __init__(self, watched: Watched, order: PassOrder) -> None:
        Handle.__init__(self, watched)
        PassView.__init__(self, watched.job.sheet, order.spec)
        self._picture = order.picture

    def result(self) -> PassResult:
        """The scores so far, of this watcher's picture: others who watch the same pass may call theirs by
        another name.
        """
        found = super().result()
        return replace(found, order=replace(found.order, picture=self._picture))

    def cancel(self) -> None:
        """Leave with what there is; others who watch the same pass keep it."""
        if not self.finished:
            self._sheet = self._sheet.copy()
        super().cancel()


class GradientJob(Handle, GradientView):
    """A gradient pass under way: all at once, in a second or two."""

    _job: SharedAnswer

    def __init__(self, watched: Watched, order: GradientOrder) -> None:
        Handle.__init__(self, watched)
        GradientView.__init__(self, order)

    @property
    def maps(self) -> GradientMaps | None:
        """What the layers say, or None until ``state`` is "done"."""
        return cast("GradientMaps | None", self._job.answer)


class SummedJob(Handle, SummedView):
    """A summed pass under way."""

    _job: SharedSums

    def __init__(self, watched: Watched, order: SummedOrder) -> None:
        Handle.__init__(self, watched)
        SummedView.__init__(self, order, watched.job.growing)
        self._kept: SumSheet | None = None

    @property
    def sheet(self) -> SumSheet:
        """The sums so far, or as they were when it was left."""
        return self._kept or super().sheet

    def cancel(self) -> None:
        """Leave with what there is; others who watch the same pass keep it."""
        if not self.finished:
            self._kept = self.sheet
        super().cancel()
