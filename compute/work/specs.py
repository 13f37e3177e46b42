"""What is asked of workers and what they answer: light dataclasses that travel, and the keys they are known
by.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from engine.errors import ParamsError
from engine.explanation import Provenance
from engine.images.picture import Picture
from engine.methods import Method, get_method
from engine.model import Backend, ModelFacts, Space, Tap
from engine.params import Params, describe
from engine.perturbation.plan import PerturbationParams
from engine.phrase import later
from engine.target_sets import TargetSet, Wanted
from engine.targets import Target
from engine.zones import Zones
from model_store.catalogue import ModelRef

Floats = npt.NDArray[np.float32]
Span = tuple[int, int]
"""First run of a chunk, and the one after its last."""

State = Literal["waiting", "running", "done", "failed", "cancelled"]

FORMAT = 1
"""Part of every key: change it when the same question gets another answer."""

PLAN_LIBRARIES = ("numpy", "scipy", "scikit-image", "forward")
"""What draws samples, cuts pictures and scores them: another one may make other scores, which stored ones
must not be mixed with.
"""

SPACES: tuple[Space, ...] = ("probability", "logit")
MAX_TARGETS = 5
"""Of one gradient or summed pass: the five best classes fit."""

OTHER_PASS = {
    "perturbation": later("{method} is not read off perturbed pictures."),
    "gradient": later("{method} is not read off gradients."),
    "summed": later("{method} is not read off sums."),
}
"""Why a method is not read off a pass."""

CHUNK_SECONDS = 1.0
MAX_CHUNK_RUNS = 256


def digest_of(*parts: Any) -> str:
    """Hex sha256 of plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def params_of_runs(params: Params) -> dict[str, Any]:
    """Parameters that change the runs; those that only change how the runs are read, or change nothing, are
    left out.
    """
    reading = {info.name for info in describe(type(params)) if info.reading}
    return {name: value for name, value in params.spoken().items() if name not in reading}


def refuse_misfit(key: str, run_by: str, params: Params) -> None:
    """Lets only a method of a pass through, with parameters of its own type.

    Raises:
        ParamsError: the method is read off another pass, or the parameters are of another method.
    """
    method = get_method(key)
    if method.run_by != run_by:
        raise ParamsError(OTHER_PASS[run_by], method=method.title)
    if type(params) is not method.params:
        found = type(params).__name__
        raise ParamsError(
            "{method} takes {wanted}; received {kind}.",
            method=method.title,
            wanted=method.params.__name__,
            kind=found,
        )


@dataclass(frozen=True)
class PassSpec:
    """A perturbation method asked of a model.

    Attributes:
        ref: the model.
        method: key in the table of methods.
        params: of the method's own type.
    """

    ref: ModelRef
    method: str
    params: PerturbationParams

    def __post_init__(self) -> None:
        refuse_misfit(self.method, "perturbation", self.params)

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.method)

    @property
    def runs(self) -> int:
        """Forwards that the pass costs."""
        return self.about.runs(self.params)

    @property
    def space(self) -> Space:
        """Scale of the scores."""
        return cast(Space, self.params.space)

    def run_params(self) -> dict[str, Any]:
        """Parameters that change the runs; those that only change how the runs are read, or change nothing,
        are left out.
        """
        return params_of_runs(self.params)

    def series_params(self) -> dict[str, Any]:
        """Parameters that change the runs, without those that only say how many of them there are."""
        extending = {info.name for info in describe(type(self.params)) if info.extends}
        return {name: value for name, value in self.run_params().items() if name not in extending}


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model answers for one picture.

    Attributes:
        facts: the model.
        picture_sha256: digest of the picture.
        input_hw: height and width in pixels at which the model looked at it.
        output_shape: (h, w, C) for segmentation, (C,) for classification.
        zones: connected zones, or None for classification.
        confidence: float32 (h, w), probability of the winning class, 0-1; None for classification.
        class_scores: float32 (C,), probability of each class, for segmentation its mean over the picture.
        base: for each space float32 (T,), score of the unperturbed picture under each of ``targets``.
        seconds_per_run: about the seconds for one more picture in the model's usual batch.
        versions: libraries of the worker, name to version.
        taps: layers of the model that can be looked at, from input to output.
        traits: what methods ask of the model; see ``engine.model.LoadedModel.traits``.
        backend: what runs the model forwards.
    """

    facts: ModelFacts
    picture_sha256: str
    input_hw: tuple[int, int]
    output_shape: tuple[int, ...]
    zones: Zones | None
    confidence: Floats | None
    class_scores: Floats
    base: Mapping[Space, Floats]
    seconds_per_run: float
    versions: Mapping[str, str] = field(default_factory=dict)
    taps: tuple[Tap, ...] = ()
    traits: frozenset[str] = frozenset()
    backend: Backend = field(default_factory=Backend)

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again from the zones."""
        return {**self.__dict__, "zones": None if self.zones is None else replace(self.zones)}

    @property
    def targets(self) -> TargetSet:
        """Everything that one pass answers: each zone, each border, each shared border; or each class."""
        return TargetSet(self.output_shape, self.facts.labels, self.zones)

    def why_not(self, method: Method) -> str | None:
        """The reason why a method does not fit the model, or None if it does."""
        return method.why_not(self.facts, self.traits | ({"layer"} if self.taps else set()))

    def refuse_other(self, ref: ModelRef, picture: Picture, method: Method | None = None) -> None:
        """Lets only the model and the picture pass that were predicted, and a method that fits.

        Raises:
            ParamsError: it is another one, or the method does not fit the model.
        """
        if (self.facts.key, self.picture_sha256) != (str(ref), picture.sha256):
            raise ParamsError("This prediction belongs to another model or picture. Please predict again.")
        reason = self.why_not(method) if method else None
        if reason:
            raise ParamsError(reason)

    def explained(self, wanted: Iterable[Wanted]) -> Sequence[Target]:
        """What some indices of ``targets``, or pairs of classes, stand for, in their order.

        Raises:
            TargetError: there is no such target.
        """
        targets = self.targets
        return [targets.wanted(one) for one in wanted]

    def provenance(self, picture: Picture, schedule: Mapping[str, Any] | None = None) -> Provenance:
        """Where something comes from that is found out about this prediction.

        Args:
            picture: the picture.
            schedule: see ``engine.explanation.Provenance``.
        """
        return Provenance(
            self.facts.key,
            self.facts.fingerprint,
            picture.name,
            picture.sha256,
            dict(self.versions),
            schedule or {},
        )

    def seconds_for(self, spec: PassSpec) -> float:
        """About how long a pass takes on one worker."""
        return self.seconds_per_run * spec.runs


@dataclass(frozen=True, eq=False)
class ChunkScores:
    """Scores of some consecutive runs.

    Attributes:
        start, stop: the runs.
        scores: float32 (stop - start, T).
        seconds: time they took.
        batches: runs of each batch that the model looked at, in order; one of all runs if empty.
    """

    start: int
    stop: int
    scores: Floats
    seconds: float
    batches: tuple[int, ...] = ()

    @property
    def firsts(self) -> npt.NDArray[np.bool_]:
        """Whether a run was the first of its batch: bool (stop - start,)."""
        firsts = np.zeros(self.stop - self.start, bool)
        firsts[np.cumsum([0, *self.batches[:-1]])] = True
        return firsts


@dataclass(frozen=True)
class Progress:
    """How far a pass is.

    Attributes:
        done_runs, total_runs: finished and all runs.
        seconds_spent: in workers, over all finished runs.
        seconds_left: until the last run, at the present pace; None unless it runs or is done.
        state: of the job.
    """

    done_runs: int
    total_runs: int
    seconds_spent: float
    seconds_left: float | None
    state: State

    @property
    def share(self) -> float:
        """Finished part, 0-1."""
        return self.done_runs / max(self.total_runs, 1)


@dataclass(frozen=True, eq=False)
class PassOrder:
    """A pass on one picture: all that says which runs to do and what to call them.

    Attributes:
        spec: the method.
        prediction: of the same model on the same picture.
        picture: the picture.
    """

    spec: PassSpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture, self.spec.about)

    @property
    def resolved(self) -> PassSpec:
        """The spec as workers take it."""
        return self.spec

    @cached_property
    def series(self) -> str:
        """Hex digest: orders with the same one have the same runs, as far as the shorter of them goes."""
        prediction = self.prediction
        asked = (self.spec.method, self.spec.series_params(), prediction.targets.digest)
        makers = [prediction.versions.get(name) for name in PLAN_LIBRARIES]
        return digest_of(FORMAT, "series", prediction.facts.fingerprint, self.picture.sha256, *asked, makers)

    @property
    def key(self) -> str:
        """Hex digest: equal keys give equal scores."""
        return digest_of(self.series, self.spec.runs)


def prediction_key(facts: ModelFacts, picture: Picture) -> str:
    """Hex digest: equal keys give equal predictions."""
    return digest_of(FORMAT, facts.fingerprint, picture.sha256)


def chunk_runs(seconds_per_run: float) -> int:
    """Runs of a chunk: the largest power of two that takes at most about one second, 1 to 256."""
    fitting = int(np.clip(CHUNK_SECONDS / max(seconds_per_run, 1e-6), 1, MAX_CHUNK_RUNS))
    return 1 << (fitting.bit_length() - 1)
