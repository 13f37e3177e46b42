"""How fast models are: loading, the first call, and warm runs that take turns, so that what else the machine
does meets all of them alike.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.work.contract import AnswerSheet, AnswerView, Order, Part, Price
from compute.worker.sources import model_source
from compute.worker.tasks import guarded, leave_if_unwanted
from engine.arrays import Floats
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from model_store.base.timing import is_busy
from model_store.catalogue import ModelRef, as_seen

BATCHES = (1, 8)
"""Images of a run."""
RUNS = 30
"""Warm runs of each model and batch."""
WARMING = 2
"""Runs of each model and batch that are not counted."""


@dataclass(frozen=True)
class SpeedSpec:
    """What workers are told.

    Attributes:
        refs: the models, in the order in which they take turns.
        batches: images of a run.
        runs: warm runs of each model and batch.
    """

    refs: tuple[ModelRef, ...]
    batches: tuple[int, ...] = BATCHES
    runs: int = RUNS

    @property
    def images(self) -> int:
        """Images that are run through each model."""
        return 1 + sum(self.batches) * (self.runs + WARMING)


@dataclass(frozen=True)
class RunTimes:
    """Seconds of warm runs, in which all images of a batch are answered.

    Attributes:
        batch: images of a run.
        seconds: of each run, in the order of their turns.
    """

    batch: int
    seconds: tuple[float, ...]

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """First quartile, median and third quartile, in seconds of a run.

        Example:
            >>> RunTimes(8, (1.0, 2.0, 3.0, 4.0, 9.0)).quartiles
            (2.0, 3.0, 4.0)
        """
        low, middle, high = np.percentile(self.seconds, [25, 50, 75]).tolist()
        return low, middle, high


@dataclass(frozen=True)
class ModelSpeed:
    """Times of a model.

    Attributes:
        model: its key.
        size_hw: height and width in pixels at which it looks at the image.
        backend: what runs it.
        load_seconds: from its files to memory, with the choice of what runs it, in a process that has its
            libraries.
        first_seconds: of the first call, with one image.
        warm: of each batch.
    """

    model: str
    size_hw: tuple[int, int]
    backend: str
    load_seconds: float
    first_seconds: float
    warm: tuple[RunTimes, ...]


@dataclass(frozen=True)
class Speeds:
    """Times of some models that took turns.

    Attributes:
        models: in the order of the spec.
        busy: other programs made the times doubtful.
    """

    models: tuple[ModelSpeed, ...]
    busy: bool


class SpeedView(AnswerView["SpeedOrder", Speeds]):
    """Times of the models."""


@dataclass(frozen=True, eq=False)
class SpeedOrder(Order[SpeedView]):
    """Times of some models on one image; measured anew in each session, never kept.

    Attributes:
        spec: the models.
        picture: the image, all of it.
        seconds_per_run: about the seconds of an image in each model, in their order.
    """

    kind: ClassVar[str] = "speed"

    spec: SpeedSpec
    picture: Picture
    seconds_per_run: tuple[float, ...] = ()

    @property
    def key(self) -> str:
        prints = [model_source().facts(ref).fingerprint for ref in self.spec.refs]
        asked = prints, self.spec.batches, self.spec.runs
        return f"speed-{digest_of(FORMAT, *asked, self.picture.sha256)}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def price(self) -> Price:
        images = self.spec.images
        return Price(images * len(self.spec.refs), 0, sum(images * one for one in self.seconds_per_run))

    @property
    def run(self) -> Callable[..., Speeds]:
        return measure_speeds

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture}

    def view(self, sheet: AnswerSheet) -> SpeedView:
        return SpeedView(self, sheet)


@dataclass(frozen=True, eq=False)
class _Timed:
    """A model that was just loaded, with the seconds of that and of its first call, and its image."""

    model: LoadedModel
    image: Floats
    load_seconds: float
    first_seconds: float


@guarded
def measure_speeds(_part: Part, asked: SpeedSpec, picture: Picture) -> Speeds:
    """Load each model anew, call it for the first time, then time warm runs in turns."""
    timed = [_begin(ref, picture) for ref in asked.refs]
    seconds = {batch: _in_turns(timed, batch, asked.runs) for batch in asked.batches}
    models = [
        ModelSpeed(
            model=one.model.facts.key,
            size_hw=(one.image.shape[0], one.image.shape[1]),
            backend=one.model.backend.name,
            load_seconds=one.load_seconds,
            first_seconds=one.first_seconds,
            warm=tuple(RunTimes(batch, tuple(seconds[batch][place])) for batch in asked.batches),
        )
        for place, one in enumerate(timed)
    ]
    return Speeds(tuple(models), is_busy())


def _begin(ref: ModelRef, picture: Picture) -> _Timed:
    began = perf_counter()
    model = type(model_source())().get(ref)  # another source of the kind: it has loaded nothing yet
    loaded = perf_counter()
    seen = as_seen(ref, picture)
    image = fit_picture(seen, model.input_size_hw(seen.size_hw))
    ready = perf_counter()
    model.score_batch(image[None], "logit")
    return _Timed(model, image, loaded - began, perf_counter() - ready)


def _in_turns(timed: list[_Timed], batch: int, runs: int) -> list[list[float]]:
    """Seconds of each model's runs, one after the other in each round."""
    images = [np.repeat(one.image[None], batch, axis=0) for one in timed]
    found: list[list[float]] = [[] for _one in timed]
    for turn in range(-WARMING, runs):
        leave_if_unwanted()
        for place, one in enumerate(timed):
            began = perf_counter()
            one.model.score_batch(images[place], "logit")
            if turn >= 0:
                found[place].append(perf_counter() - began)
    return found
