"""Specification of a batch: one question asked of many pictures.

It says what is asked, of which of their targets, and by which key the answers are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute.run.cases import Case
from compute.work.specs import MAX_TARGETS, Prediction, digest_of
from compute.worker.sources import model_source
from engine.errors import ParamsError
from engine.images.picture import Picture
from engine.method import Method
from engine.methods import get_method
from engine.model import ModelFacts
from engine.params import Params
from engine.target_sets import Wanted
from model_store.catalogue import ModelRef

FORMAT = 1
"""Part of every key: change it when files are written in another way."""


@dataclass(frozen=True)
class BatchSpec:
    """A method asked of a model about whatever it sees in each picture.

    Attributes:
        ref: the model.
        method: key in the table of methods.
        params: of the method's own type.
        top: so many best classes, or largest zones. None stands for the best class; of a segmentation for all
            zones and borders where they share one pass, else for the ``MAX_TARGETS`` largest zones.
    """

    ref: ModelRef
    method: str
    params: Params
    top: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.params, self.about.params):
            kind, wanted = type(self.params).__name__, self.about.params.__name__
            raise ParamsError(
                "{method} takes {wanted}; received {kind}.", method=self.about.title, wanted=wanted, kind=kind
            )
        if self.top is not None and self.top < 1:
            raise ParamsError(
                "At least one target of each picture is explained; received {top}.", top=self.top
            )

    @property
    def about(self) -> Method:
        """The method's row in the table."""
        return get_method(self.method)

    def fitting_facts(self) -> ModelFacts:
        """What is known of the model without loading it.

        Raises:
            ModelError: there is no such model.
            ParamsError: the method does not fit it.
        """
        facts = model_source().facts(self.ref)
        reason = self.about.why_not(facts)
        if reason:
            raise ParamsError("{reason}", reason=reason)
        return facts

    def key(self, facts: ModelFacts) -> str:
        """16 hex digits: equal keys give equal answers for equal pictures."""
        return digest_of(FORMAT, "batch", facts.fingerprint, self.method, self.params.as_dict(), self.top)[
            :16
        ]

    def wanted(self, prediction: Prediction) -> list[Wanted]:
        """What is explained in a picture."""
        zones = prediction.zones
        if zones is None:
            return list(np.argsort(-prediction.class_scores, kind="stable")[: self.top or 1].tolist())
        if self.top is None and self.about.run_by == "perturbation":
            return list(range(len(prediction.targets)))
        return list(range(min(self.top or MAX_TARGETS, len(zones.zones))))

    def case(self, prediction: Prediction, picture: Picture) -> Case:
        """The question about one picture."""
        return Case(self.ref, self.about, self.params, prediction, picture, self.wanted(prediction))
