"""How far every target of one image depends on concepts: each run is decoded once for all of them."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.base.prepared import prepared
from compute.base.store import ResultStore
from compute.measure.concepts.decoding import ConceptDecoder
from compute.work.contract import Order, Part, Price, View
from compute.work.predict import Prediction
from compute.work.score_sheet import ChunkScores, ScoreSheet, find_scores, keep_scores
from compute.worker.tasks import guarded
from compute.worker.workbench import workbench
from engine.arrays import Floats, LongInts, Reals
from engine.concepts.agreement import ConceptAgreement, r_squared
from engine.concepts.design import DESIGNS, REPLICATES, ConceptDesign
from engine.concepts.factors import ConceptBasis
from engine.concepts.importance import ConceptImportance, importance
from engine.concepts.placing import REGIONS, zone_regions
from engine.images.picture import Picture
from engine.perturbation.run import fit_picture
from engine.target_sets import TargetSet
from model_store.catalogue import ModelRef

OWN_RUN, WHOLE_RUN, FIRST_RUN = 0, 1, 2
"""Runs: the network itself, all concepts, and then those of the design."""


@dataclass(frozen=True)
class ImageConceptSpec:
    """What workers are told.

    Attributes:
        ref: the model.
        layer: name of a target layer.
        basis: the concepts.
        zone: of a segmentation, the zone about which the image is divided into inside, ring and elsewhere;
            None for the whole image at once.
        designs: rows of the design.
        seed: of the design.
    """

    ref: ModelRef
    layer: str
    basis: ConceptBasis
    zone: int | None = None
    designs: int = DESIGNS
    seed: int = 0

    method: ClassVar[str] = "concepts"

    @property
    def design(self) -> ConceptDesign:
        """The runs."""
        regions = 1 if self.zone is None else len(REGIONS)
        return ConceptDesign(self.basis, regions, self.designs, REPLICATES, self.seed)

    def run_params(self) -> dict[str, Any]:
        """What decides the runs, as plain values."""
        return {
            "layer": self.layer,
            "basis": self.basis.digest,
            "zone": self.zone,
            "designs": self.designs,
            "seed": self.seed,
        }


class ImageConceptView(View["ImageConceptOrder", ScoreSheet]):
    """Importance of concepts for each target, as far as the runs go."""

    def importance(self, target: int) -> ConceptImportance | None:
        """Of each concept, or with a zone of each concept in each region; None before there are two rows."""
        return importance(self.order.spec.design, self._scores()[FIRST_RUN:, target])

    def agreement(self) -> ConceptAgreement | None:
        """The scores of all targets from the concepts against those of the network; None before they came."""
        own, whole = self._scores()[[OWN_RUN, WHOLE_RUN]]
        if not np.isfinite(own).all() or not np.isfinite(whole).all():
            return None
        return ConceptAgreement(r_squared(own, whole), 1.0)

    def base(self) -> Floats:
        """float32 (T,): scores of the network itself; nan before they came."""
        return self._scores()[OWN_RUN]

    def _scores(self) -> Floats:
        return self.sheet.snapshot().scores


@dataclass(frozen=True, eq=False)
class ImageConceptOrder(Order[ImageConceptView]):
    """Concepts of a layer asked of one image.

    Attributes:
        spec: what is asked.
        prediction: of the same model on the same image.
        picture: the image.
        pieces: none; see ``compute.work.score_sheet.ScoredOrder``.
    """

    kind: ClassVar[str] = "image-concepts"
    chunked: ClassVar[bool] = True
    pieces: ClassVar[tuple[Part, ...]] = ()

    spec: ImageConceptSpec
    prediction: Prediction
    picture: Picture

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture)

    @cached_property
    def series(self) -> str:
        facts = self.prediction.facts
        targets = self.prediction.targets.digest
        asked = facts.fingerprint, self.picture.sha256, self.spec.run_params(), targets
        return digest_of(FORMAT, self.kind, *asked)

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.series}"

    @property
    def identity(self) -> Hashable:
        return self.spec, self.picture.sha256

    @property
    def runs(self) -> int:
        """Answers of the model."""
        return FIRST_RUN + self.spec.design.runs

    @property
    def price(self) -> Price:
        """At most about this: as if all of the network were run."""
        return Price(self.runs, 0, self.prediction.seconds_per_run * self.runs)

    @property
    def run(self) -> Callable[..., ChunkScores]:
        return score_concepts

    @property
    def shared(self) -> Mapping[str, Any]:
        return {"picture": self.picture, "targets": self.prediction.targets}

    def sheet(self) -> ScoreSheet:
        return ScoreSheet(self)

    def view(self, sheet: ScoreSheet) -> ImageConceptView:
        return ImageConceptView(self, sheet)

    def find(self, store: ResultStore | None) -> ScoreSheet:
        return find_scores(store, self)

    def keep(self, store: ResultStore | None, sheet: ScoreSheet) -> None:
        if store is not None and sheet.is_due():
            keep_scores(store, self, sheet)


@guarded
def score_concepts(part: Part, asked: ImageConceptSpec, picture: Picture, targets: TargetSet) -> ChunkScores:
    """Scores of all targets in the runs from a first one to before a last one."""
    began, bench = perf_counter(), workbench()
    model = bench.model(asked.ref)
    image = fit_picture(picture, model.input_size_hw(picture.size_hw))
    key = (model.facts.fingerprint, picture.sha256, asked.layer, asked.basis.digest)
    decoder = prepared(ConceptDecoder, key, lambda: ConceptDecoder.of(model, image, asked.layer, asked.basis))
    scorer, (start, stop) = bench.scorer(targets), part[:2]
    scores = [scorer.score(decoder.own()[None])] if start <= OWN_RUN < stop else []
    first = max(start, WHOLE_RUN)
    if first < stop:
        regions = _regions(asked, targets, decoder)
        scores.append(decoder.scores(run_masks(asked.design, first, stop), scorer, regions))
    return ChunkScores(np.concatenate(scores), perf_counter() - began)


def run_masks(design: ConceptDesign, first: int, stop: int) -> Floats:
    """float32 (stop - first, k, R): masks of some runs but the first one."""
    whole = np.ones((1 if first == WHOLE_RUN else 0, len(design.basis), design.regions), np.float32)
    rest = design.masks(max(first - FIRST_RUN, 0), max(stop - FIRST_RUN, 0))
    return np.concatenate([whole, rest])


def _regions(asked: ImageConceptSpec, targets: TargetSet, decoder: ConceptDecoder) -> LongInts | None:
    if asked.zone is None or targets.zones is None:
        return None
    return zone_regions(targets.zones.labels == asked.zone, decoder.activation.shape[:2])


def by_region(values: Reals, concepts: int) -> Reals:
    """float64 (k, R): importance of each concept in each region."""
    return values.reshape(concepts, -1)
