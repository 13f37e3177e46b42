"""Workbench of a worker process: models and scorers that it keeps between tasks, each a bounded number."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from caching import LRUCache
from compute.base.prepared import prepared
from compute.worker.sources import ModelSource, model_source
from engine.arrays import Floats
from engine.batches import batch_size
from engine.model import LoadedModel
from engine.target_sets import TargetSet
from engine.targets import Scorer
from model_store.base.timing import is_busy, time_of
from model_store.base.trials import TRIAL_HW
from model_store.catalogue import ModelRef

KEPT_SPEEDS = 256
MEASURE_SECONDS = 0.3


@dataclass
class Workbench:
    """Everything a worker keeps.

    Attributes:
        source: where models come from.
    """

    source: ModelSource
    _speeds: LRUCache[float] = field(default_factory=lambda: LRUCache(KEPT_SPEEDS))

    def model(self, ref: ModelRef) -> LoadedModel:
        """The loaded model."""
        return self.source.get(ref)

    def scorer(self, targets: TargetSet) -> Scorer:
        """All targets as one product; a pass finds the one that the prediction made."""
        return prepared(Scorer, targets.digest, lambda: Scorer(targets, targets.output_shape))

    def seconds_per_run(self, model: LoadedModel, image: Floats) -> float:
        """About the seconds for one more picture of this size (H, W, 3).

        What was timed when the forward backend was chosen holds for other sizes, by their pixels: measuring
        each size would keep whoever opens a picture waiting for a second. Where nothing was timed, each size
        is measured once.
        """
        timed = model.backend.seconds.get(model.backend.name)
        if timed is not None:
            return timed * math.prod(image.shape[:2]) / math.prod(model.input_size_hw(TRIAL_HW))
        return self._speeds.get((model.facts.fingerprint, image.shape), lambda: measure_speed(model, image))


def measure_speed(model: LoadedModel, image: Floats) -> float:
    """Seconds per picture float32 (H, W, 3) in the usual batch, or in one that keeps nobody waiting.

    The best of three, because the first one is slow and other programs can only make it look slower. Where
    they crowd the machine, it is at most the processor time that was spent: the figure is kept, and must not
    tell of one bad moment.
    """
    single = _time_batch(model, image, 1)
    height, width, _ = image.shape
    count = min(batch_size((height, width)), max(int(MEASURE_SECONDS / max(single, 1e-6)), 1))
    return min(single, *(_time_batch(model, image, count) / count for _ in range(2)))


def _time_batch(model: LoadedModel, image: Floats, count: int) -> float:
    batch = np.repeat(image[None], count, axis=0)
    seconds, spent = time_of(lambda: model.score_batch(batch, "probability"))
    return min(seconds, spent) if is_busy() else seconds


def workbench() -> Workbench:
    """The one of this process; another if models come from elsewhere."""
    return _workbench_of(model_source())  # type: ignore[arg-type]  # a source is hashed by identity


@lru_cache(maxsize=1)
def _workbench_of(source: ModelSource) -> Workbench:
    return Workbench(source)
