"""Explanations of many images: a method asked about whatever the model sees in each."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from compute.base.keys import digest_of
from compute.batch.each import Answers, EachImage
from compute.batch.explanation_rows import SCHEMA, row_of
from compute.batch.found_map import FoundMap
from compute.run.once import OnceRunner
from compute.run.runners import Runner, Watch, answer_request, predict_with
from compute.work.kinds import map_kind
from compute.work.maps import MapRequest
from compute.work.predict import Prediction
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.method import Method
from engine.methods import get_method
from engine.model import ModelFacts
from engine.params import Params
from engine.target_sets import TargetIndex

FORMAT = 4
"""Part of every key: change it when files are written in another way."""


@dataclass(frozen=True)
class ExplainEach(EachImage):
    """A method asked of a model about whatever it sees in each picture.

    Attributes:
        ref: the model.
        method: key in the table of methods.
        params: of the method's own type.
        top: so many best classes, or largest zones. None stands for the best class; of a segmentation for all
            zones and borders where they share one pass, else for the ``MAX_TARGETS`` largest zones.
        graded: grade each map by all metrics, which costs runs; fidelity to a pass of the method's own costs
            none and is always there.
    """

    has_maps: ClassVar[bool] = True
    method: str
    params: Params
    top: int | None = None
    graded: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.params, self.about.params):
            kind, wanted = type(self.params).__name__, self.about.params.__name__
            raise ParamsError(
                "{method} takes {wanted}; received {kind}.", method=self.about.title, wanted=wanted, kind=kind
            )
        if self.top is not None and self.top < 1:
            raise ParamsError(
                "Each image needs at least one target to explain; received {top}.", top=self.top
            )

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.method)

    @property
    def schema(self) -> pa.Schema:
        return SCHEMA

    def common(self) -> dict[str, Any]:
        params = json.dumps(self.params.as_dict(), sort_keys=True)
        return super().common() | {"method": self.method, "params": params}

    def fitting_facts(self) -> ModelFacts:
        facts = super().fitting_facts()
        reason = self.about.why_not(facts)
        if reason:
            raise ParamsError(reason)
        return facts

    def key(self, facts: ModelFacts) -> str:
        asked = (self.method, self.params.as_dict(), self.top, self.graded)
        return digest_of(FORMAT, "batch", facts.fingerprint, *asked)[:16]

    def wanted(self, prediction: Prediction) -> list[TargetIndex]:
        """What is explained in an image."""
        zones = prediction.zones
        if zones is None:
            return list(np.argsort(-prediction.class_scores, kind="stable")[: self.top or 1].tolist())
        most = map_kind(self.about).most_targets
        if self.top is None and most is None:
            return list(range(len(prediction.targets)))
        return list(range(min(self.top or most or len(zones.zones), len(zones.zones))))

    def request(self, prediction: Prediction, picture: Picture) -> MapRequest:
        """What is asked of one image."""
        wanted = self.wanted(prediction)
        return MapRequest(self.ref, self.about, self.params, prediction, picture, wanted)

    def answer(self, picture: Picture, runner: Runner, watch: Watch) -> Answers:
        prediction = predict_with(runner, self.ref, picture)
        request = self.request(prediction, picture)
        once = OnceRunner(runner)
        answered = list(answer_request(request, once, watch))
        if not answered:
            raise ParamsError("The method returned no map.")
        rows = []
        for target, explanation in answered:
            graded = FoundMap(request, target, explanation)
            figures = graded.own_fidelity(once)
            if self.graded:
                figures |= graded.grades(once, watch)
            rows.append(row_of(prediction, picture, target, explanation) | figures)
        return Answers(tuple(rows), tuple(explanation for _target, explanation in answered))
