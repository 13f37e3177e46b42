"""Counterfactual of an image: the smallest set of cells whose hiding changes the answer, as work."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from compute.base.keys import FORMAT, digest_of
from compute.base.prepared import prepared
from compute.base.store import ResultStore
from compute.work.contract import Order, Part, Price, View
from compute.work.examples.search_sheet import SearchSheet, Tried, find_trials, set_of
from compute.work.perturbation import PerturbationSpec, plan_of
from compute.work.predict import Prediction
from compute.worker.tasks import guarded, leave_if_unwanted
from compute.worker.workbench import workbench
from engine.arrays import Floats, Pixels
from engine.batches import batch_size
from engine.examples.params import UNLIKE, CounterfactualParams
from engine.examples.search import FoundSet, Notes, Rounds, smallest_set
from engine.examples.trials import CellTrial, Hidden, judge_of, masks_of
from engine.images.picture import Picture
from engine.perturbation.designs.cells import Cells
from engine.perturbation.designs.fills import make_fill
from engine.perturbation.run import Perturber, fit_picture
from engine.target_sets import TargetIndex, TargetSet
from model_store.catalogue import ModelRef

READING = 2
"""Part of the key: what a trial says of a zone."""


@dataclass(frozen=True)
class CounterfactualSpec:
    """What workers are told.

    Attributes:
        cells: a pass whose cells are hidden; nothing but its cells counts.
        wanted: the target.
        params: fill, and how long is searched.
        unlike: sha256 of the image that fills hidden cells; "" where none does.
    """

    cells: PerturbationSpec
    wanted: TargetIndex
    params: CounterfactualParams
    unlike: str = ""

    @property
    def ref(self) -> ModelRef:
        """The model."""
        return self.cells.ref


@dataclass(frozen=True)
class Paid:
    """What runs that are paid already say.

    Attributes:
        ranking: cells by importance; empty where nothing is known.
        seeds: sets that changed the answer.
        runs: how many they were.
    """

    ranking: tuple[int, ...] = ()
    seeds: tuple[Hidden, ...] = ()
    runs: int = 0


class CounterfactualView(View["CounterfactualOrder", SearchSheet]):
    """The smallest set so far, and in the end what was found."""

    def result(self) -> FoundSet | None:
        """What was found; None while it is searched."""
        return self.sheet.found

    def best(self) -> Hidden | None:
        """The smallest set so far that changes the answer; None as long as there is none."""
        return self.sheet.best()

    def trial(self, hidden: Hidden) -> CellTrial | None:
        """What the model answers with a set hidden, if that was tried; the empty one is the image itself."""
        return self.sheet.trial(hidden)


@dataclass(frozen=True, eq=False)
class CounterfactualOrder(Order[CounterfactualView]):
    """A search on one image.

    Attributes:
        spec: what is searched.
        prediction: of the model on the image.
        picture: the image.
        paid: what a finished pass says; it shortens the search.
        unlike: the image that fills hidden cells; None where the fill is none.

    Raises:
        VitrineError: the target has no class that could change, or the fill is not there.
    """

    kind: ClassVar[str] = "counterfactual"
    chunked: ClassVar[bool] = True
    grows: ClassVar[bool] = True

    spec: CounterfactualSpec
    prediction: Prediction
    picture: Picture
    paid: Paid = Paid()
    unlike: Picture | None = None

    def __post_init__(self) -> None:
        self.prediction.refuse_other(self.spec.ref, self.picture)
        self.spec.params.refuse_without_image(self.unlike is not None)
        judge_of(self.prediction.targets.wanted(self.spec.wanted))

    @cached_property
    def key(self) -> str:
        spec, prediction = self.spec, self.prediction
        cells = spec.cells.method, spec.cells.run_params(), spec.wanted, spec.unlike
        known = self.paid.ranking, sorted(map(sorted, self.paid.seeds))
        image = prediction.facts.fingerprint, self.picture.sha256, prediction.targets.digest
        return (
            f"{self.kind}-{digest_of(FORMAT, self.kind, image, cells, spec.params.spoken(), known, READING)}"
        )

    @property
    def identity(self) -> Hashable:
        known = self.paid.ranking, frozenset(self.paid.seeds)
        return self.prediction.facts.fingerprint, self.picture.sha256, self.spec, known

    @property
    def facts(self) -> Mapping[str, object]:
        """What the store says of it."""
        return {"model": self.prediction.facts.key, "picture_sha256": self.picture.sha256}

    @property
    def most_runs(self) -> int:
        """Sets that are tried at most."""
        return self.spec.params.runs

    @property
    def seconds_per_run(self) -> float:
        """About the seconds for one more image."""
        return self.prediction.seconds_per_run

    @property
    def price(self) -> Price:
        return Price(self.most_runs, 0, self.seconds_per_run * self.most_runs)

    @property
    def run(self) -> Callable[..., Tried]:
        return try_sets

    @property
    def shared(self) -> Mapping[str, Any]:
        shared: dict[str, Any] = {"targets": self.prediction.targets, "picture": self.picture}
        return shared if self.unlike is None else {**shared, "unlike": self.unlike}

    @property
    def cells(self) -> Cells:
        """What is hidden.

        Raises:
            ParamsError: the image cannot be cut into such cells.
        """
        return plan_of(self.spec.cells, self.picture, self.prediction.input_hw).cells

    def search(self, notes: Notes) -> Rounds[FoundSet]:
        """The search itself, round by round."""
        return smallest_set(self.cells.count, notes, self.paid.ranking, self.paid.seeds)

    def changed_image(self, hidden: Hidden) -> Pixels:
        """Uint8 (H, W, 3): the image with a set hidden, exactly as the model has seen it."""
        return to_pixels(self._perturber(masks_of([hidden], self.cells.count)))[0]

    @cached_property
    def _perturber(self) -> Perturber:
        return perturber_of(self.spec, self.cells, self.picture, self.unlike, self.prediction.input_hw)

    def sheet(self) -> SearchSheet:
        return SearchSheet(self)

    def view(self, sheet: SearchSheet) -> CounterfactualView:
        return CounterfactualView(self, sheet)

    def find(self, store: ResultStore | None) -> SearchSheet:
        return find_trials(store, self)

    def keep(self, store: ResultStore | None, sheet: SearchSheet) -> None:
        if store is not None and sheet.complete:
            sheet.keep(store)


def to_pixels(images: Floats) -> Pixels:
    """Images in whole colours, as a file has them: what the model is asked is what a person can keep."""
    return np.clip(np.rint(images), 0, 255).astype(np.uint8)


def perturber_of(
    spec: CounterfactualSpec, cells: Cells, picture: Picture, unlike: Picture | None, size_hw: tuple[int, int]
) -> Perturber:
    """What hides cells of an image.

    Args:
        spec: says the fill.
        cells: of the image.
        picture: the image.
        unlike: the image that fills, or None.
        size_hw: height and width in pixels at which the model looks.
    """
    image, params = fit_picture(picture, size_hw), spec.params
    if params.fill == UNLIKE and unlike is not None:
        fill = fit_picture(unlike, size_hw)
    else:
        fill = make_fill(params.fill, image, cells, params.seed)
    return Perturber(fill, image - fill, cells)


@guarded
def try_sets(
    part: Part,
    asked: CounterfactualSpec,
    targets: TargetSet,
    picture: Picture,
    unlike: Picture | None = None,
) -> Tried:
    """What the model answers with each set of a part hidden."""
    began = perf_counter()
    model = workbench().model(asked.ref)
    size_hw = model.input_size_hw(picture.size_hw)
    cells = plan_of(asked.cells, picture, size_hw).cells
    key = (size_hw, asked, picture.sha256)
    perturb = prepared("counterfactual", key, lambda: perturber_of(asked, cells, picture, unlike, size_hw))
    judge, trials = judge_of(targets.wanted(asked.wanted)), list[CellTrial]()
    sets, step = [set_of(text) for text in part], batch_size(size_hw)
    for start in range(0, len(sets), step):
        leave_if_unwanted()
        images = to_pixels(perturb(masks_of(sets[start : start + step], cells.count)))
        outputs = model.score_batch(images.astype(np.float32), "probability")
        trials += [judge(output) for output in outputs]
    return Tried(tuple(trials), perf_counter() - began)


def seeds_of(masks: Floats, changed: Sequence[bool]) -> tuple[Hidden, ...]:
    """Sets that changed the answer in runs that are paid: those whose masks hide cells whole.

    Args:
        masks: float32 (runs, cells), 1 keeps a cell.
        changed: of each run.
    """
    whole = np.isin(masks, (0, 1)).all(axis=1) & np.asarray(changed, bool)
    found = {frozenset(np.flatnonzero(row == 0).tolist()) for row in masks[whole]}
    return tuple(sorted(found, key=lambda one: (len(one), sorted(one))))
