"""The desk where pages order long work."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Callable, Collection, Sequence
from copy import copy
from functools import partial
from typing import Any, TypeVar

from distributed import Client

from caching import LRUCache
from compute.base.store import ResultStore
from compute.cluster.cluster import Cluster
from compute.cluster.forgetting import forget_soon
from compute.results.score_sheet import find_scores
from compute.results.sum_sheet import GrowingSums
from compute.scheduling.collector import Collector
from compute.scheduling.filter_jobs import FilterJob, SharedFilters
from compute.scheduling.handles import (
    FeatureJob,
    GradientJob,
    Handle,
    PassJob,
    PassView,
    PredictionJob,
    SummedJob,
    Watched,
)
from compute.scheduling.shared_chunks import SharedPass, SharedSums
from compute.scheduling.shared_jobs import SharedAnswer, SharedJob
from compute.scheduling.submission import (
    BACKGROUND,
    BRIEF,
    DRAFT,
    FOREGROUND,
    URGENT,
    Chunks,
    Look,
    submit_gradients,
)
from compute.work.filters import Drawing, FilterOrder, FilterSheet, find_drawings
from compute.work.gradients import GradientOrder, GradientSpec
from compute.work.specs import PassOrder, PassSpec, Prediction, Span, chunk_runs, digest_of, prediction_key
from compute.work.summed import SummedOrder, SummedSpec
from compute.worker.features import FeatureSpec, Found, PeaksSpec, features_key, look_inside
from compute.worker.plans import plan_of
from compute.worker.sources import model_source
from compute.worker.tasks import STARTED, predict, score_chunk, sum_chunk
from engine.errors import VitrineError
from engine.images.picture import Picture
from engine.visualise.patches import Peaks
from model_store.catalogue import ModelRef
from settings import MEGABYTE, settings

__all__ = [
    "BACKGROUND",
    "BRIEF",
    "DRAFT",
    "FOREGROUND",
    "URGENT",
    "Desk",
    "FeatureJob",
    "GradientJob",
    "Handle",
    "PassJob",
    "PassView",
    "PredictionJob",
    "SummedJob",
]

KEPT_JOBS = 32
PAUSES = 4
"""A chunk that nobody has asked for is cut into so many: what is more urgent waits a quarter of a second for
it. So are the first ones.
"""

Job = TypeVar("Job", bound=SharedJob)
Missing = Callable[[int, list[Span]], Sequence[Span]]
"""Chunks that are still to be run with a priority, given those that are on their way."""

Live = weakref.WeakValueDictionary[str, SharedJob]


class Desk:
    """Takes orders from all sessions of a server; the same order asked twice is computed once.

    Args:
        cluster: where work is done.
        store: where finished passes are kept, or None.
    """

    def __init__(self, cluster: Cluster, store: ResultStore | None = None) -> None:
        self.cluster = cluster
        self._store = store
        self._collector = Collector()
        self._live: Live = weakref.WeakValueDictionary()
        self._recent: LRUCache[SharedJob] = LRUCache(KEPT_JOBS, _limit)
        self._chunk_runs: dict[str, int] = {}
        self._client: Client | None = None
        self._lock = threading.RLock()
        self._rooms: weakref.WeakSet[Desk] = weakref.WeakSet([self])
        self._mark = ""

    def private(self) -> Desk:
        """A desk beside this one on the same cluster, which keeps nothing.

        It reads and writes no store, remembers nothing that no handle holds, and shares no work with anybody.
        When it and its handles are let go, workers forget what they have prepared.
        """
        room = copy(self)
        room._store, room._live, room._recent = None, weakref.WeakValueDictionary(), LRUCache(0)
        room._mark = f"-0{secrets.token_hex(8)}"
        self._rooms.add(room)
        weakref.finalize(room, forget_soon, self.cluster).atexit = False
        return room

    def forget(self, pictures: Collection[str]) -> None:
        """Have removed what the store has of some pictures, by their sha256, and what is only remembered, of
        whatever picture.
        """
        self._recent.clear()
        if (
            self._store is not None
        ):  # behind what handles that were let go have left to do: none of it is stored afterwards
            self._collector.post(self._store.forget, lambda facts: facts.get("picture_sha256") in pictures)
        forget_soon(self.cluster)

    def predict(self, ref: ModelRef, picture: Picture) -> PredictionJob:
        """Ask a model for its answer on a picture. What is wrong with the model or the cluster is the job's
        error.
        """
        look = Look(
            predict, ref, lambda facts: f"predict-{prediction_key(facts, picture)}", URGENT, retries=0
        )
        return PredictionJob(self._look(ref, look, picture))

    def start_pass(
        self, spec: PassSpec, prediction: Prediction, picture: Picture, priority: int = FOREGROUND
    ) -> PassJob:
        """Start a pass, join one that is under way, or find it finished in the store.

        Raises:
            ParamsError: the method does not fit the model, or the prediction is of something else.
        """
        order = PassOrder(spec, prediction, picture)

        def make(key: str) -> SharedPass:
            job = SharedPass(key, find_scores(self._store, order), self._store, partial(_kin, self._live))
            for other in _kin(self._live, job):
                known = other.sheet.result()
                job.sheet.adopt(0, known.scores, known.seconds, known.firsts)
            return job

        runs = self._runs_of_chunk(prediction)
        small = max(runs // PAUSES, 1)

        def submit(job: SharedPass) -> None:
            chunks = Chunks(score_chunk, order, runs, behind=1 if _kin(self._live, job) else 0)
            self._submit_chunks(
                job,
                chunks,
                lambda urge, coming: job.sheet.missing(runs if urge > DRAFT else small, coming, early=small),
            )

        self._collector.post(_prepare_reading, order)
        return PassJob(self._job(f"chunk-{order.key}", make, submit, priority), order)

    def start_gradients(
        self, spec: GradientSpec, prediction: Prediction, picture: Picture, priority: int = BRIEF
    ) -> GradientJob:
        """Start a gradient pass, or join the same one.

        Raises:
            VitrineError: there is no such layer or target, or the prediction is of something else.
        """
        order = GradientOrder(spec, prediction, picture)

        def submit(job: SharedAnswer) -> None:
            job.begin(submit_gradients(self._connected(), job.key, order, priority), self._collector.on_done)

        return GradientJob(self._job(f"gradients-{order.key}", SharedAnswer, submit, priority), order)

    def start_features(
        self, spec: FeatureSpec[Found], picture: Picture, priority: int = BRIEF
    ) -> FeatureJob[Found]:
        """Ask about the inside of a model. What is wrong with the model or the layer is the job's error."""
        look = Look(
            look_inside, spec, lambda facts: f"features-{features_key(facts, spec, picture)}", priority
        )
        return FeatureJob(self._look(spec.ref, look, picture))

    def start_summed(
        self, spec: SummedSpec, prediction: Prediction, picture: Picture, priority: int = FOREGROUND
    ) -> SummedJob:
        """Start a summed pass, join one that adds up the same, whatever is read off it, or go on where it was
        left.

        Raises:
            VitrineError: there is no such layer or target, the method does not fit, or the prediction is of
                something else.
        """
        order = SummedOrder(spec, prediction, picture)

        def make(key: str) -> SharedSums:
            left = self._live.get(key)
            return SharedSums(key, left.growing if isinstance(left, SharedSums) else GrowingSums(order))

        def submit(job: SharedSums) -> None:
            self._submit_chunks(
                job,
                Chunks(sum_chunk, order, job.growing.step),
                lambda _urge, coming: job.growing.missing(coming),
            )

        return SummedJob(self._job(f"sums-{order.key}", make, submit, priority), order)

    def drawn(self, order: FilterOrder) -> dict[int, Drawing]:
        """The pictures of an order that are finished, by channel."""
        return find_drawings(self._store, order)

    def start_filters(self, order: FilterOrder, priority: int = FOREGROUND) -> FilterJob:
        """Draw what some channels look for, as far as it is not drawn yet."""

        def make(key: str) -> SharedFilters:
            return SharedFilters(key, FilterSheet(order, find_drawings(self._store, order)), self._store)

        def submit(job: SharedFilters) -> None:
            job.submit(self._connected(), priority, self._collector.on_done)

        return FilterJob(self._job(f"filters-{order.key}", make, submit, priority))

    def start_peaks(
        self, ref: ModelRef, layer: str, picture: Picture, priority: int = BACKGROUND
    ) -> FeatureJob[Peaks]:
        """Find where in a picture each channel of a layer answers most. What is wrong with the model is the
        job's error.
        """
        return self.start_features(PeaksSpec(ref, layer), picture, priority)

    def _look(self, ref: ModelRef, look: Look, picture: Picture) -> Watched:
        """One task about one picture. What is wrong with the model or the cluster is the job's error."""
        try:
            key = look.key(model_source().facts(ref))
        except VitrineError as error:
            failed = SharedAnswer("")
            failed.watch(look.priority)
            failed.fail(error)
            return Watched(failed, look.priority, self._collector)

        def submit(job: SharedAnswer) -> None:
            job.begin(look.submit(self._connected(), job.key, picture), self._collector.on_done)

        return self._job(key, SharedAnswer, submit, look.priority)

    def _job(
        self, key: str, make: Callable[[str], Job], submit: Callable[[Job], None], priority: int
    ) -> Watched:
        """The live job of a key with one more watcher; a new one is submitted."""
        key += self._mark
        with self._lock:
            job: Any = self._live.get(key)
            if job is None or not job.watch(priority):
                job = make(key)
                job.watch(priority)
                self._live[key] = job
                if job.state == "waiting":
                    self._try(job, submit)
                self._collector.post(self._recent.tend)
            self._recent.keep(
                key, job
            )  # what it has need not be computed or read again when its handles are gone
            return Watched(job, priority, self._collector)

    def _try(self, job: Job, submit: Callable[[Job], None]) -> None:
        try:
            submit(job)
        except VitrineError as error:
            job.fail(error)

    def _submit_chunks(self, job: SharedPass | SharedSums, chunks: Chunks, missing: Missing) -> None:
        def send(priority: int, coming: list[Span]) -> None:
            futures = chunks.submit(self._connected(), job.key, missing(priority, coming), priority)
            job.begin(futures, self._collector.on_done)

        job.submit(send)

    def _runs_of_chunk(self, prediction: Prediction) -> int:
        """Constant per model and size, so that sessions share chunks however the speed was measured."""
        key = digest_of(prediction.facts.fingerprint, prediction.input_hw)
        return self._chunk_runs.setdefault(key, chunk_runs(prediction.seconds_per_run))

    def _connected(self) -> Client:
        """The cluster's client, which tells when a task begins."""
        client = self.cluster.client()
        if client is not self._client:
            collector, rooms = self._collector, self._rooms
            client.subscribe_topic(STARTED, lambda event: collector.post(_mark_started, rooms, event[1]))
            self._client = client
        return client


def _limit() -> int:
    return settings().limit_results * MEGABYTE


def _prepare_reading(order: PassOrder) -> None:
    """What reads the map is imported, and the plan made, while the first chunk runs."""
    try:
        plan_of(order.spec, order.picture, order.prediction.input_hw)
    except VitrineError:
        return  # the first chunk fails with the same sentence


def _mark_started(rooms: Collection[Desk], key: str) -> None:
    for job in [room._live.get(key) for room in list(rooms)]:
        if job is not None:
            job.started()


def _kin(live: Live, job: SharedPass) -> list[SharedPass]:
    """Other passes whose runs are the same as far as they go."""
    others = [reference() for reference in live.valuerefs()]
    return [
        other
        for other in others
        if isinstance(other, SharedPass) and other is not job and other.series == job.series
    ]
