"""Grades of many methods over many images: which of them tells the truth about a model?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from compute.base.keys import digest_of
from compute.batch.each import Answers, EachImage, TableRow
from compute.batch.explanation_rows import KINDS
from compute.batch.grade_columns import GRADE_COLUMNS, figures_of
from compute.run.once import OnceRunner
from compute.run.runners import Runner, Watch, answer_request, predict_with
from compute.trust.grading import strengths
from compute.trust.many import ManyMaps
from compute.work.maps import MapRequest
from compute.work.predict import Prediction
from engine.errors import GradeError, ParamsError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import get_method
from engine.model import ModelFacts
from engine.params import Params
from engine.target_sets import TargetIndex, column
from engine.trust.pass_params import CommonParams
from engine.trust.tables.columns import FIDELITY

FORMAT = 1
"""Part of every key: change it when rows say something else."""
HALVES = f"{FIDELITY}_even", f"{FIDELITY}_odd"
_FRONT = (
    ("batch", pa.string(), "key of the question: model, methods, parameters and which targets"),
    ("model", pa.string(), "key in the catalogue"),
    ("picture", pa.string(), "name of the image"),
    ("sha256", pa.string(), "digest of the pixels as they were looked at; null if it cannot be read"),
    ("target", pa.string(), "what is explained"),
    ("kind", pa.string(), "class or zone"),
    ("score", pa.float64(), "of the target on the whole image"),
    ("method", pa.string(), "key in the table of methods"),
    ("params", pa.string(), "JSON"),
    ("refused", pa.string(), "why this map has no grades"),
)
_BACK = (
    (HALVES[0], pa.float64(), "fidelity to the even samples of the shared runs"),
    (HALVES[1], pa.float64(), "to the odd ones"),
    ("warnings", pa.list_(pa.string()), "of the map, in plain words"),
    ("error", pa.string(), "why the image has no maps"),
)
SCHEMA = pa.schema(
    [
        pa.field(name, kind, metadata={"about": about})
        for name, kind, about in (*_FRONT, *GRADE_COLUMNS, *_BACK)
    ]
)
Maps = dict[str, Explanation]
"""By key of the method."""


@dataclass(frozen=True)
class GradeEach(EachImage):
    """Maps of several methods, graded on the same runs, for what the model sees in each image.

    Attributes:
        ref: the model.
        questions: key and parameters of each method.
        grading: of the runs that grade; the same for all methods.
        top: so many best classes, or largest zones.
    """

    questions: tuple[tuple[str, Params], ...]
    grading: CommonParams
    top: int = 1

    def __post_init__(self) -> None:
        if not self.questions:
            raise ParamsError("Please name at least one method that fits the model.")
        if self.top < 1:
            raise ParamsError(
                "Each image needs at least one target to explain; received {top}.", top=self.top
            )

    @property
    def schema(self) -> pa.Schema:
        return SCHEMA

    def key(self, facts: ModelFacts) -> str:
        asked = [(key, params.as_dict()) for key, params in self.questions]
        return digest_of(FORMAT, "grades", facts.fingerprint, asked, self.grading.as_dict(), self.top)[:16]

    def wanted(self, prediction: Prediction) -> list[TargetIndex]:
        """What is explained in an image."""
        zones = prediction.zones
        if zones is None:
            return list(np.argsort(-prediction.class_scores, kind="stable")[: self.top].tolist())
        return list(range(min(self.top, len(zones.zones))))

    def answer(self, picture: Picture, runner: Runner, watch: Watch) -> Answers:
        once = OnceRunner(runner)
        prediction = predict_with(once, self.ref, picture)
        wanted = self.wanted(prediction)
        maps, refused = self._maps(prediction, picture, wanted, once, watch)
        rows: list[TableRow] = []
        for target in wanted:
            asked = ManyMaps(
                self.ref,
                prediction,
                picture,
                target,
                {key: strengths(found) for key, found in maps.get(target, {}).items()},
                self.grading,
            )
            about = _about(prediction, picture, target)
            rows += [about | row for row in self._rows(asked, maps.get(target, {}), refused, once, watch)]
        return Answers(tuple(rows))

    def _maps(
        self,
        prediction: Prediction,
        picture: Picture,
        wanted: list[TargetIndex],
        runner: Runner,
        watch: Watch,
    ) -> tuple[dict[TargetIndex, Maps], dict[str, str]]:
        """The maps by target, and why a method has none."""
        maps: dict[TargetIndex, Maps] = {}
        refused = {}
        for key, params in self.questions:
            method = get_method(key)
            reason = prediction.why_not(method)
            if reason is not None:
                refused[key] = str(reason)
                continue
            request = MapRequest(self.ref, method, params, prediction, picture, wanted)
            try:
                for target, explanation in answer_request(request, runner, watch):
                    maps.setdefault(target, {})[key] = explanation
            except ParamsError as error:  # such as an image without anything to hide
                refused[key] = str(error)
        return maps, refused

    def _rows(
        self, asked: ManyMaps, maps: Maps, refused: Mapping[str, str], runner: Runner, watch: Watch
    ) -> Iterator[dict[str, Any]]:
        """A row for each method."""
        views = []
        for order in asked.orders:
            with watch() as on_progress:
                views.append(runner.run(order, on_progress))
        found = asked.grades(views)
        halves = _halves(asked, views[0])
        said = {**refused, **{key: str(error) for key, error in found.refused.items()}}
        for key, params in self.questions:
            explanation = maps.get(key)
            yield {
                "method": key,
                "params": json.dumps(
                    dict(explanation.params) if explanation else params.as_dict(), sort_keys=True
                ),
                "refused": said.get(key),
                **figures_of(found.grades.get(key, {})),
                **dict(zip(HALVES, halves.get(key, (None, None)), strict=True)),
                "warnings": list(explanation.warnings) if explanation else [],
            }


def _about(prediction: Prediction, picture: Picture, wanted: TargetIndex) -> dict[str, Any]:
    target = prediction.targets.wanted(wanted)
    return {
        "picture": picture.name,
        "sha256": picture.sha256,
        "target": str(target.label),
        "kind": KINDS[type(target).__name__],
        "score": float(column(prediction.base["probability"], wanted)),
    }


def _halves(asked: ManyMaps, common: Any) -> dict[str, tuple[float, float]]:
    try:
        return {name: (even, odd) for name, even, odd in asked.halves(common)}
    except GradeError:
        return {}
