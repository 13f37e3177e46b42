"""What a classifier answers on each image of a data set, and how far that is from its class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.measure.matching import UNKNOWN, class_indices, refuse_task
from compute.measure.measure import Measure, Read, TableColumn, Values, stacked
from data_store.base.words import DataSet
from engine.arrays import AnyInts, Floats, Reals
from engine.model import LoadedModel, ModelFacts

LOGITS = "logits"
MOST_RANKS = 5


@dataclass(frozen=True)
class ClassAnswers(Measure):
    """Class probabilities of each image; with its class the loss and the margin, too.

    Columns, N rows: ``truth`` (class of the model, -1 where nobody knows), ``prediction``, ``probability`` of
    the prediction, ``true_probability`` (nan without truth), ``top`` and ``top_probability`` of the first
    five classes, ``loss`` (cross-entropy in nats, nan without truth), ``margin`` (probability of the truth
    minus the largest other; without truth of the first class minus the second), ``entropy`` in nats, and
    ``logits`` in half precision, on disk.
    """

    name: ClassVar[str] = "classes"
    heavy: ClassVar[frozenset[str]] = frozenset({LOGITS})

    def meaning(self, data: DataSet, facts: ModelFacts) -> Any:
        refuse_task(data, facts)
        return [[label, place] for label, place in zip(data.labels, _places(data, facts), strict=True)]

    def columns(self, facts: ModelFacts) -> Sequence[TableColumn]:
        count = len(facts.labels)
        ranks = min(MOST_RANKS, count)
        return [
            *(TableColumn(name, "int32") for name in ("truth", "prediction")),
            *(TableColumn(name, "float32") for name in ("probability", "true_probability")),
            TableColumn("top", "int32", ranks),
            TableColumn("top_probability", "float32", ranks),
            *(TableColumn(name, "float32") for name in ("loss", "margin", "entropy")),
            TableColumn(LOGITS, "float16", count),
        ]

    def values(self, model: LoadedModel, data: DataSet, read: Sequence[Read]) -> Values:
        places = _places(data, model.facts)
        labels = [one.item.label for one in read]
        truth = np.array([UNKNOWN if label is None else places[label] for label in labels], np.int32)
        logits = model.score_batch(stacked(model, read), "logit")
        return class_values(logits, truth)


def _places(data: DataSet, facts: ModelFacts) -> list[int]:
    """The model's class of each class of the data set.

    Raises:
        VitrineError: a label means no class.
    """
    return class_indices(data, facts) if data.labels else []


def class_values(logits: Floats, truth: AnyInts) -> Values:
    """Columns of logits float32 (N, C) and classes (N,)."""
    count = logits.shape[1]
    order = np.argsort(-logits, axis=1, kind="stable")[:, : min(MOST_RANKS, count)].astype(np.int32)
    log_shares = _log_softmax(logits)
    shares = np.exp(log_shares)
    known, rows = truth >= 0, np.arange(len(truth))
    compared = np.where(known, truth, order[:, 0])
    others = shares.copy()
    others[rows, compared] = -np.inf
    margin = shares[rows, compared] - (others.max(1) if count > 1 else 0.0)
    return {
        "truth": truth,
        "prediction": order[:, 0],
        "probability": shares[rows, order[:, 0]],
        "true_probability": np.where(known, shares[rows, compared], np.nan),
        "top": order,
        "top_probability": np.take_along_axis(shares, order, 1),
        "loss": np.where(known, -log_shares[rows, compared], np.nan),
        "margin": margin,
        "entropy": -(shares * log_shares).sum(1),
        LOGITS: logits,
    }


def _log_softmax(logits: Floats) -> Reals:
    """float64 (N, C)."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))
