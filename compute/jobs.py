"""The desk where pages order long work."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from distributed import Client, Future

from compute.cluster import Cluster
from compute.collector import Collector
from compute.features import FeatureSpec, Found, PeaksSpec, features_key, look_inside
from compute.filter_jobs import FilterJob, SharedFilters
from compute.filters import Drawing, FilterOrder, FilterSheet, find_drawings
from compute.gradients import GradientOrder, GradientSpec
from compute.handles import FeatureJob, GradientJob, Handle, PassJob, PassView, PredictionJob, SummedJob
from compute.plans import plan_of
from compute.score_sheet import ScoreSheet, find_scores
from compute.shared_jobs import SharedAnswer, SharedJob, SharedPass, SharedSums
from compute.sources import model_source
from compute.specs import PassOrder, PassSpec, Prediction, chunk_runs, digest_of, prediction_key
from compute.store import ResultStore
from compute.sum_sheet import GrowingSums
from compute.summed import SummedOrder, SummedSpec
from compute.tasks import STARTED, identity, predict, score_chunk, sum_chunk, watch_layers
from engine.errors import VitrineError
from engine.model import ModelFacts
from engine.picture import Picture
from engine.target_sets import TargetSet
from engine.visualise.patches import Peaks
from model_store.catalogue import ModelRef

__all__ = [
    "BACKGROUND",
    "BRIEF",
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

URGENT, BRIEF, FOREGROUND, BACKGROUND = 10, 5, 0, -10
"""Priorities: predictions, gradients, which take a second, passes that somebody waits for, drafts."""

RETRIES = 1
KEPT_JOBS = 8
Job = TypeVar("Job", bound=SharedJob)
Chunked = PassOrder | SummedOrder
Task = Callable[..., Any]
Span = tuple[int, int]
"""First run of a chunk, and the one after its last."""


@dataclass(frozen=True)
class Look:
    """A task about one picture.

    Attributes:
        task: takes what is asked, and the picture.
        asked: the model, or a question about it.
        key: of the job, given what is known of the model.
        priority, retries: as Dask takes them.
    """

    task: Task
    asked: Any
    key: Callable[[ModelFacts], str]
    priority: int
    retries: int = RETRIES


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
        self._live: weakref.WeakValueDictionary[str, SharedJob] = weakref.WeakValueDictionary()
        self._recent: OrderedDict[str, SharedJob] = OrderedDict()
        self._chunk_runs: dict[str, int] = {}
        self._client: Client | None = None
        self._lock = threading.RLock()

    def predict(self, ref: ModelRef, picture: Picture) -> PredictionJob:
        """Ask a model for its answer on a picture. What is wrong with the model or the cluster is the job's error."""
        look = Look(predict, ref, lambda facts: f"predict-{prediction_key(facts, picture)}", URGENT, retries=0)
        return PredictionJob(self._look(ref, look, picture), self._collector)

    def start_pass(self, spec: PassSpec, prediction: Prediction, picture: Picture, priority: int = FOREGROUND) -> PassJob:
        """Start a pass, join one that is under way, or find it finished in the store.

        Raises:
            ParamsError: the method does not fit the model, or the prediction is of something else.
        """
        order = PassOrder(spec, prediction, picture)
        name = f"chunk-{order.key}"

        def make(key: str) -> SharedPass:
            left = self._live.get(key)
            sheet = left.sheet if isinstance(left, SharedPass) else find_scores(self._store, order) or ScoreSheet(order)
            return SharedPass(key, sheet, self._store)

        self._collector.post(_prepare_reading, order)

        def submit(job: SharedPass) -> None:
            self._submit_chunks(job, order, score_chunk, order.chunks(self._runs_of_chunk(prediction)), priority)

        return PassJob(self._job(name, make, submit), spec, self._collector)

    def start_gradients(self, spec: GradientSpec, prediction: Prediction, picture: Picture, priority: int = BRIEF) -> GradientJob:
        """Start a gradient pass, or join the same one.

        Raises:
            VitrineError: there is no such layer or target, or the prediction is of something else.
        """
        order = GradientOrder(spec, prediction, picture)
        job = self._job(f"gradients-{order.key}", SharedAnswer, lambda job: self._submit_gradients(job, order, priority))
        return GradientJob(job, order, self._collector)

    def start_features(self, spec: FeatureSpec[Found], picture: Picture, priority: int = BRIEF) -> FeatureJob[Found]:
        """Ask about the inside of a model. What is wrong with the model or the layer is the job's error."""
        look = Look(look_inside, spec, lambda facts: f"features-{features_key(facts, spec, picture)}", priority)
        return FeatureJob(self._look(spec.ref, look, picture), self._collector)

    def start_summed(self, spec: SummedSpec, prediction: Prediction, picture: Picture, priority: int = FOREGROUND) -> SummedJob:
        """Start a summed pass, join one that adds up the same, whatever is read off it, or go on where it was left.

        Raises:
            VitrineError: there is no such layer or target, the method does not fit, or the prediction is of something else.
        """
        order = SummedOrder(spec, prediction, picture)

        def make(key: str) -> SharedSums:
            left = self._live.get(key)
            return SharedSums(key, left.growing if isinstance(left, SharedSums) else GrowingSums(order))

        def submit(job: SharedSums) -> None:
            self._submit_chunks(job, order, sum_chunk, job.growing.chunks, priority)

        return SummedJob(self._job(f"sums-{order.key}", make, submit), order, self._collector)

    def drawn(self, order: FilterOrder) -> dict[int, Drawing]:
        """The pictures of an order that are finished, by channel."""
        return find_drawings(self._store, order)

    def start_filters(self, order: FilterOrder, priority: int = FOREGROUND) -> FilterJob:
        """Draw what some channels look for, as far as it is not drawn yet."""

        def make(key: str) -> SharedFilters:
            return SharedFilters(key, FilterSheet(order, find_drawings(self._store, order)), self._store)

        def submit(job: SharedFilters) -> None:
            job.submit(self._connected(), priority, self._collector.on_done)

        return FilterJob(self._job(f"filters-{order.key}", make, submit), self._collector)

    def start_peaks(self, ref: ModelRef, layer: str, picture: Picture, priority: int = BACKGROUND) -> FeatureJob[Peaks]:
        """Find where in a picture each channel of a layer answers most. What is wrong with the model is the job's error."""
        return self.start_features(PeaksSpec(ref, layer), picture, priority)

    def _look(self, ref: ModelRef, look: Look, picture: Picture) -> SharedAnswer:
        """One task about one picture. What is wrong with the model or the cluster is the job's error."""
        try:
            key = look.key(model_source().facts(ref))
        except VitrineError as error:
            job = SharedAnswer("")
            job.fail(error)
            return job
        return self._job(key, SharedAnswer, lambda job: self._submit_look(job, look, picture))

    def _job(self, key: str, make: Callable[[str], Job], submit: Callable[[Job], None]) -> Job:
        """The live job of a key with one more watcher; a new one is submitted."""
        with self._lock:
            job: Any = self._live.get(key)
            if job is None or not job.watch():
                job = make(key)
                job.watch()
                self._live[key] = job
                if job.state == "waiting":
                    self._try(job, submit)
            self._remember(job)
            return job

    def _try(self, job: Job, submit: Callable[[Job], None]) -> None:
        try:
            submit(job)
        except VitrineError as error:
            job.fail(error)

    def _remember(self, job: SharedJob) -> None:
        """Keep the last few jobs when their handles are gone: what they have need not be computed or read again."""
        self._recent[job.key] = job
        self._recent.move_to_end(job.key)
        while len(self._recent) > KEPT_JOBS:
            self._recent.popitem(last=False)

    def _submit_look(self, job: SharedAnswer, look: Look, picture: Picture) -> None:
        client = self._connected()
        laid_out = lay_out(client, picture, look.priority)
        future = client.submit(look.task, look.asked, laid_out, key=job.key, retries=look.retries, priority=look.priority)
        job.begin({"answer": future}, self._collector.on_done)

    def _submit_chunks(self, job: SharedPass | SharedSums, order: Chunked, task: Task, chunks: Sequence[Span], priority: int) -> None:
        client = self._connected()
        missing = [span for span in chunks if not job.has(*span)]
        futures = client.map(  # one graph: Dask sees how many there are, and keeps those that have to wait in its own queue
            task,
            missing,
            spec=order.resolved,
            targets=lay_out(client, order.prediction.targets, priority),
            picture=lay_out(client, order.picture, priority),
            key=[(job.key, *span) for span in missing],
            retries=RETRIES,
            priority=priority,
        )
        job.begin(dict(zip(missing, futures, strict=True)), self._collector.on_done)

    def _submit_gradients(self, job: SharedAnswer, order: GradientOrder, priority: int) -> None:
        client = self._connected()
        shared = [lay_out(client, value, priority) for value in (order.prediction.targets, order.picture)]
        future = client.submit(watch_layers, order.resolved, *shared, key=job.key, retries=RETRIES, priority=priority)
        job.begin({"answer": future}, self._collector.on_done)

    def _runs_of_chunk(self, prediction: Prediction) -> int:
        """Constant per model and size, so that sessions share chunks however the speed was measured."""
        key = digest_of(prediction.facts.fingerprint, prediction.input_hw)
        return self._chunk_runs.setdefault(key, chunk_runs(prediction.seconds_per_run))

    def _connected(self) -> Client:
        """The cluster's client, which tells when a task begins."""
        client = self.cluster.client()
        if client is not self._client:
            collector, live = self._collector, self._live
            client.subscribe_topic(STARTED, lambda event: collector.post(_mark_started, live, event[1]))
            self._client = client
        return client


def lay_out(client: Client, value: TargetSet | Picture, priority: int) -> Future:
    """Targets or a picture as a task that several orders share."""
    key = f"picture-{value.sha256}" if isinstance(value, Picture) else f"targets-{value.digest}"
    return client.submit(identity, value, key=key, priority=priority)


def _prepare_reading(order: PassOrder) -> None:
    """What reads the map is imported, and the plan made, while the first chunk runs."""
    try:
        plan_of(order.spec, order.picture, order.prediction.input_hw)
    except VitrineError:
        return  # the first chunk fails with the same sentence


def _mark_started(live: weakref.WeakValueDictionary[str, SharedJob], key: str) -> None:
    job = live.get(key)
    if job is not None:
        job.started()
